/** Closes exceptions in the transaction of what settles them: the bill, the end of a supply, a bill that reaches further back. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import type { BilledSupply } from '../supplies/supply-schema.ts';
import { type StoredException, veeExceptionEntity } from './exception-entity.ts';
import type { VeeException } from './exception-schema.ts';

const readOf = async (
  session: TenantSession,
  { veeException: id }: BilledSupply,
): Promise<StoredException | undefined> =>
  id === undefined ? undefined : session.get(veeExceptionEntity, { id }, { consistent: true });

export function closeInto(
  unit: UnitOfWork,
  session: TenantSession,
  exception: StoredException | undefined,
  why: Pick<VeeException, 'closedFor' | 'invoiceId'>,
): void {
  if (exception === undefined || exception.status === 'closed') return;
  unit.update(veeExceptionEntity, exception, { status: 'closed', ...why, closedAt: session.context.now() });
}

/** Closes the exceptions of supplies in the transaction that bills them. */
export async function closingExceptions(
  session: TenantSession,
  supplies: readonly BilledSupply[],
  invoiceId: string,
): Promise<(unit: UnitOfWork) => void> {
  const found = await Promise.all(supplies.map((supply) => readOf(session, supply)));
  return (unit) => {
    for (const exception of found) closeInto(unit, session, exception, { closedFor: 'billed', invoiceId });
  };
}

/**
 * Closes the exception of a supply that ends where its bills do, or before: no bill will ever meet it. One of days that are still
 * to be billed stays.
 * @param to first day it no longer holds
 * @returns what to change of the supply besides
 */
export async function closingAtEnd(
  session: TenantSession,
  supply: BilledSupply & Stored,
  to: string,
): Promise<(unit: UnitOfWork) => { veeException?: null }> {
  if (supply.veeException === undefined || (supply.billedTo ?? supply.from) < to) return () => ({});
  const exception = await readOf(session, supply);
  return (unit) => {
    closeInto(unit, session, exception, { closedFor: 'supply_ended' });
    return { veeException: null };
  };
}
