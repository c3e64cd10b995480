/** How checkouts are stored: by time over shards, by customer, and by the provider's own id, as notifications name them. */
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import type { KeyParts } from '../../../layers/kernel/data/keys.ts';
import { shardOf } from '../../../layers/kernel/data/sharded-query.ts';
import type { Checkout } from './checkout-schema.ts';

const shards = 8;
const listed = (shard: number): KeyParts => ['CHECKOUTS', shard];
export const checkoutPartitions = Array.from({ length: shards }, (_, shard) => listed(shard));

export const checkoutEntity = defineEntity<Checkout>()({
  name: 'checkout',
  table: 'billing',
  key: ({ id }) => ({ pk: ['CHECKOUT', id], sk: ['CHECKOUT'] }),
  indexes: {
    gsi1: ({ id }) => ({ pk: listed(shardOf(id, shards)), sk: [id] }),
    gsi2: ({ id, customerId }) => ({ pk: ['CUSTOMER-CHECKOUTS', customerId], sk: [id] }),
  },
  idOf: ({ id }) => id,
});

/** Says which checkout a payment of a provider belongs to. */
export const checkoutReferenceEntity = defineEntity<
  { integrationId: string; providerReference: string; checkoutId: string },
  { integrationId: string; providerReference: string }
>()({
  name: 'checkout reference',
  table: 'billing',
  key: ({ integrationId, providerReference }) => ({
    pk: ['CHECKOUT-REFERENCE', integrationId, providerReference],
    sk: ['CHECKOUT-REFERENCE'],
  }),
  idOf: ({ providerReference }) => providerReference,
});
