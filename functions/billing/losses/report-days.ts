/** The days of a loss report: which may be asked about, and the rows they are shown in. */
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { daysBetween, earlier } from '../../../layers/tariff/calendar.ts';
import type { Period } from './area-meters.ts';
import { union } from './day-spans.ts';
import type { LossReportOrder } from './loss-report-schema.ts';

const mostDays = 366;
/** Before these days nothing was metered here; `Date` also reads the first hundred years as another century. */
const firstDay = '2000-01-01';

/** @throws AppError `unprocessable`, also for days that nowhere on earth have begun: looking for readings there has no end */
export function refusePeriod({ from, to }: Period): void {
  const end = new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, 10);
  if (from < firstDay || from >= to || to > end || daysBetween(from, to) > mostDays)
    throw new AppError('unprocessable', undefined, {
      texts: {
        en: `Ask about at least one and at most ${mostDays} days, from ${firstDay} to today.`,
        ar: `اسأل عن يوم واحد على الأقل و${mostDays} يومًا على الأكثر، من ${firstDay} حتى اليوم.`,
      },
    });
}

/** The days of each row, in order. */
export function rowsOfDays({ from, to, by }: Pick<LossReportOrder, 'from' | 'to' | 'by'>): Period[] {
  if (by === undefined) return [{ from, to }];
  const rows: Period[] = [];
  for (let at = from; at < to; ) {
    const [year, month] = at.split('-').map(Number);
    const end = earlier(new Date(Date.UTC(year!, month!, 1)).toISOString().slice(0, 10), to);
    rows.push({ from: at, to: end });
    at = end;
  }
  return rows;
}

/** `yyyy-mm` of days that are a calendar month. */
export function wholeMonth({ from, to }: Period): string | undefined {
  const isMonth = from.endsWith('-01') && rowsOfDays({ from, to, by: 'month' })[0]?.to === to && to.endsWith('-01');
  return isMonth ? from.slice(0, 7) : undefined;
}

/** How many days spans hold together, each counted once. */
export const daysIn = (spans: readonly Period[]): number =>
  union(spans).reduce((days, { from, to }) => days + daysBetween(from, to), 0);
