/**
 * Holds what a bank or a provider says it settled on a day against the payments recorded here: what both have, what one of
 * them lacks, and where they disagree on the amount. It changes nothing; entries are the ledger's reconciliation's business.
 */

import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { equals } from '../../../layers/kernel/data/expressions.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { queryShards } from '../../../layers/kernel/data/sharded-query.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { localDate } from '../../../layers/metering/time-zone.ts';
import { addDays } from '../../../layers/tariff/calendar.ts';
import { tenantProfile } from '../../identity/contract.ts';
import { amountOf } from '../invoices/invoice-amounts.ts';
import { positiveAmount } from './payment-amount.ts';
import { paymentEntity, paymentPartitions } from './payment-entity.ts';
import type { Payment } from './payment-schema.ts';
import type { ReconcileOrder, ReconcileResult } from './reconcile-schema.ts';
import { remainderOf } from './take-back.ts';

/** More payments of a day than this are reconciled by bank file or method. */
const maxPayments = 20_000;

export async function reconcilePayments(session: TenantSession, order: ReconcileOrder): Promise<ReconcileResult> {
  const profile = await tenantProfile(session);
  const currency = order.currency ?? profile.currency;
  const payments = await paymentsOfDay(session, order, currency, profile.timeZone);
  const open = new Map<string, Payment>();
  for (const payment of payments) for (const key of keysOf(payment)) open.set(key, payment);
  const used = new Set<string>();
  const result: ReconcileResult = {
    date: order.date,
    currency,
    matched: [],
    amountDiffers: [],
    missingHere: [],
    missingThere: [],
    totals: { here: '0', there: '0', difference: '0' },
  };
  let there = 0n;
  for (const { reference, amount: text } of order.lines) {
    const minor = positiveAmount(text, currency);
    there += minor;
    const amount = amountOf(minor, currency);
    const payment = open.get(reference);
    // The same reference twice there is one too many there.
    if (payment === undefined || used.has(payment.id)) {
      result.missingHere.push({ reference, amount });
      continue;
    }
    used.add(payment.id);
    const both = { reference, paymentId: payment.id, paymentNumber: payment.paymentNumber, amount };
    if (payment.amount === amount) result.matched.push(both);
    else result.amountDiffers.push({ ...both, amountHere: payment.amount });
  }
  for (const { id, paymentNumber, externalReference, amount } of payments)
    if (!used.has(id))
      result.missingThere.push({
        paymentId: id,
        paymentNumber,
        amount,
        ...(externalReference === undefined ? {} : { reference: externalReference }),
      });
  const here = payments.reduce((sum, payment) => sum + remainderWithRefunds(payment), 0n);
  result.totals = {
    here: amountOf(here, currency),
    there: amountOf(there, currency),
    difference: amountOf(there - here, currency),
  };
  return result;
}

/** What came in, whatever was given back of it since: a refund is another line of another day. */
const remainderWithRefunds = (payment: Payment): bigint =>
  remainderOf({ ...payment, refundedAmount: amountOf(0n, payment.currency) });

/** Names a payment is known by there: the whole reference, and the provider's or bank's own part of it. */
function keysOf({ externalReference, paymentNumber, checkoutId }: Payment): string[] {
  const own = externalReference?.slice(externalReference.indexOf(':') + 1);
  return [paymentNumber, externalReference, own, checkoutId].filter((key) => key !== undefined);
}

async function paymentsOfDay(
  session: TenantSession,
  { date, method, provider, integrationId }: ReconcileOrder,
  currency: string,
  timeZone: string,
): Promise<(Payment & Stored)[]> {
  const filter = equals({ currency, method, provider, integrationId });
  const found: (Payment & Stored)[] = [];
  let cursor: string | undefined;
  do {
    const page = await queryShards(session, paymentEntity, {
      index: 'gsi1',
      partitions: paymentPartitions,
      sortKeyOf: ({ receivedAt, id }) => [receivedAt, id],
      // No time zone is further from UTC than a day.
      from: [`${addDays(date, -1)}T00:00:00.000Z`],
      to: [`${addDays(date, 2)}T00:00:00.000Z`],
      filter,
      limit: 200,
      cursor,
    });
    found.push(
      ...page.items.filter(
        ({ receivedAt, status }) => status !== 'reversed' && localDate(Date.parse(receivedAt), timeZone) === date,
      ),
    );
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined && found.length <= maxPayments);
  if (found.length > maxPayments)
    throw new AppError('unprocessable', undefined, {
      texts: {
        en: `The day has more than ${maxPayments} payments: name a method, provider or integration.`,
        ar: `في هذا اليوم أكثر من ${maxPayments} دفعة: حدد الطريقة أو المزوّد أو التكامل.`,
      },
    });
  return found;
}
