/**
 * Watches the calls a worker makes to DynamoDB and SQS, so that a test can count them, break one as AWS or a crash would, or
 * let somebody else act in front of one.
 */
import { SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, vi } from 'vitest';
import { documentClient, rawClient } from '../../../layers/kernel/data/client.ts';

/** `refused`: it fails and nothing was done. `lost`: it was done, and the worker died before it heard so. */
export type Breakage = 'refused' | 'lost';

export interface CallWatch {
  /** Counts from nothing, with nothing broken; a worker that died is started again. */
  reset(): void;
  /** Calls and, of them, those that change something, since the last reset. */
  counts(): { calls: number; changes: number };
  /** Breaks the so-many-th change from now on. */
  breakChange(number: number, how: Breakage): void;
  /** Lets somebody act in front of the so-many-th call; their own calls are not counted. */
  interruptCall(number: number, action: () => Promise<void>): void;
  /** Whether what was planned has happened. */
  hasStruck(): boolean;
}

const changing = /^(TransactWrite|Put|Update|Delete|BatchWrite|SendMessageBatch)/;

type Send = (command: object, ...rest: unknown[]) => Promise<unknown>;

export function useCallWatch(): CallWatch {
  let [calls, changes] = [0, 0];
  let plan: { breakage?: [number, Breakage]; interruption?: [number, () => Promise<void>] } = {};
  let [hasStruck, isDead, isSomebodyElse] = [false, false, false];
  const guarded =
    (send: Send): Send =>
    async (command, ...rest) => {
      const go = () => send(command, ...rest);
      if (isSomebodyElse) return go();
      if (isDead) throw new Error('The worker is dead.');
      calls++;
      const { breakage, interruption } = plan;
      if (calls === interruption?.[0]) {
        [hasStruck, isSomebodyElse] = [true, true];
        await interruption[1]().finally(() => {
          isSomebodyElse = false;
        });
      }
      if (!changing.test(command.constructor.name)) return go();
      changes++;
      if (changes !== breakage?.[0]) return go();
      hasStruck = true;
      if (breakage[1] === 'refused') throw new Error('The call was refused.');
      await go();
      isDead = true;
      throw new Error('The answer was lost.');
    };
  beforeAll(() => {
    for (const client of [documentClient(), rawClient(), SQSClient.prototype]) {
      const target = client as unknown as { send: Send };
      const original = target.send;
      vi.spyOn(target, 'send').mockImplementation(function (this: object, ...given: Parameters<Send>) {
        return guarded((...inner) => original.apply(this, inner))(...given);
      });
    }
  });
  afterAll(() => {
    vi.restoreAllMocks();
  });
  return {
    reset() {
      [calls, changes, plan] = [0, 0, {}];
      [hasStruck, isDead] = [false, false];
    },
    counts: () => ({ calls, changes }),
    breakChange(number, how) {
      plan = { breakage: [number, how] };
    },
    interruptCall(number, action) {
      plan = { interruption: [number, action] };
    },
    hasStruck: () => hasStruck,
  };
}
