/** Messages to customers who want one for all their invoices: the collective bill, and one amount where they are reminded. */
import {
  type DisplayStyle,
  displayAmount,
  displayDay,
  displayNumber,
  displayPeriod,
} from '../../../layers/documents/display.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { isAppError } from '../../../layers/kernel/errors/app-error.ts';
import { addDays } from '../../../layers/tariff/calendar.ts';
import { type CollectiveScope, collectiveBillRef, scopeKey } from '../documents/collective-bill-ref.ts';
import { overdueAmounts } from '../dunning/overdue-debt.ts';
import { collectiveBillOf } from '../invoices/collective-bill.ts';
import type { CollectiveBill } from '../invoices/collective-bill-schema.ts';
import { amountOf, minorOf } from '../invoices/invoice-amounts.ts';
import type { StoredInvoice } from '../invoices/invoice-entity.ts';
import type { MessageChannel } from './message-schema.ts';
import { type NotificationResult, notifyCustomer } from './notify-customer.ts';

export interface CompletedBill {
  customerId: string;
  /** One of its invoices; a bill of no run is another where another was made last. */
  invoiceId: string;
  scope: CollectiveScope;
}

/**
 * One message on each channel, whichever of its invoices it is asked for; worked out for the first alone.
 * @returns none where all of it was cancelled
 */
export async function sendCollectiveBill(
  session: TenantSession,
  { customerId, invoiceId, scope }: CompletedBill,
  channels?: readonly MessageChannel[],
): Promise<NotificationResult[]> {
  try {
    return await notifyCustomer(session, {
      customerId,
      template: 'collective_bill_issued',
      // Sums are told of however many bills there are: what is too much is paper alone.
      values: async (customer, style) =>
        billValues((await collectiveBillOf(session, scope, customer, Number.POSITIVE_INFINITY)).bill, style),
      reference: `collective_bill_issued ${customerId} ${'runId' in scope ? scopeKey(scope) : invoiceId}`,
      channels,
      document: collectiveBillRef(scope, customerId),
      aboutId: invoiceId,
    });
  } catch (error) {
    if (isAppError(error) && error.code === 'not_found') return [];
    throw error;
  }
}

function billValues({ period, invoices, totals, dueDate }: CollectiveBill, style: DisplayStyle) {
  const sum = (of: (total: CollectiveBill['totals'][number]) => string): string =>
    totals.map((total) => displayAmount(of(total), total.currency, style)).join(' + ');
  return {
    period: displayPeriod(period.from, period.to, style),
    invoices: displayNumber(String(invoices.length), style),
    amount: sum(({ totalAmount }) => totalAmount),
    // Who is in credit has nothing to pay.
    due: sum(({ balance, currency }) => (minorOf(balance, currency) < 0n ? amountOf(0n, currency) : balance)),
    dueDate: displayDay(dueDate, style),
  };
}

/** All that is to be paid up to the invoice's day, once for a step and day, whichever invoices the step was done for. */
export async function remindTogether(
  session: TenantSession,
  { id, customerId, currency, dueDate, kind, runId, period }: StoredInvoice,
  template: 'collective_bill_reminder' | 'collective_bill_overdue',
  { step, channels }: { step?: string | undefined; channels?: readonly MessageChannel[] | undefined },
): Promise<void> {
  const owed = (await overdueAmounts(session, customerId, addDays(dueDate, 1))).get(currency);
  if (owed === undefined) return;
  await notifyCustomer(session, {
    customerId,
    template,
    values: async (_, style) => ({
      due: displayAmount(amountOf(owed, currency), currency, style),
      dueDate: displayDay(dueDate, style),
    }),
    reference: [template, customerId, currency, dueDate, ...(step === undefined ? [] : [step])].join(' '),
    channels,
    document:
      kind === 'invoice'
        ? collectiveBillRef(runId === undefined ? period : { runId }, customerId)
        : { kind: 'invoice', id },
    aboutId: id,
  });
}
