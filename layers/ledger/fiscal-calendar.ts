/** Accounting periods are calendar months, grouped into fiscal years that may begin with any month. Dates are ISO text, without a time. */
import { localDate } from '../metering/time-zone.ts';

/** `2026-03-15` → `2026-03`: the id of the period. */
export const periodOf = (date: string): string => date.slice(0, 7);

export const firstDay = (period: string): string => `${period}-01`;

export function lastDay(period: string): string {
  const [year, month] = numbersOf(period);
  return `${period}-${String(new Date(Date.UTC(year, month, 0)).getUTCDate()).padStart(2, '0')}`;
}

/** The period `count` months later, or earlier when negative. */
export function shiftPeriod(period: string, count: number): string {
  const [year, month] = numbersOf(period);
  const months = year * 12 + (month - 1) + count;
  return `${String(Math.floor(months / 12)).padStart(4, '0')}-${String((months % 12) + 1).padStart(2, '0')}`;
}

export function dayBefore(date: string): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
}

/** The fiscal year a period belongs to, named after the calendar year in which it begins. */
export function fiscalYearOf(period: string, startMonth: number): number {
  const [year, month] = numbersOf(period);
  return month >= startMonth ? year : year - 1;
}

export const firstPeriodOfYear = (fiscalYear: number, startMonth: number): string =>
  `${String(fiscalYear).padStart(4, '0')}-${String(startMonth).padStart(2, '0')}`;

export const lastPeriodOfYear = (fiscalYear: number, startMonth: number): string =>
  shiftPeriod(firstPeriodOfYear(fiscalYear, startMonth), 11);

/** The calendar date of an instant where the tenant is: an invoice of the last evening belongs to the old month. */
export const dateIn = (timeZone: string, instant: string): string => localDate(Date.parse(instant), timeZone);

function numbersOf(period: string): [year: number, month: number] {
  return [Number(period.slice(0, 4)), Number(period.slice(5, 7))];
}
