/** One list of meters and then of data points: a page ends with whichever it is at, and the cursor says which. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { Paging } from '../../../layers/kernel/http/route.ts';
import { livePoints } from '../../scada/contract.ts';
import { listMeters } from '../meters/list-meters.ts';
import { readStates } from '../meters/meter-states.ts';
import { latestReading } from '../readings/latest-reading.ts';

/** Before the cursor of the points; cursors of meters are base64url and have no colon. */
const pointsMark = 'points:';

export interface LiveQuery {
  stationId?: string | undefined;
  meters: boolean;
  points: boolean;
}

export async function listLive(session: TenantSession, { stationId, meters, points }: LiveQuery, page: Paging) {
  const isAtPoints = page.cursor?.startsWith(pointsMark) ?? false;
  const first = meters && !isAtPoints ? await metersOf(session, stationId, page) : { rows: [], nextCursor: null };
  if (!points || first.nextCursor !== null) return first;
  const room = page.limit - first.rows.length;
  const cursor = isAtPoints ? page.cursor!.slice(pointsMark.length) : '';
  // Without room one point is asked for all the same: whether there is another page.
  const found = await livePoints(session, stationId, { limit: Math.max(room, 1), cursor: cursor || undefined });
  if (room === 0) return { rows: first.rows, nextCursor: found.items.length > 0 ? pointsMark : null };
  return {
    rows: [
      ...first.rows,
      ...found.items.map(({ reading, ...point }) => ({ kind: 'point' as const, ...point, value: reading })),
    ],
    nextCursor: found.nextCursor === null ? null : pointsMark + found.nextCursor,
  };
}

async function metersOf(session: TenantSession, stationId: string | undefined, page: Paging) {
  const { items, nextCursor } = await listMeters(session, { stationId }, page);
  const states = await readStates(
    session,
    items.map(({ id }) => id),
  );
  const rows = await Promise.all(
    items.map(async (meter) => ({
      kind: 'meter' as const,
      meterId: meter.id,
      stationId: meter.stationId,
      status: meter.status,
      reading: await latestReading(session, meter.id, states.get(meter.id)),
    })),
  );
  return { rows, nextCursor };
}
