/**
 * Rows that tests go back to and compare: what a disturbed flow leaves must be what an undisturbed one leaves, but for ids, moments
 * and the traces of how it came about.
 */
import { vi } from 'vitest';
import type { BillingStack } from './billing-stack.ts';

const tables = ['billing', 'metering', 'readings', 'platform', 'limits'];
/** What providers were asked is their log's business. */
const compared = ['billing', 'metering', 'readings'];
/** Rows, and events of rows, that say how it came about. */
const isTrace = ({ _type, type }: Record<string, any>): boolean =>
  ['audit', 'idempotency'].includes(_type?.S) || /\.(insert|update|delete|half_way)$/.test(type?.S ?? '');

/** @returns what puts rows and time back as they are now, and empties the queues */
export function keepRows(stack: BillingStack): () => void {
  const kept = tables.map((table) => [table, byKey(stack.tables.scan(table))] as const);
  const time = Date.now();
  return () => {
    vi.setSystemTime(time);
    stack.forgetMessages();
    for (const [TableName, before] of kept) {
      const call = (operation: string, input: object) => stack.tables.dynamodb.call(operation, { TableName, ...input });
      const now = byKey(stack.tables.scan(TableName));
      for (const [key, { pk, sk }] of now) if (!before.has(key)) call('DeleteItem', { Key: { pk, sk } });
      for (const [key, Item] of before)
        if (JSON.stringify(now.get(key)) !== JSON.stringify(Item)) call('PutItem', { Item });
    }
  };
}

/** All rows as text, without what is new each time. @param but types that are left out */
export const comparableRows = (stack: BillingStack, but: readonly string[] = []): string[] =>
  compared.flatMap((table) =>
    stack.tables
      .scan(table)
      .filter((item) => !isTrace(item) && !but.includes(item['_type']?.S))
      .map((item) => `${table} ${timeless(item)}`),
  );

const byKey = (items: Record<string, any>[]) => new Map(items.map((item) => [`${item['pk'].S} ${item['sk'].S}`, item]));

/** An item as text, without what differs from one time to the next: ids, moments, versions, tries, and the shards they fall into. */
function timeless(item: Record<string, any>): string {
  const { version, expiresAt, lockedUntil, gsi1pk, gsi1sk, gsi2pk, gsi2sk, ...row } = item;
  const { metadata, correlationId, causationId, attempts, resumes, ...same } = row;
  return JSON.stringify(
    same,
    (_, value) => value?.S ?? value?.N ?? value?.M ?? value?.L ?? (value?.NULL ? null : (value?.BOOL ?? value)),
  )
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'MOMENT')
    .replaceAll(/\b\d{4}( ?(\d{4}|••••)){3,4}/g, 'TOKEN')
    .replaceAll(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g, 'UUID')
    .replaceAll(/"1[78]\d{8}"/g, '"EPOCH"')
    .replaceAll(/[0-9A-Z]{26}/g, 'ULID')
    .replaceAll(/-[0-9A-HJKMNP-TV-Z]{8}\b/g, '-NUMBER')
    .replaceAll(/[\w-]{40,}/g, 'DIGEST')
    .replaceAll(/(REPORT-LINK#|"id":")[\w-]{22}"/g, '$1SECRET"')
    .replaceAll(/#\d"/g, '#SHARD"');
}
