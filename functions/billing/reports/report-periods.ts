/** The months or days that the rows of a report are told apart by, where it was asked for so. */
import { daysBetween } from '../../../layers/tariff/calendar.ts';

export const periodLengths = ['month', 'day'] as const;
export type PeriodLength = (typeof periodLengths)[number];

/** A part of a report is one row that holds the sums of all of them. */
export const mostPeriods = 62;

/** @param day local @returns `yyyy-mm`, or the day itself */
const periodOf = (day: string, per: PeriodLength): string => (per === 'month' ? day.slice(0, 7) : day);

const monthsOf = (day: string): number => 12 * Number(day.slice(0, 4)) + Number(day.slice(5, 7));

/** @param days the last one included */
export const countPeriods = ({ from, to }: { from: string; to: string }, per: PeriodLength): number =>
  1 + (per === 'month' ? monthsOf(to) - monthsOf(from) : daysBetween(from, to));

/** What sums are kept under: a currency, and its period. */
export const sumName = (currency: string, day: string, per: PeriodLength | undefined): string =>
  per === undefined ? currency : `${currency}@${periodOf(day, per)}`;

export function partsOfName(name: string): { currency: string; period?: string } {
  const [currency, period] = name.split('@') as [string, string?];
  return { currency, ...(period === undefined ? {} : { period }) };
}
