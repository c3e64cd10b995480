/**
 * Runs a flow again and again from the same rows, and disturbs it at another place each time: a call to AWS fails, or its answer is
 * lost, or the function ends there, or the same message or request comes a second time in between. Whatever happens, the rows, the
 * events and what the world outside was told must end as they do undisturbed.
 */
import { expect } from 'vitest';
import type { BillingStack } from './billing-stack.ts';
import { comparableRows, keepRows } from './kept-rows.ts';
import { type Breakage, useCallWatch } from './watch-calls.ts';
import { wholeBilling } from './whole-billing.ts';

export interface Flow {
  /** What comes before, each time anew and undisturbed. */
  prepare?(): Promise<void>;
  /** What is disturbed: asks by `billing.ask`, and lets things calm down by `billing.calmDown`. */
  act(): Promise<void>;
  /** Called before `act`: says afterwards what else has to be the same, such as tokens the vendor made since. */
  outside?(): () => unknown;
  /** Types of rows of which one that was begun and not used may be left, until it vanishes by itself. */
  spare?: readonly string[];
  /** So many breaks and so many doubles are tried. @default 3 and 2; all of them with `MIZAN_TEST_SEED=random` */
  breaks?: number;
  doubles?: number;
  /** @default each in turn */
  breakages?: Breakage[];
}

interface Disturbance {
  name: string;
  /** Whether it is at a change, which has to come: calls that read may be fewer than undisturbed, for what was read is remembered. */
  strikes?: boolean;
  begin(): void;
}

const breakages: Breakage[] = ['lost', 'refused', 'died', 'unheard'];

export function useDisturbance(stack: BillingStack, options: { without?: readonly string[] } = {}) {
  const watch = useCallWatch();
  const billing = wholeBilling(stack, watch, options);

  async function run({ prepare, act, outside, spare = [] }: Flow, restore: () => void, { begin }: Disturbance) {
    restore();
    watch.reset();
    await prepare?.();
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
    return { rows: comparableRows(stack, spare), topics: told.map(({ topic }) => topic), outside: since?.() };
  }

  return {
    billing,
    watch,
    /** From the rows as they are now. @returns how often the flow told what, undisturbed */
    async everyWay(flow: Flow): Promise<Record<string, number>> {
      const putBack = keepRows(stack);
      const restore = () => {
        putBack();
        billing.forgetEvents();
      };
      const usual = await run(flow, restore, { name: 'undisturbed', begin: () => undefined });
      const { calls, changes } = watch.counts();
      const told = billing.countEvents();
      const isAll = process.env['MIZAN_TEST_SEED'] === 'random';
      const broken = upTo(changes).flatMap((number) =>
        (flow.breakages ?? breakages).map((how) => ({
          name: `change ${number} of ${changes} ${how}`,
          strikes: true,
          begin: () => watch.breakChange(number, how),
        })),
      );
      const doubled = upTo(calls).map((number) => ({
        name: `a double in front of call ${number} of ${calls}`,
        begin: () => watch.interruptCall(number, async () => void (await billing.doAgain())),
      }));
      const all: Disturbance[] = [
        { name: 'newest first', begin: () => billing.bringNewestFirst(true) },
        ...sample(broken, isAll ? Number.POSITIVE_INFINITY : (flow.breaks ?? 3)),
        ...sample(doubled, isAll ? Number.POSITIVE_INFINITY : (flow.doubles ?? 2)),
      ];
      try {
        for (const disturbance of all) {
          const end = await run(flow, restore, disturbance).catch((error: unknown) => {
            throw new Error(`${disturbance.name}: ${(error as Error).message}`, { cause: error });
          });
          if (disturbance.strikes) expect(watch.hasStruck(), `it came to ${disturbance.name}`).toBe(true);
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

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

/** So many of a list, all over it, and of each kind where kinds take turns. */
function sample<T>(all: readonly T[], count: number): T[] {
  if (all.length <= count) return [...all];
  return Array.from(
    { length: count },
    (_, i) => all[Math.min(Math.floor((i * all.length) / count) + (i % breakages.length), all.length - 1)]!,
  );
}
