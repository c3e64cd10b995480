/** What a schema cannot say of a configuration: references lead somewhere, limits are in order, expressions make sense. */
import { ConfigurationError, type ConfigurationProblem, maxProblems } from './configuration-error.ts';
import { ExpressionError, parseExpression, pointsOf } from './expression.ts';
import { parseConfigurationShape, type StationConfiguration } from './station-configuration.ts';

/** A document that a gateway may run, but for what its drivers say of settings and addresses. @throws ConfigurationError */
export function parseStationConfiguration(document: unknown): StationConfiguration {
  const configuration = parseConfigurationShape(document);
  const problems = checkConfiguration(configuration);
  if (problems.length > 0) throw new ConfigurationError(problems);
  return configuration;
}

type Report = (path: string, message: string) => void;

function checkConfiguration(configuration: StationConfiguration): ConfigurationProblem[] {
  const problems: ConfigurationProblem[] = [];
  const report: Report = (path, message) => void (problems.length < maxProblems && problems.push({ path, message }));
  const { connections, devices, points, derivedPoints, remoteControl } = configuration;
  const connectionIds = uniqueIds('connections', connections, report);
  const deviceIds = uniqueIds('devices', devices, report);
  const pointIds = uniqueIds('points', points, report);
  for (const { id } of uniqueDerived(derivedPoints, pointIds, report)) pointIds.add(id);

  for (const connection of connections) checkCredentials(connection, report);
  for (const { id, connectionId } of devices)
    if (!connectionIds.has(connectionId))
      report(`devices[${id}].connectionId`, `There is no connection "${connectionId}".`);
  for (const point of points) {
    const path = `points[${point.id}]`;
    if (!deviceIds.has(point.deviceId)) report(`${path}.deviceId`, `There is no device "${point.deviceId}".`);
    checkLimits(path, point, report);
    checkControl(path, point, pointIds, report);
  }
  for (const point of derivedPoints) checkLimits(`derivedPoints[${point.id}]`, point, report);
  checkDerived(derivedPoints, pointIds, report);
  if (remoteControl && !pointIds.has(remoteControl.pointId))
    report('remoteControl.pointId', `There is no point "${remoteControl.pointId}".`);
  return problems;
}

function uniqueIds(list: string, items: readonly { id: string }[], report: Report): Set<string> {
  const ids = new Set<string>();
  items.forEach(({ id }, place) => {
    if (ids.has(id)) report(`${list}[${place}].id`, `"${id}" is there twice.`);
    ids.add(id);
  });
  return ids;
}

function uniqueDerived<Item extends { id: string }>(items: Item[], taken: ReadonlySet<string>, report: Report): Item[] {
  uniqueIds('derivedPoints', items, report);
  for (const { id } of items)
    if (taken.has(id)) report(`derivedPoints[${id}].id`, `"${id}" is a measured point already.`);
  return items;
}

function checkCredentials(connection: StationConfiguration['connections'][number], report: Report): void {
  const { id, authType, credentials } = connection;
  const path = `connections[${id}].credentials`;
  if (authType === 'basic' && (!credentials?.username || !credentials.password))
    report(path, 'Authentication "basic" needs username and password.');
  if (authType === 'certificate' && (!credentials?.certificate || !credentials.privateKey))
    report(path, 'Authentication "certificate" needs certificate and privateKey.');
}

type Limits = Pick<
  StationConfiguration['points'][number],
  'lowLimit' | 'highLimit' | 'alarmLowLow' | 'alarmLow' | 'alarmHigh' | 'alarmHighHigh' | 'hysteresis' | 'alarmStates'
> & { pointType: string };

const limitOrder = ['alarmLowLow', 'alarmLow', 'alarmHigh', 'alarmHighHigh'] as const;

function checkLimits(path: string, point: Limits, report: Report): void {
  const isNumeric = point.pointType.startsWith('analog') || point.pointType === 'counter';
  const given = limitOrder.filter((name) => point[name] !== undefined);
  if (!isNumeric) {
    for (const name of [...given, 'lowLimit', 'highLimit'] as const)
      if (point[name] !== undefined) report(`${path}.${name}`, `A ${point.pointType} has no limits.`);
    return;
  }
  if (point.lowLimit !== undefined && point.highLimit !== undefined && point.lowLimit >= point.highLimit)
    report(`${path}.lowLimit`, `Not below highLimit (${point.highLimit}).`);
  given.slice(1).forEach((name, index) => {
    const below = given[index]!;
    if (point[below]! >= point[name]!) report(`${path}.${name}`, `Not above ${below} (${point[below]}).`);
  });
  const { alarmLow, alarmHigh, hysteresis } = point;
  if (alarmLow !== undefined && alarmHigh !== undefined && hysteresis >= alarmHigh - alarmLow)
    report(`${path}.hysteresis`, 'As wide as the band between alarmLow and alarmHigh: no alarm would ever clear.');
  if (point.alarmStates) report(`${path}.alarmStates`, `A ${point.pointType} has limits, no states.`);
}

function checkControl(
  path: string,
  point: StationConfiguration['points'][number],
  pointIds: ReadonlySet<string>,
  report: Report,
): void {
  const { control, writable } = point;
  if (!control) return;
  if (!writable) report(`${path}.control`, 'The point is not writable.');
  if (control.readBack && !pointIds.has(control.readBack.pointId))
    report(`${path}.control.readBack.pointId`, `There is no point "${control.readBack.pointId}".`);
  if (control.interlock !== undefined)
    checkExpression(`${path}.control.interlock`, control.interlock, pointIds, report);
}

function checkExpression(path: string, text: string, pointIds: ReadonlySet<string>, report: Report): string[] {
  try {
    const used = pointsOf(parseExpression(text));
    for (const id of used) if (!pointIds.has(id)) report(path, `There is no point "${id}".`);
    return used;
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    report(path, error.message);
    return [];
  }
}

function checkDerived(
  derivedPoints: StationConfiguration['derivedPoints'],
  pointIds: ReadonlySet<string>,
  report: Report,
): void {
  const inputs = new Map(
    derivedPoints.map(({ id, expression }) => [
      id,
      checkExpression(`derivedPoints[${id}].expression`, expression, pointIds, report),
    ]),
  );
  const { cyclic } = orderDerived(inputs);
  for (const id of cyclic) report(`derivedPoints[${id}].expression`, 'Depends on itself.');
}

/** Derived points so that each comes after those it reads. @param inputs points each derived point reads */
export function orderDerived(inputs: ReadonlyMap<string, readonly string[]>): { ordered: string[]; cyclic: string[] } {
  const ordered: string[] = [];
  const waiting = new Map<string, number>();
  const readers = new Map<string, string[]>();
  for (const [id, used] of inputs) {
    const derived = used.filter((input) => inputs.has(input));
    waiting.set(id, derived.length);
    for (const input of derived) readers.set(input, [...(readers.get(input) ?? []), id]);
    if (derived.length === 0) ordered.push(id);
  }
  for (let next = 0; next < ordered.length; next++)
    for (const reader of readers.get(ordered[next]!) ?? []) {
      const left = waiting.get(reader)! - 1;
      waiting.set(reader, left);
      if (left === 0) ordered.push(reader);
    }
  const done = new Set(ordered);
  return { ordered, cyclic: [...inputs.keys()].filter((id) => !done.has(id)) };
}
