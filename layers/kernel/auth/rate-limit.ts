/**
 * Limits per credential, per minute and per day, counted in DynamoDB with one conditional write a request: the
 * authorizer's decision is cached, so the limit is enforced here, where no cache is in front.
 */
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { tableName } from '../config/resource-names.ts';
import { documentClient } from '../data/client.ts';
import { joinParts, partitionKey } from '../data/keys.ts';
import { AppError } from '../errors/app-error.ts';

export interface RateLimit {
  perMinute: number;
  perDay: number;
}

/** Logical name of the table that holds the counters. */
export const limitsTable = 'limits';

/** Counters of a credential: one row a day, and in it how often each operation was asked for, at no write of its own. */
export const rateRowKey = (subject: string) => ['RATE', subject] as const;
export const usagePrefix = 'use ';
/** For credentials whose use is shown to people. */
const usageDays = 92;

const minuteMs = 60_000;
const dayMs = 86_400_000;

interface Counters {
  minute: number;
  minuteCount: number;
  dayCount: number;
}

/**
 * Counts one request.
 * @param tenantId tenant of the credential, or `anonymous` for log-in routes that are limited by address
 * @param operationId counts its use by day, for statistics
 * @returns the `RateLimit-*` headers (draft-ietf-httpapi-ratelimit-headers-07, and its older three-header form)
 * @throws AppError `rate_limited` with `Retry-After`
 */
export async function countRequest(
  tenantId: string,
  subject: string,
  limit: RateLimit,
  nowMs: number,
  operationId?: string,
): Promise<Record<string, string>> {
  const minute = Math.floor(nowMs / minuteMs);
  const day = Math.floor(nowMs / dayMs);
  const key = { pk: partitionKey(tenantId, rateRowKey(subject)), sk: joinParts([day]) };
  const counters =
    (await countInMinute(key, minute, limit, operationId)) ??
    (await startMinute(key, minute, day, limit, operationId)) ??
    (await countInMinute(key, minute, limit, operationId));
  if (counters === undefined) throw new AppError('unavailable', 'The rate counter is contended.');
  return headers(counters, limit, minute, day, nowMs);
}

/** Counts into the present minute, or into a later one that another instance, whose clock is ahead, has begun. */
async function countInMinute(
  key: object,
  minute: number,
  limit: RateLimit,
  operationId: string | undefined,
): Promise<Counters | undefined> {
  return update(
    key,
    'ADD minuteCount :one, dayCount :one',
    '#minute >= :minute AND minuteCount <= :perMinute AND dayCount <= :perDay',
    { ':one': 1, ':minute': minute, ':perMinute': limit.perMinute, ':perDay': limit.perDay },
    minute,
    operationId,
  );
}

async function startMinute(
  key: object,
  minute: number,
  day: number,
  limit: RateLimit,
  operationId: string | undefined,
): Promise<Counters | undefined> {
  return update(
    key,
    'SET #minute = :minute, minuteCount = :one, expiresAt = :expires ADD dayCount :one',
    'attribute_not_exists(pk) OR (#minute < :minute AND dayCount <= :perDay)',
    {
      ':one': 1,
      ':minute': minute,
      ':perDay': limit.perDay,
      ':expires': ((day + (operationId === undefined ? 2 : usageDays)) * dayMs) / 1000,
    },
    minute,
    operationId,
  );
}

/** @returns the counters after the write; the stored ones when a limit is passed; undefined when the minute is another */
async function update(
  key: object,
  expression: string,
  condition: string,
  values: Record<string, unknown>,
  minute: number,
  operationId: string | undefined,
): Promise<Counters | undefined> {
  try {
    const { Attributes } = await documentClient().send(
      new UpdateCommand({
        TableName: tableName(limitsTable),
        Key: key,
        // Both expressions end with their additions.
        UpdateExpression: operationId === undefined ? expression : `${expression}, #operation :one`,
        ConditionExpression: condition,
        ExpressionAttributeNames: {
          '#minute': 'minute',
          ...(operationId === undefined ? {} : { '#operation': usagePrefix + operationId }),
        },
        ExpressionAttributeValues: values,
        ReturnValues: 'ALL_NEW',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    );
    return Attributes as unknown as Counters;
  } catch (error) {
    if ((error as Error).name !== 'ConditionalCheckFailedException') throw error;
    const stored = unmarshalCounters((error as { Item?: Record<string, { N?: string }> }).Item);
    const isOverDay = stored !== undefined && stored.dayCount > Number(values[':perDay']);
    const isOverMinute =
      stored !== undefined && stored.minute >= minute && stored.minuteCount > Number(values[':perMinute']);
    return isOverMinute || isOverDay ? stored : undefined;
  }
}

function unmarshalCounters(item: Record<string, any> | undefined): Counters | undefined {
  if (item === undefined) return undefined;
  const number = (name: string): number => Number(item[name]?.N ?? item[name] ?? 0);
  return { minute: number('minute'), minuteCount: number('minuteCount'), dayCount: number('dayCount') };
}

function headers(
  counters: Counters,
  limit: RateLimit,
  minute: number,
  day: number,
  nowMs: number,
): Record<string, string> {
  const minuteLeft = limit.perMinute - (counters.minute >= minute ? counters.minuteCount : 0);
  const dayLeft = limit.perDay - counters.dayCount;
  const dayIsTighter = dayLeft < minuteLeft;
  const resetSeconds = Math.ceil(((dayIsTighter ? (day + 1) * dayMs : (minute + 1) * minuteMs) - nowMs) / 1000);
  const [total, left] = dayIsTighter ? [limit.perDay, dayLeft] : [limit.perMinute, minuteLeft];
  const result = {
    'ratelimit-limit': String(total),
    'ratelimit-remaining': String(Math.max(0, left)),
    'ratelimit-reset': String(resetSeconds),
    'ratelimit-policy': `${limit.perMinute};w=60, ${limit.perDay};w=86400`,
  };
  if (left < 0)
    throw new AppError('rate_limited', undefined, {
      values: { retryAfterSeconds: resetSeconds },
      headers: { ...result, 'retry-after': String(resetSeconds) },
    });
  return result;
}
