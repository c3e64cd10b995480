/**
 * Gives money back by the provider it came by. The refund's id is the provider's reference, so a repeated order is the same
 * one. What a provider refuses for certain ends the refund; what it may have done is asked again, and stays `unknown` until
 * the provider or a person says what became of it.
 */
import { openSession, type TenantSession } from '../../../layers/kernel/data/session.ts';
import { type AppError, isAppError } from '../../../layers/kernel/errors/app-error.ts';
import { logger } from '../../../layers/kernel/observability/logger.ts';
import { parseMoney } from '../../../layers/money/money.ts';
import { refundPayment } from '../../platform/contract.ts';
import { checkoutEntity } from '../checkouts/checkout-entity.ts';
import { paymentEntity } from '../payments/payment-entity.ts';
import { settleRest } from '../payments/settle-rest.ts';
import { type ProviderWork, waitFor } from '../provider-payments/provider-work.ts';
import { tellAPerson } from '../provider-payments/tell-a-person.ts';
import { changeRefund } from './change-refund.ts';
import { endUnsentRefund } from './decide-refund.ts';
import { refundEntity, type StoredRefund } from './refund-entity.ts';
import { returnRefund } from './return-refund.ts';
import { finishRefund, takeRefund } from './take-refund.ts';

const firstWaitSeconds = 30;
const longestWaitSeconds = 3600;
/** About half a day. */
const maxLooks = 16;

export async function sendRefund(work: ProviderWork): Promise<void> {
  const session = openSession(work.tenantId);
  let refund = await session.require(refundEntity, { id: work.id });
  if (refund.status === 'approved') refund = await take(session, refund);
  if (refund.status === 'failed') await settleRest(session, refund.paymentId);
  if (refund.status !== 'sent' && refund.status !== 'unknown') return;
  try {
    await askProvider(session, refund);
    await finishRefund(session, refund.id);
  } catch (error) {
    if (!isAppError(error)) throw error;
    await afterFailure(session, refund, error, work);
  }
}

async function take(session: TenantSession, refund: StoredRefund): Promise<StoredRefund> {
  try {
    return await takeRefund(session, refund.id);
  } catch (error) {
    if (!isAppError(error) || error.code !== 'conflict') throw error;
    // Taken by another message in this very moment, or the money is not there any more.
    const fresh = await session.require(refundEntity, { id: refund.id });
    return fresh.status === 'approved' ? endUnsentRefund(session, refund.id, 'failed', error.message) : fresh;
  }
}

async function askProvider(session: TenantSession, { id, paymentId, amount, currency }: StoredRefund): Promise<void> {
  const payment = await session.require(paymentEntity, { id: paymentId });
  const checkout = await session.require(checkoutEntity, { id: payment.checkoutId! });
  await refundPayment(session, checkout.integrationId!, checkout.providerReference!, parseMoney(amount, currency), id);
}

async function afterFailure(
  session: TenantSession,
  refund: StoredRefund,
  error: AppError,
  work: ProviderWork,
): Promise<void> {
  const look = work.look ?? 0;
  const reasons = (error.details ?? []).map(({ message }) => message).join('; ');
  const outcome = (reasons === '' ? error.message : reasons).slice(0, 500);
  logger.warn('refund not through', { refundId: refund.id, code: error.code, outcome });
  switch (error.code) {
    case 'all_providers_failed':
      // Nothing happened. Only what may pass by itself is tried again.
      if (look >= maxLooks || /: (rejected|configuration):/.test(reasons))
        return void (await returnRefund(session, refund.id, outcome));
      break;
    case 'unprocessable':
      // The integration is gone, and it may have given the money back before.
      if (refund.status === 'unknown') return tellAPerson(session, { kind: 'refund', id: refund.id }, outcome);
      return void (await returnRefund(session, refund.id, outcome));
    case 'outcome_unknown':
      await changeRefund(session, refund, { status: 'unknown', outcome });
      if (look >= maxLooks) return tellAPerson(session, { kind: 'refund', id: refund.id }, outcome);
      break;
    case 'idempotency_in_progress':
      break;
    case 'conflict':
      // Another message was faster.
      return;
    default:
      throw error;
  }
  const seconds = Math.min(firstWaitSeconds * 2 ** look, longestWaitSeconds);
  await waitFor({ ...work, look: look + 1 }, seconds, Date.parse(session.context.now()));
}
