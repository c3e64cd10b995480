/**
 * Watches the calls a worker makes to AWS, topics it publishes to included, so that a test can count them, break one as AWS or a
 * crash would, or let somebody else act in front of one.
 */
import { SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, vi } from 'vitest';
import { rawClient } from '../../../layers/kernel/data/client.ts';

/**
 * `refused`: it fails and nothing was done. `unheard`: it fails though it was done. `lost`: it was done, and the worker died before
 * it heard so. `died`: the worker died before it, after whatever it had done elsewhere.
 */
export type Breakage = 'refused' | 'unheard' | 'lost' | 'died';

export interface CallWatch {
  /** Counts from nothing, with nothing broken; a worker that died is started again. */
  reset(): void;
  /** Starts a worker that died again; what is counted and planned stays. */
  revive(): void;
  /** Calls and, of them, those that change something, since the last reset. */
  counts(): { calls: number; changes: number };
  /** Breaks the so-many-th change from now on. */
  breakChange(number: number, how: Breakage): void;
  /** Lets somebody act in front of the so-many-th call; their own calls are not counted. */
  interruptCall(number: number, action: () => Promise<void>): void;
  /** Whether what was planned has happened. */
  hasStruck(): boolean;
}

const changing = /^(TransactWrite|Put|Update|Delete|BatchWrite|SendMessage|SendEmail|PublishTopic)/;

type Call = (command: object, ...rest: unknown[]) => Promise<unknown>;

/** How a request to AWS IoT, which goes past the clients' `send`, is called here. */
class PublishTopic {}

export function useCallWatch(): CallWatch {
  let [calls, changes] = [0, 0];
  let plan: { breakage?: [number, Breakage]; interruption?: [number, () => Promise<void>] } = {};
  let [hasStruck, isDead, isSomebodyElse] = [false, false, false];
  const guarded = async (command: object, go: () => Promise<unknown>): Promise<unknown> => {
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
    const how = breakage[1];
    // At once, so that nothing that the worker does side by side comes after its death.
    isDead = how === 'died' || how === 'lost';
    if (how === 'lost' || how === 'unheard') await go();
    throw new Error(`The call was ${how}.`);
  };
  beforeAll(() => {
    // What all clients of the SDK share.
    const clients = Object.getPrototypeOf(SQSClient.prototype) as { send: Call };
    const { send } = clients;
    vi.spyOn(clients, 'send').mockImplementation(function (this: object, ...given: Parameters<Call>) {
      return guarded(given[0], () => send.apply(this, given));
    });
    const sockets = rawClient().config.requestHandler as unknown as { handle: Call };
    const handle = sockets.handle.bind(sockets);
    vi.spyOn(sockets, 'handle').mockImplementation((...given) =>
      (given[0] as { path: string }).path.startsWith('/topics/')
        ? guarded(new PublishTopic(), () => handle(...given))
        : handle(...given),
    );
  });
  afterAll(() => {
    vi.restoreAllMocks();
  });
  return {
    reset() {
      [calls, changes, plan] = [0, 0, {}];
      [hasStruck, isDead] = [false, false];
    },
    revive() {
      isDead = false;
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
