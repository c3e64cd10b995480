/** How payments are stored: by day received over shards, by customer, and while they are half way. An external reference is used once. */
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import type { KeyParts } from '../../../layers/kernel/data/keys.ts';
import { shardOf } from '../../../layers/kernel/data/sharded-query.ts';
import { paymentRowEvents } from './payment-row-events.ts';
import type { Payment } from './payment-schema.ts';

const shards = 8;
const received = (shard: number): KeyParts => ['PAYMENTS', shard];
export const paymentPartitions = Array.from({ length: shards }, (_, shard) => received(shard));

/** A payment that settles, or is taken back, in several transactions of which some are to come. */
export interface HalfWayPayment {
  paymentId: string;
}

export const halfWayPaymentEntity = defineEntity<HalfWayPayment, HalfWayPayment>()({
  name: 'half way payment',
  table: 'billing',
  key: ({ paymentId }) => ({ pk: ['HALF-WAY-PAYMENTS'], sk: [paymentId] }),
  idOf: ({ paymentId }) => paymentId,
});

export const paymentEntity = defineEntity<Payment>()({
  name: 'payment',
  table: 'billing',
  key: ({ id }) => ({ pk: ['PAYMENT', id], sk: ['PAYMENT'] }),
  indexes: {
    gsi1: ({ id, receivedAt }) => ({ pk: received(shardOf(id, shards)), sk: [receivedAt, id] }),
    gsi2: ({ id, customerId, receivedAt }) => ({ pk: ['CUSTOMER-PAYMENTS', customerId], sk: [receivedAt, id] }),
  },
  idOf: ({ id }) => id,
  rowEvents: paymentRowEvents,
  marker: {
    entity: halfWayPaymentEntity,
    of: ({ id, takingBack, stillSettles }): HalfWayPayment | undefined =>
      takingBack === undefined && stillSettles === undefined ? undefined : { paymentId: id },
  },
});

/** Says which payment a reference of a method stands for. */
export const paymentReferenceEntity = defineEntity<
  { method: string; reference: string; paymentId: string },
  { method: string; reference: string }
>()({
  name: 'payment reference',
  table: 'billing',
  key: ({ method, reference }) => ({ pk: ['PAYMENT-REFERENCE', method, reference], sk: ['PAYMENT-REFERENCE'] }),
  idOf: ({ reference }) => reference,
});
