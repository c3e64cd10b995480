/**
 * A worker that dies before and after everything it writes and sends, once each, and whose messages come again until they are
 * handled, late ones of before in between: what it makes must be what one that never dies makes.
 */
import { SQSClient } from '@aws-sdk/client-sqs';
import { vi } from 'vitest';
import { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';

class Crash extends Error {}

export interface CrashingWorker {
  /** Handles a message as often as it takes, then some that were handled before. */
  handle(body: string, work: (body: string) => Promise<void>): Promise<void>;
  /** Dies in the next thing that is written or sent: `commit before`, `send after` and so on. */
  dieAt(point: string): void;
  crashes: number;
  restore(): void;
}

/** @param seed which old messages come again */
export function crashingWorker(seed: number): CrashingWorker {
  const { commit } = UnitOfWork.prototype;
  const { send } = SQSClient.prototype;
  const handled: string[] = [];
  const died = new Map<string, Set<string>>();
  /** Points the message in work died at already, and how many of each kind this attempt has done. */
  let current: { died: Set<string>; counts: Map<string, number> } | undefined;
  let only: string | undefined;
  let random = seed;
  const next = (below: number): number => {
    random = (random * 1_103_515_245 + 12_345) % 2_147_483_648;
    return random % below;
  };
  const dieOnce = (kind: string, when: string): void => {
    if (only === `${kind} ${when}`) {
      only = undefined;
      throw new Crash(`${kind} ${when}`);
    }
    if (current === undefined) return;
    const point = `${kind} ${current.counts.get(kind)} ${when}`;
    if (current.died.has(point)) return;
    current.died.add(point);
    worker.crashes++;
    throw new Crash(point);
  };
  const around = async <T>(kind: string, act: () => Promise<T>): Promise<T> => {
    current?.counts.set(kind, (current.counts.get(kind) ?? -1) + 1);
    dieOnce(kind, 'before');
    const result = await act();
    dieOnce(kind, 'after');
    return result;
  };
  const spies = [
    vi.spyOn(UnitOfWork.prototype, 'commit').mockImplementation(function (this: UnitOfWork) {
      return around('commit', () => commit.call(this));
    }),
    vi.spyOn(SQSClient.prototype, 'send').mockImplementation(function (this: SQSClient, ...given: unknown[]) {
      return around('send', () => (send as (...all: unknown[]) => Promise<unknown>).apply(this, given)) as never;
    }),
  ];
  const once = async (body: string, work: (body: string) => Promise<void>): Promise<boolean> => {
    const own = died.get(body) ?? new Set<string>();
    died.set(body, own);
    current = { died: own, counts: new Map() };
    try {
      await work(body);
      return true;
    } catch (error) {
      if (error instanceof Crash) return false;
      throw error;
    } finally {
      current = undefined;
    }
  };
  const worker: CrashingWorker = {
    crashes: 0,
    dieAt(point) {
      only = point;
    },
    async handle(body, work) {
      while (!(await once(body, work)));
      handled.push(body);
      // Each repetition sends what follows anew, so most of them are left out for the test to end.
      if (handled.length < 200 && next(4) === 0) await once(handled[next(handled.length)]!, work);
    },
    restore() {
      for (const spy of spies) spy.mockRestore();
    },
  };
  return worker;
}
