/** How finely a bill looks at usage: the one rule of collecting it, of estimating it, and of tracing the bill afterwards. */
import { offsetMs } from '../../../layers/metering/time-zone.ts';
import { addDays, dayStart, daysBetween } from '../../../layers/tariff/calendar.ts';
import type { Component, TariffVersion, TimeOfUse } from '../../../layers/tariff/tariff-schema.ts';

export interface UsageBucket {
  /** Milliseconds; `end` is exclusive. */
  start: number;
  end: number;
}

export const quarterMs = 900_000;
const lengthsMs = { quarter: quarterMs, hour: 4 * quarterMs } as const;
export type Fineness = keyof typeof lengthsMs | 'day';

/**
 * Quarters where demand is priced or a window of a time of use does not begin or end with an hour, hours where a price depends
 * on the time of day otherwise, days else.
 */
export function finenessOf(versions: readonly TariffVersion[]): Fineness {
  // What the meter registers by itself needs no intervals.
  const isPeak = (component: Component): boolean => component.kind === 'demand' && component.source !== 'register';
  const isWithinHours = ({ from, to }: TimeOfUse['windows'][number]): boolean =>
    [from, to].every((time) => time.endsWith(':00'));
  // Of rates that the meter registers, windows divide only what was estimated.
  const calendars = versions.flatMap(({ timeOfUse }) => (timeOfUse && !timeOfUse.registers ? [timeOfUse] : []));
  if (
    versions.some(({ components }) => components.some(isPeak)) ||
    calendars.some(({ windows }) => !windows.every(isWithinHours))
  )
    return 'quarter';
  return calendars.length > 0 || versions.some((version) => version.export !== undefined) ? 'hour' : 'day';
}

/** @param period local days; `to` is the first day after */
export function usageBuckets(
  fineness: Fineness,
  { from, to }: { from: string; to: string },
  timeZone: string,
): UsageBucket[] {
  const days = Array.from({ length: daysBetween(from, to) }, (_, i) => ({
    start: dayStart(addDays(from, i), timeZone),
    end: dayStart(addDays(from, i + 1), timeZone),
  }));
  return fineness === 'day' ? days : days.flatMap((day) => parts(day, lengthsMs[fineness], timeZone));
}

/**
 * Where clocks are changed by half an hour, the part that is shorter lies at the change: those before and after it are the hours
 * that windows begin and end with.
 */
function parts({ start, end }: UsageBucket, length: number, timeZone: string): UsageBucket[] {
  const from = (first: number): number[] =>
    Array.from({ length: Math.ceil((end - first) / length) }, (_, i) => first + i * length);
  const edges = from(start);
  const isShorter = (end - start) % length !== 0;
  const change = isShorter ? edges.find((edge) => offsetMs(edge, timeZone) !== offsetMs(start, timeZone)) : undefined;
  if (change !== undefined) {
    const rest = change + ((end - change) % length);
    edges.splice(edges.indexOf(change), edges.length, ...(rest === change ? [] : [change]), ...from(rest));
  }
  return edges.map((edge, i) => ({ start: edge, end: edges[i + 1] ?? end }));
}
