/** Looks after a checkout whose notification never comes: soon at first, then seldom, and for a day after the payer's time is over. */
import { openSession } from '../../../layers/kernel/data/session.ts';
import { isAppError } from '../../../layers/kernel/errors/app-error.ts';
import type { ErrorCode } from '../../../layers/kernel/errors/error-codes.ts';
import { logger } from '../../../layers/kernel/observability/logger.ts';
import { type ProviderWork, waitFor } from '../provider-payments/provider-work.ts';
import { tellAPerson } from '../provider-payments/tell-a-person.ts';
import type { StoredCheckout } from './change-checkout.ts';
import { checkoutEntity } from './checkout-entity.ts';
import { settleCheckout } from './settle-checkout.ts';

const firstWaitSeconds = 60;
const longestWaitSeconds = 900;
const lateWaitSeconds = 3600;
const lateMs = 24 * 3_600_000;

/** The provider cannot say now: a later look may. */
const later: readonly ErrorCode[] = ['all_providers_failed', 'outcome_unknown', 'idempotency_in_progress'];

export async function lookAfterCheckout(work: ProviderWork): Promise<void> {
  const session = openSession(work.tenantId);
  let checkout: StoredCheckout;
  try {
    checkout = await settleCheckout(session, work.id);
  } catch (error) {
    // A look that a notification asked for comes again from the queue.
    if (work.look === undefined || !isAppError(error) || !later.includes(error.code)) throw error;
    logger.warn('checkout not known yet', { checkoutId: work.id, error });
    checkout = await session.require(checkoutEntity, { id: work.id });
  }
  if (checkout.status === 'review')
    await tellAPerson(
      session,
      { kind: 'checkout', id: work.id, since: checkout.resolvedAt },
      checkout.outcome ?? 'review',
    );
  if (work.look === undefined) return;
  const nowMs = Date.parse(session.context.now());
  const seconds = waitOf(checkout, work.look, nowMs);
  if (seconds !== undefined) await waitFor({ ...work, look: work.look + 1 }, seconds, nowMs);
}

/** @returns seconds until the next look, or undefined when there is nothing to wait for */
function waitOf({ status, payBy }: StoredCheckout, look: number, nowMs: number): number | undefined {
  const overMs = nowMs - Date.parse(payBy);
  switch (status) {
    case 'creating':
    case 'unknown':
    case 'pending':
    case 'expired':
      if (overMs >= lateMs) return undefined;
      return overMs >= 0 ? lateWaitSeconds : Math.min(firstWaitSeconds * 2 ** look, longestWaitSeconds);
    case 'paid':
    case 'failed':
    case 'cancelled':
    case 'review':
    case 'dismissed':
      return undefined;
    default:
      return status satisfies never;
  }
}
