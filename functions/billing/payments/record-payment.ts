/** Records a payment and settles invoices with it, in one transaction: no invoice is paid twice, and no money is lost on the way. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { retryOnChange } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { logger } from '../../../layers/kernel/observability/logger.ts';
import { localDate } from '../../../layers/metering/time-zone.ts';
import { tenantProfile } from '../../identity/contract.ts';
import { postToAccount, readAdvance, writeAdvance } from '../accounts/account-entity.ts';
import { customerEntity } from '../customers/customer-entity.ts';
import type { Customer } from '../customers/customer-schema.ts';
import { paymentReceived, subscriberPayment } from '../events.ts';
import { amountOf } from '../invoices/invoice-amounts.ts';
import { readPaymentSettings } from '../payment-settings/payment-settings.ts';
import { supplyEntity } from '../supplies/supply-entity.ts';
import { allocatePayment, shownAllocations } from './allocate-payment.ts';
import { invoicesToSettle } from './invoices-to-settle.ts';
import { positiveAmount } from './payment-amount.ts';
import { paymentEntity, paymentReferenceEntity } from './payment-entity.ts';
import { paymentPayload } from './payment-payload.ts';
import type { NewPayment, Payment } from './payment-schema.ts';
import { settleInvoices } from './settle-invoices.ts';
import { settleRest } from './settle-rest.ts';

/** What belongs to the payment beyond the order, known anew at each attempt. */
export interface PaymentCompanion {
  /** Attributes of the payment: the till, the checkout, the line of the bank. */
  attributes?: Partial<Payment>;
  /** Rows that are written in the payment's own transaction, or not at all. */
  write?: (unit: UnitOfWork, payment: Payment & Stored) => void;
}

export interface RecordOptions {
  /** Called before each attempt on fresh reads; what it throws ends the recording. */
  accompany?: () => Promise<PaymentCompanion>;
  /** The money is here whatever was meant to be paid: what was named and owes nothing any more is passed over. */
  isLate?: boolean;
  /** Whose it is, if read already. */
  customer?: (Customer & Stored) | undefined;
}

/** @throws AppError `not_found`, `unprocessable`, `already_exists` for a reference that is taken */
export async function recordPayment(
  session: TenantSession,
  order: NewPayment,
  { accompany, isLate = false, customer: payer }: RecordOptions = {},
): Promise<Payment & Stored> {
  const profile = await tenantProfile(session);
  const currency = order.currency ?? profile.currency;
  const minor = positiveAmount(order.amount, currency);
  const now = session.context.now();
  const receivedAt = order.receivedAt ?? now;
  if (receivedAt > now)
    throw new AppError('unprocessable', undefined, {
      texts: { en: 'The payment is said to have been received in the future.', ar: 'تاريخ استلام الدفعة في المستقبل.' },
    });
  const { purpose = 'debt', supplyId, externalReference, method } = order;
  if (supplyId !== undefined) await requireSupplyOf(session, supplyId, order.customerId);
  const andOthers =
    order.invoiceIds !== undefined && (await readPaymentSettings(session)).advanceSettles === 'open_invoices';
  const id = newId('pay');
  const recorded = await retryOnChange(async () => {
    const customer = payer ?? (await session.require(customerEntity, { id: order.customerId }));
    // Before the invoices: one that is made after this read, and may be missing among them, has changed it by the time it is written.
    const advance = await readAdvance(session, customer.id, currency);
    const [invoices, companion] = await Promise.all([
      invoicesToSettle(session, order, currency, { isLate, minor, andOthers }),
      accompany?.(),
    ]);
    const { allocations, advance: left, rest } = allocatePayment(minor, invoices);
    const payment: Payment = {
      id,
      paymentNumber: `${customer.accountNumber}-${id.slice(-8)}`,
      customerId: customer.id,
      amount: amountOf(minor, currency),
      currency,
      method,
      purpose,
      receivedAt,
      allocations: shownAllocations(allocations),
      advanceAmount: amountOf(purpose === 'debt' ? left : 0n, currency),
      status: 'received',
      ...(supplyId === undefined ? {} : { supplyId }),
      ...(externalReference === undefined ? {} : { externalReference }),
      ...(order.note === undefined ? {} : { note: order.note }),
      ...(rest.length === 0 ? {} : { stillSettles: rest }),
      ...companion?.attributes,
    };
    return session.transact('billing', (unit) => {
      const stored = unit.create(paymentEntity, payment);
      if (externalReference !== undefined)
        unit.create(paymentReferenceEntity, { method, reference: externalReference, paymentId: id });
      settleInvoices(unit, allocations, now);
      // Money for energy to come and money held are not set against what is owed.
      if (purpose === 'debt') {
        const ahead = { customerId: customer.id, currency, minor: BigInt(advance?.minor ?? '0') + left };
        writeAdvance(unit, advance, ahead, { mayPayOthers: false });
        postToAccount(unit, {
          id,
          customerId: customer.id,
          type: 'payment',
          date: localDate(Date.parse(receivedAt), profile.timeZone),
          minor: -minor,
          currency,
          reference: payment.paymentNumber,
        });
      }
      companion?.write?.(unit, stored);
      const payload = paymentPayload(payment);
      unit.emit(paymentReceived, { aggregateId: id, payload });
      unit.emit(subscriberPayment, { aggregateId: customer.id, payload });
      return stored;
    });
  });
  return recorded.stillSettles === undefined ? recorded : goOn(session.afterwards(), recorded);
}

/** The money is recorded whatever happens now; the payment's event goes on where this stops. */
async function goOn(session: TenantSession, payment: Payment & Stored): Promise<Payment & Stored> {
  try {
    return await settleRest(session, payment.id);
  } catch (error) {
    logger.error('invoices of a payment not settled at once', { paymentId: payment.id, error: error as Error });
    return session.require(paymentEntity, { id: payment.id });
  }
}

async function requireSupplyOf(session: TenantSession, id: string, customerId: string): Promise<void> {
  const supply = await session.require(supplyEntity, { id });
  if (supply.customerId !== customerId)
    throw new AppError('unprocessable', undefined, {
      texts: { en: 'The supply is another customer’s.', ar: 'التوريد لمشترك آخر.' },
    });
}
