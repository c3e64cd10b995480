/** Events of checkouts. */
import { defineEvent } from '../../../layers/kernel/events/define-event.ts';
import { storedCheckoutSchema } from './checkout-schema.ts';

export const checkoutChanged = defineEvent({
  type: 'checkout.changed',
  source: 'billing',
  schemaVersion: 1,
  aggregateType: 'checkout',
  summary: {
    en: 'A checkout was opened at a payment provider, paid, or ended otherwise.',
    ar: 'فُتحت عملية دفع لدى مزوّد دفع أو سُددت أو انتهت بغير ذلك.',
  },
  payload: storedCheckoutSchema,
  example: {
    id: 'chk_01JGFJJZ00ABCDEFGHJKMNPQRS',
    customerId: 'cus_01JGFJJZ00ABCDEFGHJKMNPQRS',
    amount: '15000.00',
    currency: 'YER',
    purpose: 'debt' as const,
    status: 'paid' as const,
    integrationId: 'int_01JGFJJZ00ABCDEFGHJKMNPQRS',
    provider: 'kuraimi',
    providerReference: 'b0b2',
    redirectUrl: 'https://pay.example.com/b0b2',
    description: 'Electricity, account 1000234505',
    payer: { name: 'Ahmed Saleh', phone: '+967771234567' },
    payBy: '2026-05-10T09:00:00.000Z',
    paymentId: 'pay_01JGFJJZ00ABCDEFGHJKMNPQRS',
    paidAt: '2026-05-10T08:05:00.000Z',
    paidAmount: '15000.00',
    paidCurrency: 'YER',
    version: 3,
    createdAt: '2026-05-10T08:00:00.000Z',
    updatedAt: '2026-05-10T08:05:00.000Z',
  },
});
