/**
 * Recorded values. What a batch holds of one device and hour is one item, so its price is by the kilobyte and not by the
 * value; a device has a partition of its own for each day. An item's name follows from its content: a batch that is written
 * again replaces itself, and what came in two different batches is there once for whoever reads.
 */
import { createHash } from 'node:crypto';
import { putAll, queryRange, type RawItem, rawKey } from '../../../layers/kernel/data/bulk.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { isoTime } from '../../../layers/metering/reading-time.ts';
import { orderSamples, type PointSample, packChunk, unpackChunk } from '../../../layers/scada/value-chunk.ts';
import { telemetryTable } from './last-values.ts';

const hourMs = 3_600_000;
const dayMs = 86_400_000;

/** An item holds 400 KB; a chunk beyond this is halved. */
const maxChunkBytes = 300_000;

const partition = (deviceId: string, timeMs: number) => ['VALUES', deviceId, isoTime(timeMs).slice(0, 10)] as const;
const hourOf = (timeMs: number): string => isoTime(timeMs).slice(11, 13);

export interface DeviceSamples {
  session: TenantSession;
  deviceId: string;
  samples: Map<string, PointSample[]>;
  keepDays: number;
}

/** @returns whether everything is written; otherwise give it again */
export async function recordValues(devices: readonly DeviceSamples[]): Promise<boolean> {
  const items = devices.flatMap((device) => [...chunksOf(device)]);
  // One batch must not hold a key twice.
  const unique = new Map(items.map((item) => [`${item['pk']!.S} ${item['sk']!.S}`, item]));
  return (await putAll(telemetryTable, [...unique.values()])).length === 0;
}

function* chunksOf({ session, deviceId, samples, keepDays }: DeviceSamples): Generator<RawItem> {
  const byHour = new Map<number, Map<string, PointSample[]>>();
  for (const [pointId, own] of samples)
    for (const sample of own) {
      const hour = Math.floor(sample.timeMs / hourMs);
      const points = byHour.get(hour) ?? new Map<string, PointSample[]>();
      byHour.set(hour, points);
      const list = points.get(pointId);
      if (list === undefined) points.set(pointId, [sample]);
      else list.push(sample);
    }
  for (const [hour, points] of byHour)
    for (const text of textsOf(points)) {
      const timeMs = hour * hourMs;
      const digest = createHash('sha1').update(text).digest('base64url').slice(0, 12);
      const item = rawKey(session, partition(deviceId, timeMs), [hourOf(timeMs), digest]);
      item['d'] = { S: text };
      item['expiresAt'] = { N: String(Math.floor((timeMs + keepDays * dayMs) / 1000)) };
      yield item;
    }
}

function* textsOf(points: Map<string, PointSample[]>): Generator<string> {
  const text = packChunk(points);
  if (Buffer.byteLength(text) <= maxChunkBytes) {
    yield text;
    return;
  }
  const entries = [...points];
  if (entries.length > 1) {
    const middle = entries.length >> 1;
    yield* textsOf(new Map(entries.slice(0, middle)));
    yield* textsOf(new Map(entries.slice(middle)));
    return;
  }
  const [pointId, own] = entries[0]!;
  const middle = own.length >> 1;
  yield* textsOf(new Map([[pointId, own.slice(0, middle)]]));
  yield* textsOf(new Map([[pointId, own.slice(middle)]]));
}

export interface HistoryQuery {
  deviceId: string;
  pointIds: ReadonlySet<string>;
  /** Inclusive, milliseconds. */
  fromMs: number;
  /** Exclusive. */
  toMs: number;
}

/** Items one question may read: about as many megabytes, and some seconds. */
const maxItems = 20_000;
const itemsPerRead = 1_000;

/**
 * Samples of points in order of time, hour after hour; each once, however often it came.
 * @throws AppError `unprocessable` when the period holds more than one question may read
 */
export async function* readHistory(
  session: TenantSession,
  { deviceId, pointIds, fromMs, toMs }: HistoryQuery,
): AsyncGenerator<Map<string, PointSample[]>> {
  let itemsRead = 0;
  for (let day = Math.floor(fromMs / dayMs) * dayMs; day < toMs; day += dayMs) {
    const last = hourOf(Math.min(toMs, day + dayMs) - 1);
    let from = day < fromMs ? hourOf(fromMs) : '00';
    for (;;) {
      const options = { pk: partition(deviceId, day), from, to: `${last}#~` };
      let items = await queryRange(session, telemetryTable, { ...options, limit: itemsPerRead });
      const isWhole = items.length < itemsPerRead;
      if (!isWhole) {
        // The last hour may go on beyond what was read: it is read with the next, or alone if it is all there is.
        const cut = hourOfItem(items.at(-1)!);
        const before = items.filter((item) => hourOfItem(item) !== cut);
        items = before.length > 0 ? before : await queryRange(session, telemetryTable, { ...options, to: `${cut}#~` });
        from = before.length > 0 ? cut : String(Number(cut) + 1).padStart(2, '0');
      }
      itemsRead += items.length;
      if (itemsRead > maxItems)
        throw new AppError('unprocessable', 'The period holds too many values: ask for a shorter one.');
      for (const hour of Map.groupBy(items, hourOfItem).values()) yield samplesOf(hour, pointIds, fromMs, toMs);
      if (isWhole || from > last) break;
    }
  }
}

const hourOfItem = (item: RawItem): string => item['sk']!.S!.slice(0, 2);

function samplesOf(
  items: readonly RawItem[],
  pointIds: ReadonlySet<string>,
  fromMs: number,
  toMs: number,
): Map<string, PointSample[]> {
  const all = new Map<string, PointSample[]>();
  for (const item of items)
    for (const [pointId, samples] of unpackChunk(item['d']!.S!, pointIds)) {
      const inside = samples.filter(({ timeMs }) => timeMs >= fromMs && timeMs < toMs);
      const list = all.get(pointId);
      if (list === undefined) all.set(pointId, inside);
      else list.push(...inside);
    }
  for (const [pointId, samples] of all) all.set(pointId, orderSamples(samples));
  return all;
}
