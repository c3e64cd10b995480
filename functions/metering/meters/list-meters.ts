/** Lists meters: of a station from its own index, otherwise over all shards of the fleet. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { equals } from '../../../layers/kernel/data/expressions.ts';
import type { Page, TenantSession } from '../../../layers/kernel/data/session.ts';
import { queryShards } from '../../../layers/kernel/data/sharded-query.ts';
import type { Paging } from '../../../layers/kernel/http/route.ts';
import { listPartitions, meterEntity, stationPartition } from './meter-entity.ts';
import type { Meter } from './meter-schema.ts';

export interface MeterFilter {
  stationId?: string | undefined;
  status?: string | undefined;
  type?: string | undefined;
  customerId?: string | undefined;
  search?: string | undefined;
}

export function listMeters(
  session: TenantSession,
  { stationId, search, ...equal }: MeterFilter,
  page: Paging,
): Promise<Page<Meter & Stored>> {
  return queryShards(session, meterEntity, {
    index: stationId === undefined ? 'gsi1' : 'gsi2',
    partitions: stationId === undefined ? listPartitions : [stationPartition(stationId)],
    sortKeyOf: ({ id }) => [id],
    // Numbers are ASCII, so "~" is above every continuation of the prefix.
    ...(search === undefined ? {} : { from: [search], to: [`${search}~`] }),
    filter: equals(equal),
    limit: page.limit,
    cursor: page.cursor,
  });
}
