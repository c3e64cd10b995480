/** Points with their last values, for lists that other domains make. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { Paging } from '../../../layers/kernel/http/route.ts';
import { listPoints } from '../points/list-points.ts';
import { presentLast } from './present-value.ts';

export async function readLivePoints(session: TenantSession, stationId: string | undefined, page: Paging) {
  const { items, nextCursor } = await listPoints(session, { stationId }, page);
  return { items: await presentLast(session, items), nextCursor };
}
