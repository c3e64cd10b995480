/** Reads the tenant's books; the first reader makes them from the tenant's own settings. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { openSession, type TenantSession } from '../../../layers/kernel/data/session.ts';
import { isAppError } from '../../../layers/kernel/errors/app-error.ts';
import { tenantProfile } from '../../identity/contract.ts';
import { type Books, booksEntity } from './books-entity.ts';

/** Consistent: who opens, closes or posts must see the newest. */
export async function readBooks(session: TenantSession): Promise<Books & Stored> {
  return (await session.get(booksEntity, {}, { consistent: true })) ?? makeBooks(session);
}

/**
 * The system's own preparations beside a request: they are no change the person made, and must not use up the
 * request's idempotency marker.
 */
export const systemSession = (session: TenantSession): TenantSession =>
  openSession(session.tenantId, { ...session.context, actor: undefined, idempotency: undefined });

async function makeBooks(session: TenantSession): Promise<Books & Stored> {
  const { currency } = await tenantProfile(session);
  try {
    return await systemSession(session).transact('ledger', (unit) =>
      unit.create(booksEntity, {
        baseCurrency: currency,
        fiscalYearStartMonth: 1,
        autoOpenPeriods: true,
        closedPeriodPolicy: 'next_open',
        roles: {},
        hasPeriods: false,
      }),
    );
  } catch (error) {
    if (isAppError(error) && error.code === 'already_exists') return session.require(booksEntity, {});
    throw error;
  }
}
