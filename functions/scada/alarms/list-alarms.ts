/** Lists of alarms, newest first. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { equals } from '../../../layers/kernel/data/expressions.ts';
import type { Page, TenantSession } from '../../../layers/kernel/data/session.ts';
import { queryShards } from '../../../layers/kernel/data/sharded-query.ts';
import type { Paging } from '../../../layers/kernel/http/route.ts';
import { requireStation } from '../contract.ts';
import { type Alarm, alarmEntity, alarmPartitions, stationAlarms } from './alarm-entity.ts';

export interface AlarmFilter {
  stationId?: string | undefined;
  priority?: string | undefined;
  status?: string | undefined;
  kind?: string | undefined;
  pointId?: string | undefined;
  deviceId?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

type AlarmPage = Page<Alarm & Stored>;

/** All alarms, of a station or of the tenant. @throws AppError `not_found` for a station that is not there */
export async function listAlarms(
  session: TenantSession,
  { stationId, from, to, ...equal }: AlarmFilter,
  page: Paging,
): Promise<AlarmPage> {
  const period = { ...(from === undefined ? {} : { from: [from] }), ...(to === undefined ? {} : { to: [to] }) };
  const filter = equals(equal);
  if (stationId !== undefined) {
    await requireStation(session, stationId);
    const options = { index: 'gsi2' as const, pk: stationAlarms(stationId), order: 'descending' as const };
    return session.query<Alarm & Stored>(alarmEntity, { ...options, ...period, filter, ...page });
  }
  const lists =
    equal.status === undefined
      ? (['open', 'closed'] as const)
      : equal.status === 'closed'
        ? (['closed'] as const)
        : (['open'] as const);
  return queryShards(session, alarmEntity, {
    index: 'gsi1',
    partitions: alarmPartitions(...lists),
    sortKeyOf: ({ raisedAt, id }) => [raisedAt, id],
    order: 'descending',
    ...period,
    filter,
    ...page,
  });
}

/** Alarms somebody should look at: not closed, and not on the shelf unless asked for. */
export async function listActiveAlarms(
  session: TenantSession,
  { includeShelved, ...filter }: Pick<AlarmFilter, 'stationId' | 'priority' | 'kind'> & { includeShelved: boolean },
  page: Paging,
): Promise<AlarmPage> {
  if (filter.stationId !== undefined) await requireStation(session, filter.stationId);
  return queryShards(session, alarmEntity, {
    index: 'gsi1',
    partitions: alarmPartitions('open'),
    sortKeyOf: ({ raisedAt, id }) => [raisedAt, id],
    order: 'descending',
    filter: [...equals(filter), ...(includeShelved ? [] : equals({ shelved: false }))],
    ...page,
  });
}

/** Open alarms of a station by priority; more than a thousand are not counted on. */
export async function countOpenAlarms(session: TenantSession, stationId: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = { low: 0, medium: 0, high: 0, critical: 0, unacknowledged: 0 };
  const { items } = await session.query<Alarm>(alarmEntity, {
    index: 'gsi2',
    pk: stationAlarms(stationId),
    order: 'descending',
    filter: [{ attribute: 'status', operator: '<>', value: 'closed' }],
    limit: 1_000,
  });
  for (const { priority, status } of items) {
    counts[priority] = (counts[priority] ?? 0) + 1;
    if (status === 'raised') counts['unacknowledged'] = (counts['unacknowledged'] ?? 0) + 1;
  }
  return counts;
}
