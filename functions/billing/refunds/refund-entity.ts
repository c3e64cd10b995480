/** How refunds are stored: by payment, and by time. */
import { defineEntity, type Stored } from '../../../layers/kernel/data/entity.ts';
import type { Refund } from './refund-schema.ts';

export const refundEntity = defineEntity<Refund>()({
  name: 'refund',
  table: 'billing',
  key: ({ id }) => ({ pk: ['REFUND', id], sk: ['REFUND'] }),
  indexes: {
    gsi1: ({ paymentId, id }) => ({ pk: ['PAYMENT-REFUNDS', paymentId], sk: [id] }),
    // Few of all payments are ever refunded.
    gsi2: ({ id }) => ({ pk: ['REFUNDS'], sk: [id] }),
  },
  idOf: ({ id }) => id,
});

export type StoredRefund = Refund & Stored;
