/**
 * How requests of API keys end: errors and times by day and operation. An error is always written; a success once a minute for
 * each instance and operation, so that a quiet key is measured whole and a busy one costs no second write a request.
 */
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { tableName } from '../config/resource-names.ts';
import { documentClient } from '../data/client.ts';
import { joinParts, partitionKey } from '../data/keys.ts';
import { limitsTable } from './rate-limit.ts';

export interface KeyOutcome {
  tenantId: string;
  /** Id of the key. */
  subject: string;
  operationId: string;
  status: number;
  durationMs: number;
}

/** Rows beside the counters of limits, so that those stay small: one a day. */
export const outcomeRowKey = (subject: string) => ['OUTCOMES', subject] as const;
/** Names of attributes: `ms listMeters`, the sum of the times of `n listMeters` requests that were measured. */
export const outcomePrefixes = { measured: 'n ', durationMs: 'ms ', clientErrors: 'e4 ', serverErrors: 'e5 ' } as const;

const dayMs = 86_400_000;
const keepDays = 92;
const sampleEveryMs = 60_000;
const maxKept = 5000;
const sampledAt = new Map<string, number>();

export async function recordKeyOutcome(outcome: KeyOutcome, nowMs: number): Promise<void> {
  const { tenantId, subject, operationId, status, durationMs } = outcome;
  // Whoever is refused by the limit writes nothing: a flood must not cost twice.
  if (status === 429) return;
  const isError = status >= 400;
  if (!isError && !isDue(`${subject} ${operationId}`, nowMs)) return;
  const day = Math.floor(nowMs / dayMs);
  const errors = status >= 500 ? outcomePrefixes.serverErrors : outcomePrefixes.clientErrors;
  await documentClient().send(
    new UpdateCommand({
      TableName: tableName(limitsTable),
      Key: { pk: partitionKey(tenantId, outcomeRowKey(subject)), sk: joinParts([day]) },
      UpdateExpression: `SET #day = :day, expiresAt = :expires ADD #n :one, #ms :ms${isError ? ', #errors :one' : ''}`,
      ExpressionAttributeNames: {
        '#day': 'day',
        '#n': outcomePrefixes.measured + operationId,
        '#ms': outcomePrefixes.durationMs + operationId,
        ...(isError ? { '#errors': errors + operationId } : {}),
      },
      ExpressionAttributeValues: {
        ':day': new Date(day * dayMs).toISOString().slice(0, 10),
        ':expires': ((day + keepDays) * dayMs) / 1000,
        ':one': 1,
        ':ms': Math.round(durationMs),
      },
    }),
  );
}

function isDue(name: string, nowMs: number): boolean {
  if (nowMs - (sampledAt.get(name) ?? Number.NEGATIVE_INFINITY) < sampleEveryMs) return false;
  if (sampledAt.size >= maxKept) sampledAt.clear();
  sampledAt.set(name, nowMs);
  return true;
}
