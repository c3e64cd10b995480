/**
 * Values of one device and one hour as a stored text. A point that reports every second makes 31 million values a year:
 * rows of their own would cost a write unit each, so what came together is kept together, and costs one per kilobyte.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import {
  fromJsonValue,
  type JsonValue,
  type PointValue,
  type Quality,
  qualities,
  toJsonValue,
} from '../station/point-value.ts';

export interface PointSample {
  value: PointValue | undefined;
  quality: Quality;
  /** When it happened, milliseconds. */
  timeMs: number;
  reason?: string;
  /** The time is one that a device itself calls unsynchronised. */
  timeUncertain?: boolean;
}

/** Positions only ever grow at the end. Times are differences to the value before, the first to the base. */
type Series = [pointId: string, timesAndValues: JsonValue[], exceptions?: Record<string, Exception>];
type Exception = [quality: number, reason: string | 0, timeUncertain: 0 | 1];
type Chunk = [baseMs: number, series: Series[]];

/** Below this a text costs one write unit as it is. */
const worthPacking = 900;
const packedMark = 'z';

export type SamplesByPoint = ReadonlyMap<string, readonly PointSample[]>;

export function packChunk(samples: SamplesByPoint): string {
  let base = Number.POSITIVE_INFINITY;
  for (const own of samples.values()) for (const { timeMs } of own) base = Math.min(base, timeMs);
  const chunk: Chunk = [base, [...samples].map(([pointId, own]) => toSeries(pointId, own, base))];
  const text = JSON.stringify(chunk);
  if (text.length < worthPacking) return text;
  const packed = packedMark + deflateRawSync(text).toString('base64');
  return packed.length < text.length ? packed : text;
}

function toSeries(pointId: string, samples: readonly PointSample[], base: number): Series {
  const data: JsonValue[] = [];
  const exceptions: Record<string, Exception> = {};
  let last = base;
  samples.forEach((sample, i) => {
    data.push(sample.timeMs - last, toJsonValue(sample.value));
    last = sample.timeMs;
    if (sample.quality !== 'good' || sample.timeUncertain)
      exceptions[i] = [qualities.indexOf(sample.quality), sample.reason ?? 0, sample.timeUncertain ? 1 : 0];
  });
  return Object.keys(exceptions).length === 0 ? [pointId, data] : [pointId, data, exceptions];
}

/** @param wanted points to read; everything when left out */
export function unpackChunk(text: string, wanted?: ReadonlySet<string>): Map<string, PointSample[]> {
  const json = text.startsWith(packedMark)
    ? inflateRawSync(Buffer.from(text.slice(1), 'base64')).toString('utf8')
    : text;
  const [base, list] = JSON.parse(json) as Chunk;
  const found = new Map<string, PointSample[]>();
  for (const [pointId, data, exceptions = {}] of list)
    if (wanted === undefined || wanted.has(pointId)) found.set(pointId, toSamples(data, exceptions, base));
  return found;
}

function toSamples(data: readonly JsonValue[], exceptions: Record<string, Exception>, base: number): PointSample[] {
  const samples: PointSample[] = [];
  let timeMs = base;
  for (let i = 0; i < data.length; i += 2) {
    timeMs += data[i] as number;
    const [quality, reason, uncertain] = exceptions[i / 2] ?? [0, 0, 0];
    samples.push({
      value: fromJsonValue(data[i + 1])?.value,
      quality: qualities[quality] ?? 'bad',
      timeMs,
      ...(reason === 0 ? {} : { reason }),
      ...(uncertain === 1 ? { timeUncertain: true } : {}),
    });
  }
  return samples;
}

/** In order of time, and what came twice once: the same value of the same moment, as a second delivery brings it. */
export function orderSamples(samples: readonly PointSample[]): PointSample[] {
  const sorted = [...samples].sort((a, b) => a.timeMs - b.timeMs);
  const kept: PointSample[] = [];
  const seen = new Set<string>();
  for (const sample of sorted) {
    if (kept.at(-1)?.timeMs !== sample.timeMs) seen.clear();
    const content = `${sample.quality} ${JSON.stringify(toJsonValue(sample.value))}`;
    if (seen.has(content)) continue;
    seen.add(content);
    kept.push(sample);
  }
  return kept;
}
