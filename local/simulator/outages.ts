/** When a station is without supply: a pure function of the station, so that its meters and transformer agree. */
import { momentAt, startOfDay } from './calendar.ts';
import { uniform } from './random.ts';

const HOUR_MS = 3_600_000;
const OUTAGE = 21;

export interface Outage {
  fromMs: number;
  toMs: number;
}

/**
 * The outage that begins on a local day, if any: between half an hour and three hours long, within the day.
 * @param perDay probability that a day has one, 0 to 1
 */
export function outageOn(stationSeed: number, day: number, perDay: number): Outage | undefined {
  if (uniform(stationSeed, day, OUTAGE) >= perDay) return undefined;
  const durationMs = (0.5 + 2.5 * uniform(stationSeed, day, OUTAGE + 1)) * HOUR_MS;
  const fromMs = startOfDay(day) + uniform(stationSeed, day, OUTAGE + 2) * (24 * HOUR_MS - durationMs);
  return { fromMs: Math.round(fromMs), toMs: Math.round(fromMs + durationMs) };
}

export function isDark(stationSeed: number, epochMs: number, perDay: number): boolean {
  if (perDay <= 0) return false;
  const outage = outageOn(stationSeed, momentAt(epochMs).day, perDay);
  return outage !== undefined && epochMs >= outage.fromMs && epochMs < outage.toMs;
}
