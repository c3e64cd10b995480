/**
 * Batch writes for derived rows that carry neither event, audit record nor lock: logs, pointers, buffers. Each item is
 * written on its own and may be written twice, so callers give rows that a repetition leaves the same.
 */
import { BatchWriteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { tableName } from '../config/resource-names.ts';
import { AppError } from '../errors/app-error.ts';
import { documentClient } from './client.ts';
import type { Entity, ItemOf, KeyOf } from './entity.ts';
import type { TenantSession } from './session.ts';
import { scopeOf, storageKeys } from './storage-keys.ts';

export interface BatchStep {
  table: string;
  request: { PutRequest: { Item: Record<string, unknown> } } | { DeleteRequest: { Key: Record<string, unknown> } };
}

/** DynamoDB's limits on one batch: 25 requests; 16 MB cannot be passed by items that each hold 400 KB. */
const batchLimit = 25;
const maxRounds = 8;

/** The item as it is stored; bookkeeping attributes are the caller's. */
function storedItem<E extends Entity>(session: TenantSession, entity: E, item: ItemOf<E>): Record<string, unknown> {
  const { key, indexKeys, expiresAt } = storageKeys(scopeOf(session.context, entity), entity, item);
  const stored: Record<string, unknown> = { ...key, _type: entity.name, ...item };
  for (const name in indexKeys) if (indexKeys[name] !== null) stored[name] = indexKeys[name];
  for (const name in stored) if (stored[name] === null) delete stored[name];
  if (expiresAt !== undefined) stored['expiresAt'] = expiresAt;
  return stored;
}

/** Puts the item, whatever was there. */
export const putStep = <E extends Entity>(session: TenantSession, entity: E, item: ItemOf<E>): BatchStep => ({
  table: tableName(entity.table),
  request: { PutRequest: { Item: storedItem(session, entity, item) } },
});

/** Puts one item, whatever was there, and tells whether nothing was: of several who put it one is told so. */
export async function putOne<E extends Entity>(session: TenantSession, entity: E, item: ItemOf<E>): Promise<boolean> {
  const { Attributes } = await documentClient().send(
    new PutCommand({
      TableName: tableName(entity.table),
      Item: storedItem(session, entity, item),
      ReturnValues: 'ALL_OLD',
    }),
  );
  return Attributes === undefined;
}

export function deleteStep<E extends Entity>(session: TenantSession, entity: E, key: KeyOf<E>): BatchStep {
  const { key: stored } = storageKeys(scopeOf(session.context, entity), { ...entity, indexes: {} }, key);
  return { table: tableName(entity.table), request: { DeleteRequest: { Key: stored } } };
}

/** @throws AppError `unavailable` when DynamoDB leaves steps undone after several rounds; some are written then */
export async function writeMany(steps: readonly BatchStep[]): Promise<void> {
  for (let start = 0; start < steps.length; start += batchLimit) {
    let pending: Record<string, BatchStep['request'][]> = {};
    for (const { table, request } of steps.slice(start, start + batchLimit)) {
      pending[table] ??= [];
      pending[table].push(request);
    }
    for (let round = 0; Object.keys(pending).length > 0; round++) {
      if (round === maxRounds) throw new AppError('unavailable', 'DynamoDB left items of a batch unwritten.');
      if (round > 0) await new Promise((resolve) => setTimeout(resolve, 20 * 2 ** round * (0.5 + Math.random())));
      const { UnprocessedItems } = await documentClient().send(new BatchWriteCommand({ RequestItems: pending }));
      pending = (UnprocessedItems ?? {}) as typeof pending;
    }
  }
}
