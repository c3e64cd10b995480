/**
 * A supply looked at half hour by half hour, as a person with a calendar and a clock would: which local day and which price
 * each belongs to. Slow and plain on purpose; it shares nothing with the rating engine.
 */
import type { TariffVersion, TimeOfUse } from '../tariff-schema.ts';

/** Half an hour of a supply; energies are millionths of a kWh. */
export interface HalfHour {
  at: number;
  date: string;
  /** Minutes that the clock on the wall shows. */
  minute: number;
  taken: bigint;
  fedIn: bigint;
  reactive: bigint;
}

export const halfHourMs = 1_800_000;
const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
const shown = new Map<string, { date: string; minute: number }>();
const formats = new Map<string, Intl.DateTimeFormat>();

function wall(at: number, timeZone: string): { date: string; minute: number } {
  const key = `${timeZone}/${at}`;
  let known = shown.get(key);
  if (!known) {
    let format = formats.get(timeZone);
    if (!format) {
      format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
      formats.set(timeZone, format);
    }
    const [date, time] = format.format(at).split(' ') as [string, string];
    known = { date, minute: Number(time.slice(0, 2)) * 60 + Number(time.slice(3)) };
    shown.set(key, known);
  }
  return known;
}

/** Every half hour whose local day is one of the period's. */
export function halfHours(from: string, to: string, timeZone: string): Pick<HalfHour, 'at' | 'date' | 'minute'>[] {
  const found = [];
  // Local days begin on a quarter of an hour of UTC; half a day and more of margin on both sides.
  let at = Date.parse(`${from}T00:00:00Z`) - 54_000_000;
  while (wall(at, timeZone).date < from) at += 900_000;
  for (; wall(at, timeZone).date < to; at += halfHourMs) found.push({ at, ...wall(at, timeZone) });
  return found;
}

const nextDay = (date: string, days: number): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

/** The first window that fits, in the words of the tariff's schema. */
export function bucketOf({ timeOfUse }: TariffVersion, { date, minute }: Pick<HalfHour, 'date' | 'minute'>): string {
  if (timeOfUse === undefined) return 'all';
  for (const window of timeOfUse.windows) {
    const [opens, closes] = [window.from, window.to].map(
      (time) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3)),
    );
    const isToday = opens! < closes! ? minute >= opens! && minute < closes! : minute >= opens!;
    const isSinceYesterday = opens! >= closes! && minute < closes!;
    if (
      (isToday && holds(timeOfUse, window, date)) ||
      (isSinceYesterday && holds(timeOfUse, window, nextDay(date, -1)))
    )
      return window.bucket;
  }
  return timeOfUse.defaultBucket;
}

function holds(
  { seasons, holidays }: TimeOfUse,
  { days, season }: TimeOfUse['windows'][number],
  date: string,
): boolean {
  const day = date.slice(5);
  const isHoliday = holidays.some((holiday) => holiday === date || holiday === day);
  if (!days.includes(isHoliday ? 'holiday' : weekdays[new Date(`${date}T00:00Z`).getUTCDay()]!)) return false;
  const [today] = seasons.filter(({ from, to }) => (from <= to ? from <= day && day <= to : from <= day || day <= to));
  return season === undefined || today?.name === season;
}
