/** The receipt of a payment: what it says, and whether it is the first print or a copy. */
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { updateAtomically } from '../../../layers/kernel/data/update-atomically.ts';
import { localDate } from '../../../layers/metering/time-zone.ts';
import { tenantProfile } from '../../identity/contract.ts';
import { accountTotalsEntity } from '../accounts/account-entity.ts';
import { cashierSessionEntity } from '../cashier-sessions/cashier-session-entity.ts';
import { customerEntity } from '../customers/customer-entity.ts';
import { amountOf } from '../invoices/invoice-amounts.ts';
import { numberReceipt } from './number-receipt.ts';
import type { Receipt } from './receipt-schema.ts';

const receiptPrintsEntity = defineEntity<{ paymentId: string; times: number }, { paymentId: string }>()({
  name: 'prints of a receipt',
  table: 'billing',
  key: ({ paymentId }) => ({ pk: ['PAYMENT', paymentId], sk: ['RECEIPT-PRINTS'] }),
  idOf: ({ paymentId }) => paymentId,
});

/** What a receipt says; asking for it prints nothing. @throws AppError `not_found` */
export async function showReceipt(session: TenantSession, paymentId: string): Promise<Receipt> {
  return receiptOf(session, paymentId, await timesPrinted(session, paymentId));
}

/** Counts a print: the first is the receipt, every later one a copy. @throws AppError `not_found` */
export async function printReceipt(session: TenantSession, paymentId: string): Promise<Receipt> {
  return receiptOf(session, paymentId, (await countPrint(session, paymentId)) - 1);
}

/** @returns 0 before the first print */
export async function timesPrinted(session: TenantSession, paymentId: string): Promise<number> {
  return (await session.get(receiptPrintsEntity, { paymentId }, { consistent: true }))?.times ?? 0;
}

/** @returns the how manieth print this is */
async function countPrint(session: TenantSession, paymentId: string): Promise<number> {
  // Numbered first, so that nothing is counted for a payment that does not exist.
  await numberReceipt(session, paymentId);
  const after = await updateAtomically(
    session,
    receiptPrintsEntity,
    { paymentId },
    {
      update: 'SET #times = if_not_exists(#times, :none) + :one, paymentId = :payment',
      names: { '#times': 'times' },
      values: { ':none': 0, ':one': 1, ':payment': paymentId },
    },
  );
  return after?.times ?? 1;
}

async function receiptOf(session: TenantSession, paymentId: string, printedBefore: number): Promise<Receipt> {
  const payment = await numberReceipt(session, paymentId);
  const { customerId, currency, cashierSessionId, externalReference, provider, supplyId } = payment;
  const [customer, totals, till, { timeZone }] = await Promise.all([
    session.require(customerEntity, { id: customerId }),
    session.get(accountTotalsEntity, { customerId, currency }, { consistent: true }),
    cashierSessionId === undefined ? undefined : session.require(cashierSessionEntity, { id: cashierSessionId }),
    tenantProfile(session),
  ]);
  const { id, accountNumber, name, nameAr, language } = customer;
  return {
    receiptNumber: payment.receiptNumber,
    isCopy: printedBefore > 0,
    timesPrinted: printedBefore,
    paymentId,
    paymentNumber: payment.paymentNumber,
    status: payment.status,
    receivedAt: payment.receivedAt,
    date: localDate(Date.parse(payment.receivedAt), timeZone),
    customer: { id, accountNumber, name, language, ...(nameAr === undefined ? {} : { nameAr }) },
    amount: payment.amount,
    currency,
    method: payment.method,
    purpose: payment.purpose ?? 'debt',
    ...(externalReference === undefined ? {} : { externalReference }),
    ...(provider === undefined ? {} : { provider }),
    ...(supplyId === undefined ? {} : { supplyId }),
    allocations: payment.allocations,
    advanceAmount: payment.advanceAmount,
    refundedAmount: payment.refundedAmount ?? amountOf(0n, currency),
    balance: amountOf(BigInt(totals?.owed ?? 0), currency),
    ...(till === undefined
      ? {}
      : { cashier: { sessionNumber: till.sessionNumber, desk: till.desk, cashierId: till.cashierId } }),
  };
}
