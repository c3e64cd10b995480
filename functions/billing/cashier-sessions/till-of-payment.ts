/** What a payment, a reversal or a refund at a counter does to the till of who stands there: in the payment's own transaction. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { personBehind } from '../../identity/contract.ts';
import { minorOf } from '../invoices/invoice-amounts.ts';
import { readPaymentSettings } from '../payment-settings/payment-settings.ts';
import type { NewPayment } from '../payments/payment-schema.ts';
import type { PaymentCompanion } from '../payments/record-payment.ts';
import type { ReverseOptions } from '../payments/reverse-payment.ts';
import { remainderOf } from '../payments/take-back.ts';
import type { AccompanyRefund } from '../refunds/take-refund.ts';
import { cashierSessionEntity, openSessionOf } from './cashier-session-entity.ts';
import { isTillMethod } from './cashier-session-schema.ts';
import { moveTill, nextReceipt, refuseEmptyTill } from './move-till.ts';

/** @throws AppError `conflict`, later, where cash needs an open till and there is none */
export async function tillForPayment(
  session: TenantSession,
  subject: string,
  { method }: Pick<NewPayment, 'method'>,
): Promise<() => Promise<PaymentCompanion>> {
  const by = await personBehind(session, subject);
  return async () => {
    if (!isTillMethod(method)) return {};
    const till = await openSessionOf(session, by);
    if (till === undefined) {
      if (method === 'cash' && (await readPaymentSettings(session)).cashNeedsSession)
        throw new AppError('conflict', undefined, {
          texts: { en: 'Cash is taken only with an open cashier session.', ar: 'لا يُقبض النقد دون جلسة صندوق مفتوحة.' },
        });
      return {};
    }
    const receiptNumber = nextReceipt(till);
    return {
      attributes: { cashierSessionId: till.id, receiptNumber },
      write: (unit, { id: paymentId, amount, currency }) =>
        void moveTill(unit, till, {
          type: 'payment',
          method,
          currency,
          minor: minorOf(amount, currency),
          at: session.context.now(),
          by,
          paymentId,
          receiptNumber,
        }),
    };
  };
}

/** Money goes back out of the till it is in, or out of the till of who hands it back when that one is closed. */
export async function tillForReversal(
  session: TenantSession,
  subject: string,
  reason: string,
): Promise<NonNullable<ReverseOptions['accompany']>> {
  const by = await personBehind(session, subject);
  return async (payment) => {
    const { method, currency, cashierSessionId } = payment;
    if (cashierSessionId === undefined || !isTillMethod(method)) return {};
    const own = await session.require(cashierSessionEntity, { id: cashierSessionId });
    // A cheque or slip that left with its till comes back from the bank, and out of nobody's till.
    if (own.status !== 'open' && method !== 'cash') return {};
    const till = own.status === 'open' ? own : await openSessionOf(session, by);
    if (till === undefined) {
      await refuseCashWithoutTill(session);
      return {};
    }
    const at = session.context.now();
    const minor = -remainderOf(payment);
    refuseEmptyTill(till, method, currency, -minor);
    return {
      write: (unit, { id: paymentId }) =>
        void moveTill(unit, till, { type: 'reversal', method, currency, minor, at, by, paymentId, reason }),
    };
  };
}

/** Cash that is handed back comes out of the till of who hands it back, where one is open. */
export async function tillForRefund(
  session: TenantSession,
  subject: string,
  externalReference: string | undefined,
): Promise<AccompanyRefund> {
  const by = await personBehind(session, subject);
  const attributes = externalReference === undefined ? {} : { externalReference };
  return async ({ method, amount, currency, paymentId, id: refundId }) => {
    if (method !== 'cash') return { attributes };
    const till = await openSessionOf(session, by);
    if (till === undefined) {
      await refuseCashWithoutTill(session);
      return { attributes };
    }
    const minor = minorOf(amount, currency);
    refuseEmptyTill(till, 'cash', currency, minor);
    return {
      attributes: { ...attributes, cashierSessionId: till.id },
      write: (unit) =>
        void moveTill(unit, till, {
          type: 'refund',
          method: 'cash',
          currency,
          minor: -minor,
          at: session.context.now(),
          by,
          paymentId,
          refundId,
        }),
    };
  };
}

async function refuseCashWithoutTill(session: TenantSession): Promise<void> {
  if ((await readPaymentSettings(session)).cashNeedsSession)
    throw new AppError('conflict', undefined, {
      texts: {
        en: 'Cash is given back only with an open cashier session.',
        ar: 'لا يُردّ النقد دون جلسة صندوق مفتوحة.',
      },
    });
}
