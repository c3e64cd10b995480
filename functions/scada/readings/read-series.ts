/** Recorded values of points, as they are and summed up by windows. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError, notFound } from '../../../layers/kernel/errors/app-error.ts';
import { isoTime } from '../../../layers/metering/reading-time.ts';
import { Aggregator, type QualityRule, type WindowSum } from '../../../layers/scada/aggregate.ts';
import type { PointSample } from '../../../layers/scada/value-chunk.ts';
import { roughLengthMs, type WindowName, windowsOf } from '../../../layers/scada/windows.ts';
import { tenantProfile } from '../../identity/contract.ts';
import { pointEntity } from '../points/point-entity.ts';
import type { Point } from '../points/point-schema.ts';
import { readHistory } from '../values/history-store.ts';
import { presentSample } from '../values/present-value.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** What one question may span, and how many windows its answer may have. */
const maxSpanMs = 366 * dayMs;
const maxWindows = 5_000;

export interface Period {
  fromMs: number;
  toMs: number;
}

/** @throws AppError `unprocessable` for a period that is none, or too long */
export function periodOf(from: string, to: string | undefined, nowMs: number): Period {
  const period = { fromMs: Date.parse(from), toMs: to === undefined ? nowMs : Date.parse(to) };
  if (period.toMs <= period.fromMs) throw new AppError('unprocessable', '"from" must be before "to".');
  if (period.toMs - period.fromMs > maxSpanMs) throw new AppError('unprocessable', 'A period is a year at most.');
  return period;
}

export async function historyOf(session: TenantSession, pointIds: readonly string[], period: Period, limit: number) {
  const points = await requirePoints(session, pointIds);
  return Promise.all(
    points.map(async (point) => {
      const { values, nextFromMs } = await take(session, point, period, limit);
      return {
        ...describe(point),
        values: values.map(presentSample),
        nextFrom: nextFromMs === undefined ? null : isoTime(nextFromMs),
      };
    }),
  );
}

/** The first values of a point; a page ends between two moments, never within one. */
async function take(
  session: TenantSession,
  { id, deviceId }: Point,
  period: Period,
  limit: number,
): Promise<{ values: PointSample[]; nextFromMs?: number }> {
  const values: PointSample[] = [];
  for await (const hour of readHistory(session, { deviceId, pointIds: new Set([id]), ...period })) {
    for (const sample of hour.get(id) ?? []) {
      if (values.length >= limit && values.at(-1)!.timeMs !== sample.timeMs)
        return { values, nextFromMs: sample.timeMs };
      values.push(sample);
    }
  }
  return { values };
}

export interface AggregateQuery extends Period {
  window: WindowName;
  quality: QualityRule;
  timeZone: string | undefined;
}

export async function aggregateOf(session: TenantSession, pointIds: readonly string[], query: AggregateQuery) {
  const { fromMs, toMs, window, quality } = query;
  if ((toMs - fromMs) / roughLengthMs(window) > maxWindows)
    throw new AppError('unprocessable', `At most ${maxWindows} windows: ask for longer ones or a shorter period.`);
  const timeZone = query.timeZone ?? (await tenantProfile(session)).timeZone;
  const windows = windowsIn(window, fromMs, toMs, timeZone);
  const points = await requirePoints(session, pointIds);
  // What held when the first window began came before it: gateways tell every point again within the hour.
  const span = { fromMs: windows[0]!.start - hourMs, toMs: windows.at(-1)!.end };
  const byDevice = Map.groupBy(points, ({ deviceId }) => deviceId);
  const sums = new Map<string, WindowSum[]>();
  for (const [deviceId, own] of byDevice) {
    const ids = new Set(own.map(({ id }) => id));
    const aggregators = new Map(own.map(({ id }) => [id, new Aggregator(windows, quality)]));
    for await (const hour of readHistory(session, { deviceId, pointIds: ids, ...span }))
      for (const [id, samples] of hour) for (const sample of samples) aggregators.get(id)!.add(sample);
    const untilMs = Math.min(span.toMs, Date.parse(session.context.now()));
    for (const [id, aggregator] of aggregators) sums.set(id, aggregator.finish(untilMs));
  }
  return points.map((point) => ({ ...describe(point), windows: sums.get(point.id)!.map(presentWindow) }));
}

function windowsIn(window: WindowName, fromMs: number, toMs: number, timeZone: string) {
  try {
    return windowsOf(window, fromMs, toMs, timeZone);
  } catch (cause) {
    throw new AppError('unprocessable', `"${timeZone}" is no time zone of the IANA database.`, { cause });
  }
}

async function requirePoints(session: TenantSession, ids: readonly string[]): Promise<Point[]> {
  const found = await session.getMany(
    pointEntity,
    ids.map((id) => ({ id })),
  );
  const points = new Map(found.map((point) => [point.id, point]));
  return ids.map((id) => {
    const point = points.get(id);
    if (point === undefined) throw notFound(pointEntity.name, id);
    return point;
  });
}

const describe = ({ id, deviceId, stationId, name, unit }: Point) => ({
  pointId: id,
  deviceId,
  stationId,
  name,
  unit: unit ?? null,
});

const presentWindow = ({ start, end, count, excluded, min, max, mean, timeWeightedMean, last }: WindowSum) => ({
  from: isoTime(start),
  to: isoTime(end),
  count,
  excluded,
  min: min ?? null,
  max: max ?? null,
  mean: mean ?? null,
  timeWeightedMean: timeWeightedMean ?? null,
  last: last === undefined ? null : presentSample(last),
});
