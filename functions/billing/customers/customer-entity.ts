/** How customers are stored. The list over all of them is spread over shards; account numbers are unique in a tenant. */
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import type { KeyParts } from '../../../layers/kernel/data/keys.ts';
import { shardOf } from '../../../layers/kernel/data/sharded-query.ts';
import { customerRowEvents } from './customer-row-events.ts';
import type { Customer } from './customer-schema.ts';

export const customerShards = 8;
const listPartition = (shard: number): KeyParts => ['CUSTOMERS', shard];
export const customerPartitions = Array.from({ length: customerShards }, (_, shard) => listPartition(shard));

export const customerEntity = defineEntity<Customer>()({
  name: 'customer',
  table: 'billing',
  key: ({ id }) => ({ pk: ['CUSTOMER', id], sk: ['CUSTOMER'] }),
  indexes: {
    gsi1: ({ id }) => ({ pk: listPartition(shardOf(id, customerShards)), sk: [id] }),
    gsi2: ({ routeId, id }) => (routeId === undefined ? undefined : { pk: ['ROUTE', routeId], sk: [id] }),
  },
  idOf: ({ id }) => id,
  rowEvents: customerRowEvents,
  searchText: ({ name, nameAr }) => [name, nameAr],
});

/** Says whose an account number is. */
export interface AccountNumber {
  accountNumber: string;
  customerId: string;
}

export const accountNumberEntity = defineEntity<AccountNumber, { accountNumber: string }>()({
  name: 'account number',
  table: 'billing',
  key: ({ accountNumber }) => ({ pk: ['ACCOUNT-NUMBER', accountNumber], sk: ['ACCOUNT-NUMBER'] }),
  idOf: ({ accountNumber }) => accountNumber,
});
