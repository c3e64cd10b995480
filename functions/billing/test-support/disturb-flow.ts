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
  /** What else has to be the same in the end, such as tokens the vendor made; counted from the beginning of `act`. */
  outside?(): unknown;
  /** So many breaks and so many doubles are tried. @default 12 each; all of them with `MIZAN_TEST_SEED=random` */
  breaks?: number;
  doubles?: number;
}

interface Disturbance {
  name: string;
  begin(): void;
}

const breakages: Breakage[] = ['lost', 'refused', 'died', 'unheard'];
const tables = ['billing', 'metering', 'readings', 'platform'];
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
    tables.flatMap((table) =>
      stack.tables
        .scan(table)
        .filter((item) => !isTrace(item))
        .map((item) => `${table} ${timeless(item)}`),
    );

  async function run({ act, outside }: Flow, restore: () => void, { begin }: Disturbance) {
    restore();
    const published = stack.published().length;
    watch.reset();
    begin();
    try {
      await act();
    } finally {
      billing.bringNewestFirst(false);
    }
    const told = stack.published().slice(published);
    return { rows: rows(), topics: told.map(({ topic }) => topic), outside: outside?.() };
  }

  return {
    billing,
    watch,
    /** From the rows as they are now. @returns how many calls and changes the flow makes undisturbed */
    async everyWay(flow: Flow): Promise<{ calls: number; changes: number }> {
      const restore = keepRows();
      const usual = await run(flow, restore, { name: 'undisturbed', begin: () => undefined });
      const { calls, changes } = watch.counts();
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
        ...sample(broken, isAll ? Number.POSITIVE_INFINITY : (flow.breaks ?? 12)),
        ...sample(doubled, isAll ? Number.POSITIVE_INFINITY : (flow.doubles ?? 12)),
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
      return { calls, changes };
    },
  };
}

type End = { rows: string[]; topics: string[] };

/** A topic may be told the same again: what is published names a state. */
function differences(end: End, usual: End): { missing: string[]; more: string[] } {
  return {
    missing: [...without(usual.rows, end.rows), ...without([...new Set(usual.topics)], end.topics)],
    more: [...without(end.rows, usual.rows), ...without([...new Set(end.topics)], usual.topics)],
  };
}

function without(all: readonly string[], some: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const one of some) left.set(one, (left.get(one) ?? 0) + 1);
  const odd = all.filter((one) => {
    const count = left.get(one) ?? 0;
    left.set(one, count - 1);
    return count <= 0;
  });
  // A few say enough.
  return odd.slice(0, 8);
}

const byKey = (items: Record<string, any>[]) => new Map(items.map((item) => [`${item['pk'].S} ${item['sk'].S}`, item]));

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

/** So many of a list, all over it. */
function sample<T>(all: readonly T[], count: number): T[] {
  if (all.length <= count) return [...all];
  return Array.from({ length: count }, (_, i) => all[Math.floor((i * all.length) / count)]!);
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
    .replaceAll(/[0-9A-Z]{26}/g, 'ULID')
    .replaceAll(/-[0-9A-HJKMNP-TV-Z]{8}\b/g, '-NUMBER')
    .replaceAll(/[\w-]{40,}/g, 'DIGEST')
    .replaceAll(/#\d"/g, '#SHARD"');
}
