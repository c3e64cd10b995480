/** Windows to sum a time series up by, on local clocks: fixed ones of minutes, and calendar ones that follow daylight saving. */
import { type Bucket, timeBuckets } from '../metering/time-buckets.ts';
import { offsetMs } from '../metering/time-zone.ts';

export const windowNames = ['1m', '5m', '10m', '15m', '30m', 'hour', 'day', 'month'] as const;
export type WindowName = (typeof windowNames)[number];

const minuteMs = 60_000;
const fixed: Partial<Record<WindowName, number>> = {
  '1m': minuteMs,
  '5m': 5 * minuteMs,
  '10m': 10 * minuteMs,
  '15m': 15 * minuteMs,
  '30m': 30 * minuteMs,
};

/** About how long a window is, to judge a period before its windows are made. */
export const roughLengthMs = (name: WindowName): number =>
  fixed[name] ?? { hour: 60 * minuteMs, day: 1440 * minuteMs, month: 43_200 * minuteMs }[name as 'hour'];

/** Windows that touch the period from `from` (inclusive) to `to` (exclusive); the first and last are whole. */
export function windowsOf(name: WindowName, from: number, to: number, timeZone: string): Bucket[] {
  const lengthMs = fixed[name];
  if (lengthMs === undefined) return timeBuckets(name as 'hour' | 'day' | 'month', from, to, timeZone);
  const offset = offsetMs(from, timeZone);
  const windows: Bucket[] = [];
  for (let start = Math.floor((from + offset) / lengthMs) * lengthMs - offset; start < to; start += lengthMs)
    windows.push({ start, end: start + lengthMs });
  return windows;
}
