/** How cashier sessions are stored: by time and by cashier, with their movements; one is open of a cashier and at a desk. */
import { defineEntity, type Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { CashierSession, Movement } from './cashier-session-schema.ts';

export const cashierSessionEntity = defineEntity<CashierSession>()({
  name: 'cashier session',
  table: 'billing',
  key: ({ id }) => ({ pk: ['CASHIER-SESSION', id], sk: ['SESSION'] }),
  indexes: {
    gsi1: ({ id }) => ({ pk: ['CASHIER-SESSIONS'], sk: [id] }),
    gsi2: ({ cashierId, id }) => ({ pk: ['CASHIER-SESSIONS', cashierId], sk: [id] }),
  },
  idOf: ({ id }) => id,
});

export type StoredCashierSession = CashierSession & Stored;

export const movementEntity = defineEntity<Movement, Pick<Movement, 'sessionId' | 'at' | 'id'>>()({
  name: 'till movement',
  table: 'billing',
  key: ({ sessionId, at, id }) => ({ pk: ['CASHIER-SESSION', sessionId], sk: ['MOVEMENT', at, id] }),
  idOf: ({ id }) => id,
});

/** Says which session is open of a cashier or at a desk. */
export const openTillEntity = defineEntity<
  { of: 'cashier' | 'desk'; name: string; sessionId: string },
  { of: 'cashier' | 'desk'; name: string }
>()({
  name: 'open cashier session',
  table: 'billing',
  key: ({ of, name }) => ({ pk: ['OPEN-TILL', of, name], sk: ['OPEN-TILL'] }),
  idOf: ({ of, name }) => `of ${of} ${name}`,
});

/** The session a cashier has open now, if any. */
export async function openSessionOf(
  session: TenantSession,
  cashierId: string,
): Promise<StoredCashierSession | undefined> {
  const open = await session.get(openTillEntity, { of: 'cashier', name: cashierId }, { consistent: true });
  if (open === undefined) return undefined;
  const till = await session.get(cashierSessionEntity, { id: open.sessionId }, { consistent: true });
  return till?.status === 'open' ? till : undefined;
}
