/** Divides a period into hours, days or months of a time zone: bills and reports follow local clocks, with their days of 23 and 25 hours. */
import { localTime, offsetMs, startOfLocalDay } from './time-zone.ts';

export const intervals = ['hour', 'day', 'month'] as const;
export type Interval = (typeof intervals)[number];

export interface Bucket {
  /** Milliseconds, inclusive. */
  start: number;
  /** Milliseconds, exclusive. */
  end: number;
}

const hourMs = 3_600_000;

/** Buckets that touch the period from `from` (inclusive) to `to` (exclusive); the first and last are whole. */
export function timeBuckets(interval: Interval, from: number, to: number, timeZone: string): Bucket[] {
  const buckets: Bucket[] = [];
  for (let start = bucketStart(interval, from, timeZone); start < to; ) {
    const end = nextStart(interval, start, timeZone);
    buckets.push({ start, end });
    start = end;
  }
  return buckets;
}

function bucketStart(interval: Interval, time: number, timeZone: string): number {
  if (interval === 'hour') return startOfLocalHour(time, timeZone);
  const { year, month, day } = localTime(time, timeZone);
  return startOfLocalDay(year, month, interval === 'day' ? day : 1, timeZone);
}

function nextStart(interval: Interval, start: number, timeZone: string): number {
  const { year, month, day } = localTime(start, timeZone);
  if (interval === 'day') return startOfLocalDay(year, month, day + 1, timeZone);
  if (interval === 'month') return startOfLocalDay(year, month + 1, 1, timeZone);
  // Clocks that shift by half an hour make one bucket of 30 or 90 minutes.
  const aligned = startOfLocalHour(start + hourMs, timeZone);
  return aligned > start ? aligned : start + hourMs;
}

function startOfLocalHour(time: number, timeZone: string): number {
  const offset = offsetMs(time, timeZone);
  return Math.floor((time + offset) / hourMs) * hourMs - offset;
}
