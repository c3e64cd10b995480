/**
 * What of an invoice was paid with money that had waited as an advance: one row for an invoice, so that whoever takes that money
 * back finds where it went. Written only in transactions that write the advance, too, on whose version they rest.
 */
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';

interface SetOffKey {
  customerId: string;
  currency: string;
  invoiceId: string;
}

interface SetOffRow extends SetOffKey {
  /** Minor units, less what was taken back. */
  minor: number | bigint;
}

export interface SetOff {
  invoiceId: string;
  minor: bigint;
}

const setOffEntity = defineEntity<SetOffRow, SetOffKey>()({
  name: 'set-off',
  table: 'billing',
  key: ({ customerId, currency, invoiceId }) => ({ pk: ['SET-OFFS', customerId], sk: [currency, invoiceId] }),
  idOf: ({ invoiceId }) => invoiceId,
});

/** @param minor more of the advance went to the invoice or, below zero, was taken out of it again */
export function noteSetOff(unit: UnitOfWork, key: SetOffKey, minor: bigint): void {
  if (minor !== 0n) unit.add(setOffEntity, key, { minor }, key);
}

/** What of an invoice was paid so. */
export async function setOffOf(session: TenantSession, key: SetOffKey): Promise<bigint> {
  return BigInt((await session.get(setOffEntity, key, { consistent: true }))?.minor ?? 0);
}

/** Those of the newest invoices that come to so much together, or all there are. Their ids tell their order. @param wanted minor units */
export async function newestSetOffs(
  session: TenantSession,
  customerId: string,
  currency: string,
  wanted: bigint,
): Promise<SetOff[]> {
  const found: SetOff[] = [];
  let left = wanted;
  let cursor: string | undefined;
  while (left > 0n) {
    const { items, nextCursor } = await session.query<SetOffRow>(setOffEntity, {
      pk: ['SET-OFFS', customerId],
      // With what parts it from the id: no currency begins with another one.
      beginsWith: [currency, ''],
      order: 'descending',
      limit: 50,
      consistent: true,
      cursor,
    });
    for (const { invoiceId, minor } of items) {
      if (left <= 0n) break;
      if (BigInt(minor) === 0n) continue;
      found.push({ invoiceId, minor: BigInt(minor) });
      left -= BigInt(minor);
    }
    if (nextCursor === null) break;
    cursor = nextCursor;
  }
  return found;
}
