/** How supplies are stored, and the one row a meter has of who had it when: it is what keeps two customers from having one meter at once. */
import { defineEntity, type Stored } from '../../../layers/kernel/data/entity.ts';
import type { Page, TenantSession } from '../../../layers/kernel/data/session.ts';
import type { BilledSupply } from './supply-schema.ts';

export const supplyEntity = defineEntity<BilledSupply>()({
  name: 'supply',
  table: 'billing',
  key: ({ id }) => ({ pk: ['SUPPLY', id], sk: ['SUPPLY'] }),
  indexes: {
    gsi1: ({ customerId, from, id }) => ({ pk: ['CUSTOMER-SUPPLIES', customerId], sk: [from, id] }),
    gsi2: ({ meterId, from, id }) => ({ pk: ['METER-SUPPLIES', meterId], sk: [from, id] }),
  },
  idOf: ({ id }) => id,
});

export interface Occupancy {
  meterId: string;
  /** In order of time, never overlapping; the last one may be open. */
  spans: { supplyId: string; customerId: string; from: string; to?: string }[];
  /** The first local day after a bill that was estimated for want of a reading: the next one puts it right. */
  awaits?: string;
  /**
   * Bills that readings of the days after may still tell of: the first local day after the first of them, and the day whose
   * readings had them looked at last.
   */
  unsettled?: { to: string; lookedOn?: string };
}

export const occupancyEntity = defineEntity<Occupancy, { meterId: string }>()({
  name: 'meter occupancy',
  table: 'billing',
  key: ({ meterId }) => ({ pk: ['OCCUPANCY', meterId], sk: ['OCCUPANCY'] }),
  idOf: ({ meterId }) => meterId,
});

/** By an index, which may lag; in the order they began. */
export const pageOfSupplies = (
  session: TenantSession,
  customerId: string,
  page: { limit: number; cursor?: string | undefined },
): Promise<Page<BilledSupply & Stored>> =>
  session.query<BilledSupply & Stored>(supplyEntity, {
    index: 'gsi1',
    pk: ['CUSTOMER-SUPPLIES', customerId],
    ...page,
  });

/** All of them, by an index, which may lag. */
export async function suppliesOfCustomer(
  session: TenantSession,
  customerId: string,
): Promise<(BilledSupply & Stored)[]> {
  const items: (BilledSupply & Stored)[] = [];
  let cursor: string | undefined;
  do {
    const page = await pageOfSupplies(session, customerId, { limit: 200, cursor });
    items.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return items;
}

/** Supplies as they are now, in the order of their ids; those that are not there are left out. */
export async function suppliesById(session: TenantSession, ids: readonly string[]): Promise<(BilledSupply & Stored)[]> {
  const found = await session.getMany(
    supplyEntity,
    ids.map((id) => ({ id })),
    { consistent: true },
  );
  const byId = new Map(found.map((supply) => [supply.id, supply]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}
