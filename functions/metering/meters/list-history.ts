/** Lists what a meter reported beside readings: alerts and changes of status. */
import type { Entity, ItemOf, Stored } from '../../../layers/kernel/data/entity.ts';
import type { KeyParts } from '../../../layers/kernel/data/keys.ts';
import type { Page, TenantSession } from '../../../layers/kernel/data/session.ts';
import type { Paging } from '../../../layers/kernel/http/route.ts';
import { meterEntity } from './meter-entity.ts';
import { meterAlertEntity, statusChangeEntity } from './status-changes.ts';

interface HistoryQuery {
  from?: string | undefined;
  to?: string | undefined;
  order: 'asc' | 'desc';
}

export const listAlerts = (session: TenantSession, meterId: string, query: HistoryQuery, page: Paging) =>
  listHistory(session, meterAlertEntity, ['METER-ALERT', meterId], meterId, query, page);

export const listStatusChanges = (session: TenantSession, meterId: string, query: HistoryQuery, page: Paging) =>
  listHistory(session, statusChangeEntity, ['METER-STATUS', meterId], meterId, query, page);

async function listHistory<E extends Entity>(
  session: TenantSession,
  entity: E,
  pk: KeyParts,
  meterId: string,
  { from, to, order }: HistoryQuery,
  page: Paging,
): Promise<Page<ItemOf<E>>> {
  await session.require(meterEntity, { id: meterId });
  const { items, nextCursor } = await session.query<ItemOf<E> & Stored>(entity, {
    pk,
    ...(from === undefined ? {} : { from: [from] }),
    ...(to === undefined ? {} : { to: [to] }),
    order: order === 'desc' ? 'descending' : 'ascending',
    ...page,
  });
  return {
    items: items.map(({ version: _, createdAt: __, updatedAt: ___, ...item }) => item as ItemOf<E>),
    nextCursor,
  };
}
