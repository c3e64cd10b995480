/** What a utility decides about money it takes and gives back: who must agree, and whether cash needs an open till. */
import * as z from 'zod/mini';
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { amount } from '../../../layers/money/money-schema.ts';

export const paymentSettingsSchema = z.object({
  /** Refunds of a payment that come to more than this together, in the tenant's currency, need a second person; those in another currency always do. @default 0: every refund */
  refundApprovalAbove: z._default(amount(), '0'),
  /** Differences of a till above this, in the tenant's currency, need a second person. @default 0: every difference */
  differenceApprovalAbove: z._default(amount(), '0'),
  /** Whether cash is taken only by who has an open cashier session. */
  cashNeedsSession: z._default(z.boolean(), false),
  /**
   * What money pays that is left over, as by a credit note or a payment of other invoices: the customer's open invoices at once, the
   * longest due first, or the next one that is issued, unless a person sets it off.
   */
  advanceSettles: z._default(z.enum(['open_invoices', 'next_invoice']), 'open_invoices'),
});
export type PaymentSettings = z.infer<typeof paymentSettingsSchema>;

export const paymentSettingsEntity = defineEntity<PaymentSettings & { id: 'payments' }, { id: 'payments' }>()({
  name: 'settings of payments',
  table: 'billing',
  key: ({ id }) => ({ pk: ['SETTINGS'], sk: [id] }),
  idOf: ({ id }) => id,
});

export async function readPaymentSettings(session: TenantSession): Promise<PaymentSettings> {
  return paymentSettingsSchema.parse((await session.get(paymentSettingsEntity, { id: 'payments' })) ?? {});
}
