/**
 * Finds out what became of one payment, capture or refund whose outcome is unknown: asked where it was sent, with growing
 * pauses, published once it is known, and given to a person when the provider still does not say.
 */
import type { ProviderPayment } from '../../../layers/integrations/provider.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { updateAtomically } from '../../../layers/kernel/data/update-atomically.ts';
import { isAppError } from '../../../layers/kernel/errors/app-error.ts';
import { logger } from '../../../layers/kernel/observability/logger.ts';
import { formatMoney } from '../../../layers/money/money.ts';
import { raiseAlert } from '../contract.ts';
import { paymentNotified } from '../events.ts';
import { integrationEntity } from '../integrations/integration-entity.ts';
import { takeOnce } from '../provider-callbacks/take-once.ts';
import { callProvider } from '../provider-calls/call-provider.ts';
import { decodeResult, settleAsNotTaken } from '../provider-calls/reference.ts';
import { firstLookMs, forgetPayment, type OpenPayment, openPaymentEntity } from './open-payment-entity.ts';
import { notTaken } from './question-about.ts';

/**
 * The looks come 2, 6, 14, 30, 62, 126 and 254 minutes after the sending: within the six hours that PayPal, the shortest,
 * keeps a key for (https://developer.paypal.com/api/rest/reference/idempotency/).
 */
const maxLooks = 7;
/** What a provider says three times over fourteen minutes is no delay of its own any more. */
const looksUntilNotTaken = 3;

export async function resolvePayment(session: TenantSession, open: OpenPayment): Promise<void> {
  const nowMs = Date.parse(session.context.now());
  const claimed = await updateAtomically(session, openPaymentEntity, open, {
    update: 'SET looks = :next, nextLookMs = :later',
    condition: 'looks = :looks',
    values: { ':looks': open.looks, ':next': open.looks + 1, ':later': nowMs + firstLookMs * 2 ** (open.looks + 1) },
  });
  // Another sweep has it, or its outcome came.
  if (claimed === undefined) return;
  const { operation, reference, integrationId, environment } = open;
  try {
    const args = decodeResult(open.args) as never;
    const options = { integrationId, environment, isResumption: true };
    const { value } = await callProvider(session, 'payment', operation as 'create', args, reference, options);
    await publishOutcome(session, open, value);
  } catch (error) {
    // A call is on its way at this moment: it may settle it itself.
    if (isAppError(error) && error.code === 'idempotency_in_progress') return;
    if (!isAppError(error) || error.status >= 500)
      logger.warn('payment not resolved', { reference, error: error as Error });
    await stillOpen(session, open, isAppError(error) && error.cause === notTaken);
  }
}

async function stillOpen(session: TenantSession, open: OpenPayment, isNotTaken: boolean): Promise<void> {
  const timesNotTaken = isNotTaken ? open.timesNotTaken + 1 : 0;
  const looks = open.looks + 1;
  if (timesNotTaken >= looksUntilNotTaken) {
    if (await settleAsNotTaken(session, { ...open, kind: 'payment' })) await publishOutcome(session, open, undefined);
    return;
  }
  if (looks >= maxLooks) return giveUp(session, open);
  await updateAtomically(session, openPaymentEntity, open, {
    update: 'SET timesNotTaken = :times',
    condition: 'looks = :looks',
    values: { ':times': timesNotTaken, ':looks': looks },
  });
}

/** @param payment undefined: the provider did not take it */
async function publishOutcome(
  session: TenantSession,
  open: OpenPayment,
  payment: ProviderPayment | undefined,
): Promise<void> {
  const { operation, reference, integrationId } = open;
  const integration = await session.get(integrationEntity, { id: integrationId });
  const outcome = payment === undefined ? 'not_taken' : 'done';
  const notificationId = `outcome/${operation}/${reference}/${outcome}/${payment?.providerReference ?? ''}`;
  const status = payment?.status ?? (operation === 'create' ? 'failed' : undefined);
  const { providerReference, amount } = payment ?? {};
  await takeOnce(session, { integrationId, eventId: notificationId }, (unit) =>
    unit.emit(paymentNotified, {
      aggregateId: integrationId,
      payload: {
        integrationId,
        code: integration?.code ?? '',
        provider: integration?.provider ?? '',
        notificationId,
        occurredAt: session.context.now(),
        data: {
          event: 'outcome_resolved',
          operation,
          outcome,
          reference,
          ...(providerReference === undefined ? {} : { providerReference }),
          ...(status === undefined ? {} : { status }),
          ...(amount ? { amount: formatMoney(amount), currency: amount.currency } : {}),
        },
      },
    }),
  );
  await forgetPayment(session, open);
}

async function giveUp(session: TenantSession, open: OpenPayment): Promise<void> {
  const { operation, reference, integrationId } = open;
  const integration = await session.get(integrationEntity, { id: integrationId });
  const code = integration?.code ?? integrationId;
  await session.transact('platform', (unit) =>
    raiseAlert(unit, {
      alertType: 'business',
      severity: 'error',
      title: {
        en: `Nobody knows what became of ${operation} ${reference} at ${code}`.slice(0, 500),
        ar: `لا يُعرف مصير العملية ${operation} ${reference} لدى ${code}`.slice(0, 500),
      },
      description:
        'The provider was asked several times and did not say. Look it up in its own console; the same operation with the same reference may be repeated there and goes nowhere else.',
      sourceSystem: 'integrations',
      alertData: { integrationId, operation, reference },
      dedupeKey: `payment-outcome/${operation}/${reference}`,
    }),
  );
  await forgetPayment(session, open);
}
