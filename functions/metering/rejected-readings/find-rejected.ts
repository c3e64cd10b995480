/** Finds rejected messages of a period by reason, meter, station and status, newest first. */

import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { equals, type FilterTerm } from '../../../layers/kernel/data/expressions.ts';
import type { Page, TenantSession } from '../../../layers/kernel/data/session.ts';
import { queryShards } from '../../../layers/kernel/data/sharded-query.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { dayPartitions, listSortKey, type RejectedReading, rejectedEntity } from './rejected-entity.ts';

export interface RejectedFilter {
  reason?: string | undefined;
  status?: string | undefined;
  meterId?: string | undefined;
  stationId?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

const dayMs = 86_400_000;
const defaultDays = 7;
/** A day is eight queries, so a request reads 31 days at most. */
const maxDays = 31;

export async function findRejected(
  session: TenantSession,
  filter: RejectedFilter,
  page: { limit: number; cursor: string | undefined },
): Promise<Page<RejectedReading & Stored>> {
  const { from, to } = periodOf(filter, session.context.now());
  return queryShards(session, rejectedEntity, {
    index: 'gsi1',
    partitions: daysBetween(from, to).flatMap(dayPartitions),
    from: [from],
    to: [to],
    order: 'descending',
    sortKeyOf: listSortKey,
    filter: filterTerms(filter),
    limit: page.limit,
    cursor: page.cursor,
  });
}

export function filterTerms({ reason, status, meterId, stationId }: RejectedFilter): FilterTerm[] {
  return equals({ reason, status, meterId, stationId });
}

export function periodOf({ from, to }: RejectedFilter, now: string): { from: string; to: string } {
  const end = to ?? now;
  const start = from ?? new Date(Date.parse(end) - defaultDays * dayMs).toISOString();
  if (start >= end) throw refusedPeriod('`from` is not before `to`.');
  if (Date.parse(end) - Date.parse(start) > maxDays * dayMs)
    throw refusedPeriod(`The period is longer than ${maxDays} days.`);
  return { from: start, to: end };
}

const refusedPeriod = (message: string): AppError =>
  new AppError('unprocessable', message, { details: [{ in: 'query', path: '/from', message }] });

function daysBetween(from: string, to: string): string[] {
  const days: string[] = [];
  for (let time = Date.parse(from.slice(0, 10)); time <= Date.parse(to); time += dayMs)
    days.push(new Date(time).toISOString().slice(0, 10));
  return days;
}
