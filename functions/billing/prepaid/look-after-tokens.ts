/** Schedule: orders again what should have gone on by itself, in case a worker died before it could order it. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { sumOverTenants } from '../../identity/contract.ts';
import { openVendsPartition, type StoredVend, vendEntity } from './vend-entity.ts';
import { orderVend } from './vend-queue.ts';

/** Longer than the longest delay after an attempt, so that nothing is asked twice as often as it should be. */
const restMs = 20 * 60_000;
/** What was not attempted yet has no delay to wait for; its worker is over by then. */
const firstRestMs = 90_000;

export async function handler(): Promise<{ ordered: number }> {
  return { ordered: await sumOverTenants(orderResting) };
}

/** @returns how many of the tenant's tokens were ordered again */
export async function orderResting(session: TenantSession): Promise<number> {
  const now = Date.parse(session.context.now());
  let ordered = 0;
  let cursor: string | undefined;
  do {
    const page = await session.query<StoredVend & Stored>(vendEntity, {
      index: 'gsi2',
      pk: openVendsPartition,
      limit: 100,
      cursor,
    });
    const resting = page.items.filter(
      ({ updatedAt, attempts }) => now - Date.parse(updatedAt) > (attempts === 0 ? firstRestMs : restMs),
    );
    for (const { id } of resting) await orderVend(session, id);
    ordered += resting.length;
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return ordered;
}
