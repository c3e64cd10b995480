/**
 * `Idempotency-Key` on POST (draft-ietf-httpapi-idempotency-key-header). The marker that an operation took effect
 * is written in the operation's own transaction, so a repeated request can never repeat the effect, even when
 * the function died between the commit and its answer.
 */
import { createHash } from 'node:crypto';
import { channel } from 'node:diagnostics_channel';
import { GetCommand, PutCommand, type TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { tableName } from '../config/resource-names.ts';
import { AppError } from '../errors/app-error.ts';
import { documentClient } from './client.ts';
import { joinParts, partitionKey } from './keys.ts';

type TransactItem = NonNullable<ConstructorParameters<typeof TransactWriteCommand>[0]['TransactItems']>[number];

/**
 * Hears the operations whose requests commit again after the transaction that marked their key as done: should one die in between,
 * its repetition would hear of an effect that is not whole. Nobody listens but tests, which fail.
 */
export const earlyMarkers = channel('mizan.idempotency.early-markers');

export interface StoredAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

export interface IdempotencyRecord {
  /** The step a unit of work adds to its first transaction. */
  commitStep(): TransactItem | undefined;
  committed(): void;
  /** Keeps the answer for repetitions. */
  complete(answer: StoredAnswer): Promise<void>;
  /** Frees the key after a failure that had no effect. */
  release(): Promise<void>;
}

export interface IdempotencyRequest {
  table: string;
  tenantId: string;
  subject: string;
  operationId: string;
  key: string;
  body: string;
  nowMs: number;
}

/** An unfinished request blocks its key this long: longer than any function may run. */
const lockMs = 60_000;
/** Answers are kept for a day, as published in the documentation. */
const keepSeconds = 24 * 3600;

/** @returns the record to carry through the request, or the answer of the first request */
export async function beginIdempotent(
  request: IdempotencyRequest,
): Promise<{ record: IdempotencyRecord } | { answer: StoredAnswer }> {
  const table = tableName(request.table);
  const key = {
    pk: partitionKey(request.tenantId, ['IDEMPOTENCY', request.subject, request.operationId, request.key]),
    sk: joinParts(['IDEMPOTENCY']),
  };
  const requestHash = createHash('sha256').update(request.body).digest('base64url');
  try {
    await documentClient().send(
      new PutCommand({
        TableName: table,
        Item: {
          ...key,
          _type: 'idempotency',
          state: 'started',
          requestHash,
          lockedUntil: request.nowMs + lockMs,
          expiresAt: Math.floor(request.nowMs / 1000) + keepSeconds,
        },
        ConditionExpression: 'attribute_not_exists(pk) OR (#state = :started AND lockedUntil < :now)',
        ExpressionAttributeNames: { '#state': 'state' },
        ExpressionAttributeValues: { ':started': 'started', ':now': request.nowMs },
      }),
    );
  } catch (error) {
    if ((error as Error).name !== 'ConditionalCheckFailedException') throw error;
    return { answer: await earlierAnswer(table, key, requestHash, request.nowMs) };
  }
  return { record: createRecord(table, key, request.operationId) };
}

async function earlierAnswer(
  table: string,
  key: Record<string, string>,
  requestHash: string,
  nowMs: number,
): Promise<StoredAnswer> {
  const { Item } = await documentClient().send(new GetCommand({ TableName: table, Key: key, ConsistentRead: true }));
  if (Item !== undefined && Item['requestHash'] !== requestHash) throw new AppError('idempotency_key_reused');
  const isRunning = Item?.['state'] !== 'completed' && Number(Item?.['lockedUntil']) > nowMs;
  if (Item === undefined || Item['state'] === 'started' || isRunning)
    throw new AppError('idempotency_in_progress', undefined, { headers: { 'retry-after': '1' } });
  if (Item['state'] === 'committed') throw new AppError('idempotency_answer_lost');
  return Item['answer'] as StoredAnswer;
}

function createRecord(table: string, key: Record<string, string>, operationId: string): IdempotencyRecord {
  let hasCommitted = false;
  const setState = (state: string, answer?: StoredAnswer) => ({
    TableName: table,
    Key: key,
    UpdateExpression: answer ? 'SET #state = :state, answer = :answer' : 'SET #state = :state',
    ExpressionAttributeNames: { '#state': 'state' },
    ExpressionAttributeValues: { ':state': state, ...(answer ? { ':answer': answer } : {}) },
  });
  return {
    commitStep: () => (hasCommitted ? undefined : { Update: setState('committed') }),
    committed: () => {
      if (hasCommitted) earlyMarkers.publish(operationId);
      hasCommitted = true;
    },
    complete: async (answer) => {
      await documentClient().send(new UpdateCommand(setState('completed', answer)));
    },
    release: async () => {
      if (hasCommitted) return;
      await documentClient().send(
        new UpdateCommand({
          TableName: table,
          Key: key,
          UpdateExpression: 'SET lockedUntil = :zero',
          ConditionExpression: '#state = :started',
          ExpressionAttributeNames: { '#state': 'state' },
          ExpressionAttributeValues: { ':zero': 0, ':started': 'started' },
        }),
      );
    },
  };
}
