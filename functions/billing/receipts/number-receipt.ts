/**
 * Gives a payment its receipt number. The last number of a series and the payment are written in one transaction, so a series
 * has no gap and no number twice. A payment at a till has its number from there; others get one when a receipt is first asked
 * for, so that thousands of a bank's lines do not stand in line for one counter.
 */
import { defineEntity, type Stored } from '../../../layers/kernel/data/entity.ts';
import { retryOnChangeOrMade } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { today } from '../invoices/local-day.ts';
import { paymentEntity } from '../payments/payment-entity.ts';
import type { Payment } from '../payments/payment-schema.ts';

const receiptSeriesEntity = defineEntity<{ series: string; last: number }, { series: string }>()({
  name: 'series of receipts',
  table: 'billing',
  key: ({ series }) => ({ pk: ['RECEIPT-SERIES', series], sk: ['RECEIPT-SERIES'] }),
  idOf: ({ series }) => series,
});

export async function numberReceipt(
  session: TenantSession,
  paymentId: string,
): Promise<Payment & Stored & { receiptNumber: string }> {
  return retryOnChangeOrMade(async () => {
    const payment = await session.require(paymentEntity, { id: paymentId });
    const { receiptNumber } = payment;
    if (receiptNumber !== undefined) return { ...payment, receiptNumber };
    const series = `R${(await today(session)).slice(0, 4)}`;
    const counter = await session.get(receiptSeriesEntity, { series }, { consistent: true });
    const last = (counter?.last ?? 0) + 1;
    const number = `${series}-${String(last).padStart(7, '0')}`;
    return session.transact('billing', (unit) => {
      if (counter === undefined) unit.create(receiptSeriesEntity, { series, last });
      else unit.update(receiptSeriesEntity, counter, { last }, { isAudited: false });
      const numbered = unit.update(paymentEntity, payment, { receiptNumber: number }, { isAudited: false });
      return { ...numbered, receiptNumber: number };
    });
  });
}
