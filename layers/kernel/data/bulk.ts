/**
 * Access to rows that come by the million, such as meter readings: batches of raw attributes without the
 * bookkeeping of entities. Keys still come from a session, so they are bound to a tenant like all others.
 */

import {
  type AttributeValue,
  BatchGetItemCommand,
  BatchWriteItemCommand,
  type BatchWriteItemCommandOutput,
  QueryCommand,
  type QueryCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { tableName } from '../config/resource-names.ts';
import { AppError } from '../errors/app-error.ts';
import { sideBySide } from '../side-by-side.ts';
import { rawClient } from './client.ts';
import { joinParts, type KeyParts, partitionKey } from './keys.ts';
import type { TenantSession } from './session.ts';

export type RawItem = Record<string, AttributeValue>;

/** DynamoDB's limits on one batch. */
const putLimit = 25;
const getLimit = 100;
/** Batches on their way at the same time: enough to hide latency, fewer than the client has sockets. */
const parallelBatches = 16;
const maxRounds = 6;

export function rawKey(session: TenantSession, pk: KeyParts, sk: KeyParts): RawItem {
  return { pk: { S: partitionKey(session.context.scope, pk) }, sk: { S: joinParts(sk) } };
}

/**
 * Puts items, replacing what is there; their keys must differ.
 * @returns the items DynamoDB would not take for now, after several tries; empty when all is written
 */
export async function putAll(table: string, items: readonly RawItem[]): Promise<RawItem[]> {
  const name = tableName(table);
  let pending = [...items];
  for (let round = 0; pending.length > 0 && round < maxRounds; round++) {
    if (round > 0) await pause(round);
    const left = await inBatches(pending, putLimit, async (batch) => {
      const answer = await sendUnlessThrottled(
        new BatchWriteItemCommand({ RequestItems: { [name]: batch.map((Item) => ({ PutRequest: { Item } })) } }),
      );
      if (answer === undefined) return batch;
      return (answer.UnprocessedItems?.[name] ?? []).flatMap(({ PutRequest }) =>
        PutRequest?.Item === undefined ? [] : [PutRequest.Item],
      );
    });
    pending = left.flat();
  }
  return pending;
}

/**
 * Reads items; those that do not exist are left out, and order is not kept.
 * @param attributes to return, none of them a reserved word
 * @throws AppError `unavailable`
 */
export async function getAll(
  table: string,
  keys: readonly RawItem[],
  attributes: string,
  consistent = false,
): Promise<RawItem[]> {
  const name = tableName(table);
  const found: RawItem[] = [];
  let pending = [...keys];
  for (let round = 0; pending.length > 0; round++) {
    if (round === maxRounds) throw new AppError('unavailable', `Table ${table} left keys unread.`);
    if (round > 0) await pause(round);
    const left = await inBatches(pending, getLimit, async (Keys) => {
      const answer = await rawClient().send(
        new BatchGetItemCommand({
          RequestItems: { [name]: { Keys, ProjectionExpression: attributes, ConsistentRead: consistent } },
        }),
      );
      for (const item of answer.Responses?.[name] ?? []) found.push(item);
      return answer.UnprocessedKeys?.[name]?.Keys ?? [];
    });
    pending = left.flat();
  }
  return found;
}

export interface RangeQuery {
  pk: KeyParts;
  /** Bounds of the sort key as stored, both inclusive. */
  from?: string;
  to?: string;
  order?: 'ascending' | 'descending';
  /** @default all there are */
  limit?: number;
}

/** Items of one partition in the order of their sort keys. */
export async function queryRange(session: TenantSession, table: string, range: RangeQuery): Promise<RawItem[]> {
  const limit = range.limit ?? Number.POSITIVE_INFINITY;
  const items: RawItem[] = [];
  let startKey: RawItem | undefined;
  do {
    const answer: QueryCommandOutput = await rawClient().send(
      new QueryCommand({
        TableName: tableName(table),
        KeyConditionExpression: `pk = :pk${sortCondition(range)}`,
        ExpressionAttributeValues: {
          ':pk': { S: partitionKey(session.context.scope, range.pk) },
          ...(range.from === undefined ? {} : { ':from': { S: range.from } }),
          ...(range.to === undefined ? {} : { ':to': { S: range.to } }),
        },
        ScanIndexForward: range.order !== 'descending',
        ...(Number.isFinite(limit) ? { Limit: limit - items.length } : {}),
        ...(startKey ? { ExclusiveStartKey: startKey } : {}),
      }),
    );
    items.push(...(answer.Items ?? []));
    startKey = answer.LastEvaluatedKey;
  } while (startKey !== undefined && items.length < limit);
  return items;
}

function sortCondition({ from, to }: RangeQuery): string {
  if (from !== undefined && to !== undefined) return ' AND sk BETWEEN :from AND :to';
  if (from !== undefined) return ' AND sk >= :from';
  return to === undefined ? '' : ' AND sk <= :to';
}

const throttlings = new Set(['ProvisionedThroughputExceededException', 'ThrottlingException', 'RequestLimitExceeded']);

/** @returns undefined when DynamoDB took nothing of the batch because it is too busy, after the client's own retries */
async function sendUnlessThrottled(command: BatchWriteItemCommand): Promise<BatchWriteItemCommandOutput | undefined> {
  try {
    return await rawClient().send(command);
  } catch (error) {
    if (throttlings.has((error as Error).name)) return undefined;
    throw error;
  }
}

/** Runs a few batches at a time. */
function inBatches<T, R>(items: readonly T[], size: number, run: (batch: T[]) => Promise<R>): Promise<R[]> {
  const batches = Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
    items.slice(i * size, (i + 1) * size),
  );
  return sideBySide(batches, parallelBatches, run);
}

const pause = (round: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, 10 * 2 ** round * (0.5 + Math.random())));
