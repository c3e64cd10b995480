/** Which intervals and readings of a bill one answer holds: those of the days asked for, whole days, as far as there is room. */
import { localDate } from '../../../layers/metering/time-zone.ts';
import { addDays, earlier, later as laterDay } from '../../../layers/tariff/calendar.ts';
import type { TracedBill } from './trace-schema.ts';

type Rows = Pick<TracedBill, 'intervals' | 'readings' | 'later'>;

/**
 * @param period local days of the bill; `to` is the first day after
 * @param asked local days; `to` is inclusive
 */
export function rowsFor(
  { intervals, readings, later }: Rows,
  period: { from: string; to: string },
  asked: { from?: string | undefined; to?: string | undefined },
  timeZone: string,
  room: number,
): Rows & { continuesOn: string | null } {
  const last = addDays(period.to, -1);
  const from = laterDay(asked.from ?? period.from, period.from);
  const to = earlier(asked.to ?? last, last);
  // The readings on both sides belong to the days at the edges.
  const dayOf = (time: string): string => earlier(laterDay(localDate(Date.parse(time), timeZone), period.from), last);
  const days = new Map<string, number>();
  const count = (time: string): void => {
    const day = dayOf(time);
    if (day >= from && day <= to) days.set(day, (days.get(day) ?? 0) + 1);
  };
  for (const interval of intervals) count(interval.from);
  for (const { time } of [...readings, ...later]) count(time);
  let left = room;
  let continuesOn: string | null = null;
  for (const day of [...days.keys()].sort()) {
    left -= days.get(day)!;
    const isFirst = left + days.get(day)! === room;
    // A day longer than any answer is answered alone; a bill that finds no room at all is left for the next question.
    if (left >= 0 || (isFirst && room > 0)) continue;
    continuesOn = day;
    break;
  }
  const isShown = (time: string): boolean => {
    const day = dayOf(time);
    return day >= from && day <= to && (continuesOn === null || day < continuesOn);
  };
  return {
    intervals: intervals.filter((interval) => isShown(interval.from)),
    readings: readings.filter(({ time }) => isShown(time)),
    later: later.filter(({ time }) => isShown(time)),
    continuesOn,
  };
}
