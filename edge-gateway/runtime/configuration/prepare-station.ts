/**
 * A configuration checked to the last address, before anything of the running station is touched: secrets found, every
 * driver's part read by the driver itself.
 */
import { createHash } from 'node:crypto';
import { parseStationConfiguration } from '../../../layers/station/check-configuration.ts';
import { ConfigurationError, type ConfigurationProblem } from '../../../layers/station/configuration-error.ts';
import type {
  ConnectionConfiguration,
  DeviceConfiguration,
  PointConfiguration,
  StationConfiguration,
} from '../../../layers/station/station-configuration.ts';
import type { AnyDriverModule, LoadDriver } from '../../drivers/registry.ts';
import type { DriverPlan } from '../driver.ts';
import { type ReadSecret, resolveSecrets } from '../secrets.ts';

export interface PreparedConnection {
  id: string;
  module: AnyDriverModule;
  plan: DriverPlan<any, any, any>;
  deviceIds: string[];
  /** The same as long as nothing changed that the driver could see, secrets included. */
  fingerprint: string;
}

export interface PreparedStation {
  configuration: StationConfiguration;
  connections: PreparedConnection[];
}

/** @throws ConfigurationError with everything that is wrong */
export async function prepareStation(
  document: unknown,
  stationId: string,
  loadDriver: LoadDriver,
  readSecret: ReadSecret,
): Promise<PreparedStation> {
  const configuration = parseStationConfiguration(document);
  if (configuration.stationId !== stationId)
    throw new ConfigurationError([
      { path: 'stationId', message: `It is for "${configuration.stationId}"; this gateway is "${stationId}".` },
    ]);
  const problems: ConfigurationProblem[] = [];
  const devicesOf = groupBy(
    configuration.devices.filter(({ isActive }) => isActive),
    ({ connectionId }) => connectionId,
  );
  const pointsOf = groupBy(configuration.points, ({ deviceId }) => deviceId);
  const connections: PreparedConnection[] = [];
  for (const connection of configuration.connections.filter(({ isActive }) => isActive)) {
    const devices = devicesOf.get(connection.id) ?? [];
    const points = devices.flatMap(({ id }) => pointsOf.get(id) ?? []);
    try {
      const module = await loadDriver(connection.protocolType);
      const input = driverInput(connection, devices, points, readSecret, problems);
      const plan = module.parse(input);
      const fingerprint = createHash('sha256')
        .update(JSON.stringify([connection.protocolType, input]))
        .digest('base64url');
      connections.push({ id: connection.id, module, plan, deviceIds: devices.map(({ id }) => id), fingerprint });
    } catch (error) {
      problems.push(...problemsOf(connection.id, error));
    }
  }
  if (problems.length > 0) throw new ConfigurationError(problems);
  return { configuration, connections };
}

function driverInput(
  connection: ConnectionConfiguration,
  devices: readonly DeviceConfiguration[],
  points: readonly PointConfiguration[],
  readSecret: ReadSecret,
  problems: ConfigurationProblem[],
) {
  const path = `connections[${connection.id}]`;
  const missingIn = (where: string) => (name: string) =>
    void problems.push({ path: where, message: `The station has no secret "${name}".` });
  const { host, port, authType, credentials } = connection;
  return {
    connection: {
      ...(resolveSecrets(connection.settings, readSecret, missingIn(`${path}.settings`)) as object),
      ...(host !== undefined && { host }),
      ...(port !== undefined && { port }),
      ...(authType !== 'none' && { authType }),
      ...(credentials && { credentials: resolveSecrets(credentials, readSecret, missingIn(`${path}.credentials`)) }),
    },
    devices: devices.map(({ id, settings }) => ({
      id,
      settings: resolveSecrets(settings, readSecret, missingIn(`devices[${id}].settings`)),
    })),
    points: points.map(({ id, deviceId, address, dataType, scanRateMs, writable }) => ({
      id,
      deviceId,
      address,
      dataType,
      scanRateMs,
      writable,
    })),
  };
}

/** Drivers name fields of their own input: `connection.port`, `points[voltage].address`. */
function problemsOf(connectionId: string, error: unknown): ConfigurationProblem[] {
  const whole = `connections[${connectionId}]`;
  if (!ConfigurationError.is(error)) return [{ path: whole, message: (error as Error).message }];
  return error.problems.map(({ path, message }) => ({
    path: /^connection\b/.test(path) ? path.replace('connection', whole) : path,
    message,
  }));
}

function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}
