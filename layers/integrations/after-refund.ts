/**
 * What a payment is after a refund that the provider accepted. It is asked whether all or a part went back; when it cannot
 * be asked, the refund stands all the same, and a part is the careful thing to say.
 */
import type { Money } from '../money/money.ts';
import { afterActing } from './before-acting.ts';
import type { ProviderPayment } from './provider.ts';

export async function afterRefund(
  providerReference: string,
  amount: Money,
  look: () => Promise<ProviderPayment>,
): Promise<ProviderPayment> {
  const unseen: ProviderPayment = { providerReference, status: 'partially_refunded' };
  const seen = await afterActing(look, unseen);
  // Some providers show a refund only a moment later.
  const isShown = seen.status === 'refunded' || seen.status === 'partially_refunded';
  return { providerReference, status: isShown ? seen.status : unseen.status, amount };
}
