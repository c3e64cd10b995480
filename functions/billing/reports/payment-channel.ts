/** By which way money came, as a payment tells it: a till, the field, a file of a bank, a provider, or an entry by hand. */
import { isCollected } from '../mobile/field-reference.ts';
import type { Payment } from '../payments/payment-schema.ts';

export const paymentChannels = ['till', 'field', 'bank_file', 'provider', 'by_hand'] as const;
export type PaymentChannel = (typeof paymentChannels)[number];

export type PaymentWay = Pick<Payment, 'provider' | 'bankLineId' | 'externalReference' | 'cashierSessionId'>;

export function channelOf(payment: PaymentWay): PaymentChannel {
  if (payment.provider !== undefined) return 'provider';
  if (payment.bankLineId !== undefined) return 'bank_file';
  // A collector may have a till open.
  if (isCollected(payment.externalReference)) return 'field';
  return payment.cashierSessionId === undefined ? 'by_hand' : 'till';
}
