/** What a customer paid on the days of a report: payments themselves, since entries of the account do not say how money came. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { localDate } from '../../../layers/metering/time-zone.ts';
import { addDays, dayStart, earlier } from '../../../layers/tariff/calendar.ts';
import { minorOf } from '../invoices/invoice-amounts.ts';
import { paymentEntity } from '../payments/payment-entity.ts';
import type { Payment } from '../payments/payment-schema.ts';
import { type PeriodLength, sumName } from './report-periods.ts';
import type { Totals } from './totals.ts';

/** The day after it is the last that a date can name. */
const lastDay = '9999-12-30';

interface Counting {
  totals: Totals;
  timeZone: string;
  groupOf: (payment: Payment) => Promise<string | undefined>;
}

/** @param days local, `to` is the last */
export async function countPayments(
  session: TenantSession,
  customerId: string,
  { per, ...days }: { from: string; to: string; per?: PeriodLength | undefined },
  { totals, timeZone, groupOf }: Counting,
): Promise<void> {
  const [first, last] = [earlier(days.from, lastDay), earlier(days.to, lastDay)];
  const [from, end] = [first, addDays(last, 1)].map((day) => new Date(dayStart(day, timeZone)).toISOString());
  let cursor: string | undefined;
  do {
    const page = await session.query<Payment & Stored>(paymentEntity, {
      index: 'gsi2',
      pk: ['CUSTOMER-PAYMENTS', customerId],
      from: [from!],
      to: [end!],
      limit: 200,
      cursor,
    });
    for (const payment of page.items)
      if (payment.receivedAt < end!) {
        const day = per === undefined ? '' : localDate(Date.parse(payment.receivedAt), timeZone);
        countPayment(payment, sumName(payment.currency, day, per), await groupOf(payment), totals);
      }
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
}

function countPayment(payment: Payment, name: string, group: string | undefined, totals: Totals): void {
  const { currency, purpose = 'debt', status, amount, refundedAmount = '0' } = payment;
  const [minor, refunded] = [minorOf(amount, currency), minorOf(refundedAmount, currency)];
  const add = (measure: string, value: bigint): void => totals.add(name, group, measure, value);
  add('payments', 1n);
  add(purpose, minor);
  if (refunded > 0n) add('refunded', refunded);
  // What was refunded before is not taken back a second time.
  if (status === 'reversed') add('reversed', minor - refunded);
}
