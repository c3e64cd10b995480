/** Local calendar days as texts, and the shares of months that lie between two of them. */
import { startOfLocalDay } from '../metering/time-zone.ts';
import { type Fraction, fraction, nothing, plus } from '../money/fraction.ts';
import type { YearlyDays } from './tariff-schema.ts';

const dayMs = 86_400_000;
const utc = (date: string): number => Date.parse(`${date}T00:00:00Z`);

export const daysBetween = (from: string, to: string): number => Math.round((utc(to) - utc(from)) / dayMs);
export const addDays = (date: string, days: number): string =>
  new Date(utc(date) + days * dayMs).toISOString().slice(0, 10);
export const later = (a: string, b: string): string => (a > b ? a : b);
export const earlier = (a: string, b: string): string => (a < b ? a : b);

/** When a local day begins, milliseconds since the epoch. */
export function dayStart(date: string, timeZone: string): number {
  const [year, month, day] = date.split('-').map(Number);
  return startOfLocalDay(year!, month!, day!, timeZone);
}

/** How many calendar months lie between two days: each day counts as one of its own month's days. */
export function calendarMonths(from: string, to: string): Fraction {
  let months = nothing;
  for (let at = from; at < to; ) {
    const [year, month] = at.split('-').map(Number);
    const next = new Date(Date.UTC(year!, month!, 1)).toISOString().slice(0, 10);
    const end = earlier(next, to);
    months = plus(months, fraction(BigInt(daysBetween(at, end)), BigInt(daysBetween(`${at.slice(0, 7)}-01`, next))));
    at = end;
  }
  return months;
}

/** Whether days of the year contain a local day. Ranges that end before they begin go over the new year. */
export function holdsOn(during: YearlyDays | undefined, date: string): boolean {
  const day = date.slice(5);
  return (
    during === undefined ||
    during.some(({ from, to }) => (from <= to ? day >= from && day <= to : day >= from || day <= to))
  );
}
