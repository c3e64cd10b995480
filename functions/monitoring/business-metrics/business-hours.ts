/** A tenant's counters: one row an hour, a partition a month, gone when the tenant's retention says so. */
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { BusinessMetricName } from './business-catalogue.ts';

/** An hour's beginning, UTC, with what it brought. */
export type BusinessHour = { hour: string } & Partial<Record<BusinessMetricName, number>>;

const monthOf = (hour: string): string => hour.slice(0, 7);

export const hourEntity = defineEntity<BusinessHour, { hour: string }>()({
  name: 'business hour',
  table: 'monitoring',
  key: ({ hour }) => ({ pk: ['BUSINESS-HOURS', monthOf(hour)], sk: [hour] }),
  idOf: ({ hour }) => hour,
});

/** @returns `2026-01-05T08:00:00.000Z` */
export const hourOf = (time: string): string => `${new Date(time).toISOString().slice(0, 13)}:00:00.000Z`;

export const keepSecondsOf = (days: number): number => days * 86_400;

/**
 * The hours from one to before another that brought anything, oldest first. Rows whose time is over are left out, though
 * DynamoDB may take two days to delete them.
 */
export async function readHours(
  session: TenantSession,
  name: BusinessMetricName,
  from: string,
  to: string,
  retentionDays: number,
): Promise<{ hour: string; count: number }[]> {
  const kept = new Date(Date.parse(session.context.now()) - keepSecondsOf(retentionDays) * 1000).toISOString();
  const first = hourOf(from > kept ? from : kept);
  const months: string[] = [];
  for (let month = monthOf(first); month <= monthOf(to); month = nextMonth(month)) months.push(month);
  const found = await Promise.all(months.map((month) => readMonth(session, month, first, to)));
  return found.flat().flatMap((row) => {
    const count = row[name];
    return count === undefined || row.hour < first || row.hour >= to ? [] : [{ hour: row.hour, count }];
  });
}

/**
 * A counter by periods of whole hours, oldest first; a period that brought nothing counts zero.
 * @param fromMs beginning of an hour, as `toMs`
 */
export async function readCounts(
  session: TenantSession,
  name: BusinessMetricName,
  { fromMs, toMs, periodMs, retentionDays }: { fromMs: number; toMs: number; periodMs: number; retentionDays: number },
): Promise<{ atMs: number; value: number }[]> {
  const [from, to] = [new Date(fromMs).toISOString(), new Date(toMs).toISOString()];
  const counts = new Map<number, number>();
  for (const { hour, count } of await readHours(session, name, from, to, retentionDays)) {
    const atMs = fromMs + Math.floor((Date.parse(hour) - fromMs) / periodMs) * periodMs;
    counts.set(atMs, (counts.get(atMs) ?? 0) + count);
  }
  return Array.from({ length: Math.round((toMs - fromMs) / periodMs) }, (_, i) => {
    const atMs = fromMs + i * periodMs;
    return { atMs, value: counts.get(atMs) ?? 0 };
  });
}

/** 744 rows at most, of some hundred bytes; no more than asked for, since rules ask every hour. */
async function readMonth(session: TenantSession, month: string, from: string, to: string): Promise<BusinessHour[]> {
  const rows: BusinessHour[] = [];
  let cursor: string | undefined;
  do {
    const page = await session.query<BusinessHour>(hourEntity, {
      pk: ['BUSINESS-HOURS', month],
      from: [from],
      to: [to],
      limit: 1000,
      ...(cursor === undefined ? {} : { cursor }),
    });
    rows.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return rows;
}

function nextMonth(month: string): string {
  const [year, number] = month.split('-').map(Number);
  return new Date(Date.UTC(year!, number!, 1)).toISOString().slice(0, 7);
}
