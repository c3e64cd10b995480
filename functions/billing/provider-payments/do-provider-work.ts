/** Does one piece of work on money at a provider, or lets it wait on. */
import { lookAfterCheckout } from '../checkouts/look-after-checkout.ts';
import { goOnWithPayment } from '../payments/go-on-with-payment.ts';
import { sendRefund } from '../refunds/send-refund.ts';
import { orderWork, type ProviderWork } from './provider-work.ts';

export async function doProviderWork(work: ProviderWork): Promise<void> {
  const { notBefore, ...rest } = work;
  const leftMs = notBefore === undefined ? 0 : Date.parse(notBefore) - Date.now();
  if (leftMs > 1000) return orderWork(work, Math.ceil(leftMs / 1000));
  switch (work.kind) {
    case 'checkout':
      return lookAfterCheckout(rest);
    case 'refund':
      return sendRefund(rest);
    case 'payment':
      return goOnWithPayment(rest);
    default:
      return work.kind satisfies never;
  }
}
