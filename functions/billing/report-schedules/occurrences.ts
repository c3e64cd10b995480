/** When a schedule is due by the tenant's clock, and which days it then reports on. Pure; days are local. */
import { localDate, momentOfLocalTime } from '../../../layers/metering/time-zone.ts';
import { addDays } from '../../../layers/tariff/calendar.ts';
import { type Repeat, type Weekday, weekdays } from './schedule-schema.ts';

export interface Timing {
  repeat: Repeat;
  /** `HH:MM`, local. */
  at: string;
}

/** Farther than any two occurrences lie apart. */
const mostDays = 63;

/** When clocks show the time on a day: once, also where they are changed on it. */
export const momentOn = (day: string, at: string, timeZone: string): number =>
  momentOfLocalTime(Date.parse(`${day}T${at}:00Z`), timeZone);

/** The newest day whose time has come. @param nowMs milliseconds since the epoch */
export const latestDay = (timing: Timing, nowMs: number, timeZone: string): string =>
  findDay(timing, nowMs, timeZone, -1, (moment) => moment <= nowMs);

/** When it is due next, milliseconds since the epoch. */
export const nextMoment = (timing: Timing, nowMs: number, timeZone: string): number =>
  momentOn(
    findDay(timing, nowMs, timeZone, 1, (moment) => moment > nowMs),
    timing.at,
    timeZone,
  );

function findDay(
  { repeat, at }: Timing,
  nowMs: number,
  timeZone: string,
  step: 1 | -1,
  fits: (moment: number) => boolean,
): string {
  let day = localDate(nowMs, timeZone);
  for (let days = 0; days < mostDays; days++, day = addDays(day, step))
    if (isDay(repeat, day) && fits(momentOn(day, at, timeZone))) return day;
  throw new Error(`A schedule of ${JSON.stringify(repeat)} is never due.`);
}

function isDay(repeat: Repeat, day: string): boolean {
  if (repeat.every === 'day') return true;
  if (repeat.every === 'week') return weekdayOf(day) === repeat.on;
  const date = Number(day.slice(8));
  return addDays(day, 1).endsWith('-01') ? repeat.on === 'last' || date <= repeat.on : date === repeat.on;
}

/** The whole day, week or calendar month that was over last when the day began; `to` is its last day. */
export function periodBefore(repeat: Repeat, day: string): { from: string; to: string } {
  if (repeat.every === 'month') {
    const to = addDays(`${day.slice(0, 7)}-01`, -1);
    return { from: `${to.slice(0, 7)}-01`, to };
  }
  if (repeat.every === 'day') return { from: addDays(day, -1), to: addDays(day, -1) };
  const { on, weekStartsOn = on } = repeat;
  let start = day;
  while (weekdayOf(start) !== weekStartsOn) start = addDays(start, -1);
  return { from: addDays(start, -7), to: addDays(start, -1) };
}

/** `getUTCDay` begins with Sunday. */
const weekdayOf = (day: string): Weekday => weekdays[(new Date(day).getUTCDay() + 6) % 7]!;
