/**
 * Runs a flow again and again from the same rows, and disturbs it at another place each time: a call to AWS fails, or its answer is
 * lost, or the function ends there, or the same message or request comes a second time in between. Whatever happens, the rows, the
 * events and what the world outside was told must end as they do undisturbed.
 */
import { expect, vi } from 'vitest';
import type { BillingStack } from './billing-stack.ts';
import { type Breakage, useCallWatch } from './watch-calls.ts';
import { wholeBilling } from './whole-billing.ts';

export interface Flow {
  /** What is disturbed: asks by `billing.ask`, and lets things calm down by `billing.calmDown`. */
  act(): Promise<void>;
  /** Called before `act`: says afterwards what else has to be the same, such as tokens the vendor made since. */
  outside?(): () => unknown;
  /** So many breaks and so many doubles are tried. @default 3 and 2; all of them with `MIZAN_TEST_SEED=random` */
  breaks?: number;
  doubles?: number;
}

interface Disturbance {
  name: string;
  begin(): void;
}

const breakages: Breakage[] = ['lost', 'refused', 'died', 'unheard'];
const tables = ['billing', 'metering', 'readings', 'platform'];
/** What providers were asked is their log's business. */
const compared = ['billing', 'metering', 'readings'];
/** Rows, and events of rows, that say how it came about. */
const isTrace = ({ _type, type }: Record<string, any>): boolean =>
  ['audit', 'idempotency'].includes(_type?.S) || /\.(insert|update|delete|half_way)$/.test(type?.S ?? '');

export function useDisturbance(stack: BillingStack, options: { without?: readonly string[] } = {}) {
  const watch = useCallWatch();
  const billing = wholeBilling(stack, watch, options);

  function keepRows(): () => void {
    const kept = tables.map((table) => [table, byKey(stack.tables.scan(table))] as const);
    const time = Date.now();
    return () => {
      vi.setSystemTime(time);
      stack.forgetMessages();
      for (const [TableName, before] of kept) {
        const call = (operation: string, input: object) =>
          stack.tables.dynamodb.call(operation, { TableName, ...input });
        const now = byKey(stack.tables.scan(TableName));
        for (const [key, { pk, sk }] of now) if (!before.has(key)) call('DeleteItem', { Key: { pk, sk } });
        for (const [key, Item] of before)
          if (JSON.stringify(now.get(key)) !== JSON.stringify(Item)) call('PutItem', { Item });
      }
      billing.forgetEvents();
    };
  }

  /** All rows, without what is new each time. */
  const rows = (): string[] =>
    compared.flatMap((table) =>
      stack.tables
        .scan(table)
        .filter((item) => !isTrace(item))
        .map((item) => `${table} ${timeless(item)}`),
    );

  async function run({ act, outside }: Flow, restore: () => void, { begin }: Disturbance) {
    restore();
    const published = stack.published().length;
    const since = outside?.();
    watch.reset();
    begin();
    try {
      await act();
    } finally {
      billing.bringNewestFirst(false);
    }
    const told = stack.published().slice(published);
    return { rows: rows(), topics: told.map(({ topic }) => topic), outside: since?.() };
  }

  return {
    billing,
    watch,
    /** From the rows as they are now. @returns how often the flow told what, undisturbed */
    async everyWay(flow: Flow): Promise<Record<string, number>> {
      const restore = keepRows();
      const usual = await run(flow, restore, { name: 'undisturbed', begin: () => undefined });
      const { calls, changes } = watch.counts();
      const told = billing.countEvents();
      const isAll = process.env['MIZAN_TEST_SEED'] === 'random';
      const broken = upTo(changes).flatMap((number) =>
        breakages.map((how) => ({
          name: `change ${number} of ${changes} ${how}`,
          begin: () => watch.breakChange(number, how),
        })),
      );
      const doubled = upTo(calls).map((number) => ({
        name: `a double in front of call ${number} of ${calls}`,
        begin: () => watch.interruptCall(number, async () => void (await billing.doAgain())),
      }));
      const all = [
        { name: 'newest first', begin: () => billing.bringNewestFirst(true) },
        ...sample(broken, isAll ? Number.POSITIVE_INFINITY : (flow.breaks ?? 3)),
        ...sample(doubled, isAll ? Number.POSITIVE_INFINITY : (flow.doubles ?? 2)),
      ];
      try {
        for (const disturbance of all) {
          const end = await run(flow, restore, disturbance).catch((error: unknown) => {
            throw new Error(`${disturbance.name}: ${(error as Error).message}`, { cause: error });
          });
          expect(differences(end, usual), disturbance.name).toEqual({ missing: [], more: [] });
          expect(end.outside, disturbance.name).toEqual(usual.outside);
        }
      } finally {
        watch.reset();
        restore();
      }
      return told;
    },
  };
}

type End = { rows: string[]; topics: string[] };

/** A topic may be told the same again: what is published names a state. Of rows that differ, from where they do; a few of them say enough. */
function differences(end: End, usual: End): { missing: string[]; more: string[] } {
  const missing = [...without(usual.rows, end.rows), ...without([...new Set(usual.topics)], end.topics)];
  const more = [...without(end.rows, usual.rows), ...without([...new Set(end.topics)], usual.topics)];
  const brief = (all: string[], others: string[]) => all.slice(0, 6).map((one) => fromDifference(one, others));
  return { missing: brief(missing, more), more: brief(more, missing) };
}

function fromDifference(row: string, others: readonly string[]): string {
  const same = Math.max(0, ...others.map((other) => [...row].findIndex((letter, i) => letter !== other[i])));
  const start = row.indexOf('"_type"');
  return same < 150 ? row.slice(0, 500) : `${row.slice(start, start + 60)} … ${row.slice(same - 40, same + 150)}`;
}

function without(all: readonly string[], some: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const one of some) left.set(one, (left.get(one) ?? 0) + 1);
  return all.filter((one) => {
    const count = left.get(one) ?? 0;
    left.set(one, count - 1);
    return count <= 0;
  });
}

const byKey = (items: Record<string, any>[]) => new Map(items.map((item) => [`${item['pk'].S} ${item['sk'].S}`, item]));

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

/** So many of a list, all over it, and of each kind where kinds take turns. */
function sample<T>(all: readonly T[], count: number): T[] {
  if (all.length <= count) return [...all];
  return Array.from(
    { length: count },
    (_, i) => all[Math.min(Math.floor((i * all.length) / count) + (i % breakages.length), all.length - 1)]!,
  );
}

/** An item as text, without what differs from one time to the next: ids, moments, versions, and the shards they fall into. */
function timeless(item: Record<string, any>): string {
  const { version, expiresAt, lockedUntil, gsi1pk, gsi1sk, gsi2pk, gsi2sk, ...row } = item;
  const { metadata, correlationId, causationId, ...same } = row;
  return JSON.stringify(
    same,
    (_, value) => value?.S ?? value?.N ?? value?.M ?? value?.L ?? (value?.NULL ? null : (value?.BOOL ?? value)),
  )
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'MOMENT')
    .replaceAll(/\b\d{4}( ?(\d{4}|••••)){3,4}/g, 'TOKEN')
    .replaceAll(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g, 'UUID')
    .replaceAll(/[0-9A-Z]{26}/g, 'ULID')
    .replaceAll(/-[0-9A-HJKMNP-TV-Z]{8}\b/g, '-NUMBER')
    .replaceAll(/[\w-]{40,}/g, 'DIGEST')
    .replaceAll(/#\d"/g, '#SHARD"');
}
