/** How tokens are stored: by supply's customer, by meter, and those that somebody has to go on with. */
import { defineEntity, type Stored } from '../../../layers/kernel/data/entity.ts';
import type { KeyParts } from '../../../layers/kernel/data/keys.ts';
import { shardOf } from '../../../layers/kernel/data/sharded-query.ts';
import { derivedId, timeOfId } from '../../../layers/kernel/ids.ts';
import type { PrepaidAccount } from './prepaid-account.ts';
import { openVendStatuses, type Vend } from './vend-schema.ts';

/** A token with what is needed to take it back; answers leave that away. */
export interface StoredVend extends Vend {
  /** The supply's state before it was priced: as one token of a supply is made at a time, taking it back restores this. */
  before?: Pick<
    PrepaidAccount,
    'chargedTo' | 'month' | 'boughtSteps' | 'freeMonth' | 'carried' | 'lastVendId' | 'paid'
  >;
  /** How often it was asked to be taken back: each has a reference of its own. */
  reversals?: number;
  /** Whether a reversal may have reached the vendor without an answer. */
  mayBeReversed?: boolean;
}
export type VendRow = StoredVend & Stored;

const shards = 8;
const all = (shard: number): KeyParts => ['VENDS', shard];
export const vendPartitions = Array.from({ length: shards }, (_, shard) => all(shard));
export const openVendsPartition: KeyParts = ['OPEN-VENDS'];

export const vendEntity = defineEntity<StoredVend>()({
  name: 'prepaid token',
  table: 'billing',
  key: ({ id }) => ({ pk: ['VEND', id], sk: ['VEND'] }),
  indexes: {
    gsi1: ({ id }) => ({ pk: all(shardOf(id, shards)), sk: [id] }),
    gsi2: ({ id, status, requestedAt }) =>
      openVendStatuses.includes(status) ? { pk: openVendsPartition, sk: [requestedAt, id] } : undefined,
  },
  idOf: ({ id }) => id,
  secretAttributes: ['tokens'],
});

/** A customer's and a meter's own tokens, the newest last; a row of the table, so that it never lags behind. */
export interface VendListing {
  owner: string;
  id: string;
}
export const vendListingEntity = defineEntity<VendListing, VendListing>()({
  name: 'listed token',
  table: 'billing',
  key: ({ owner, id }) => ({ pk: ['VENDS-OF', owner], sk: [id] }),
  idOf: ({ id }) => id,
});

/** The one token a payment makes. */
export const vendIdOf = (paymentId: string): string => derivedId('vnd', timeOfId(paymentId), paymentId);
