/**
 * Atomic single-item updates for what is no entity change but a mechanism: counters, leases, markers. They carry no
 * event and no audit record; a condition makes them the place where concurrent workers agree.
 */
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { tableName } from '../config/resource-names.ts';
import { documentClient } from './client.ts';
import type { Entity, ItemOf, KeyOf } from './entity.ts';
import type { TenantSession } from './session.ts';
import { fromStorage, scopeOf, storageKeys } from './storage-keys.ts';

export interface AtomicUpdate {
  /** DynamoDB update expression; `:name` and `#name` placeholders come from `values` and `names`. */
  update: string;
  condition?: string;
  names?: Record<string, string>;
  values?: Record<string, unknown>;
}

/** @returns the item after the update, or undefined when the condition did not hold */
export async function updateAtomically<E extends Entity>(
  session: TenantSession,
  entity: E,
  key: KeyOf<E>,
  { update, condition, names, values }: AtomicUpdate,
): Promise<ItemOf<E> | undefined> {
  try {
    const { Attributes } = await documentClient().send(
      new UpdateCommand({
        TableName: tableName(entity.table),
        Key: storageKeys(scopeOf(session.context, entity), { ...entity, indexes: {} }, key).key,
        UpdateExpression: update,
        ...(condition === undefined ? {} : { ConditionExpression: condition }),
        ...(names === undefined ? {} : { ExpressionAttributeNames: names }),
        ...(values === undefined ? {} : { ExpressionAttributeValues: values }),
        ReturnValues: 'ALL_NEW',
      }),
    );
    return fromStorage(Attributes ?? {});
  } catch (error) {
    if ((error as Error).name === 'ConditionalCheckFailedException') return undefined;
    throw error;
  }
}
