import { SQSClient } from '@aws-sdk/client-sqs';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { documentClient } from '../../../layers/kernel/data/client.ts';
import { handler as deliver } from '../consumers/deliver-webhooks.ts';
import { handler as flush } from '../consumers/flush-batches.ts';
import { handler as runLanes } from '../consumers/run-lanes.ts';
import { handler as dispatch } from '../subscribers/dispatch-webhooks.ts';
import { handler as record } from '../subscribers/record-events.ts';
import { busBatch, caller, makeEvent, startReceiver } from '../test-support/fixtures.ts';
import { usePlatformStack } from '../test-support/platform-stack.ts';
import { handler } from '../webhooks/handler.ts';

const stack = usePlatformStack();
let run = 0;

/** The process dies at the n-th AWS call from now, before or after it took effect; no call of it succeeds any more. */
const death = { inCalls: Number.POSITIVE_INFINITY, takesEffect: false, isDead: false };

/** A life ends with its last call: the next one must not find it still running in the memory they share. */
let lastCall: Promise<unknown> | undefined;

async function mortal<T>(call: () => Promise<T>): Promise<T> {
  if (death.isDead) throw new Error('dead');
  if (--death.inCalls > 0) return call();
  death.isDead = true;
  if (death.takesEffect) {
    lastCall = call().catch(() => {});
    await lastCall;
  }
  throw new Error('died');
}

beforeEach(() => {
  vi.restoreAllMocks();
  for (const target of [documentClient(), SQSClient.prototype]) {
    const send = target.send;
    vi.spyOn(target as any, 'send').mockImplementation(function (this: any, command: any) {
      return mortal(() => (send as (command: any) => Promise<any>).call(this, command));
    });
  }
});

/** Runs one invocation that may die, and says whether it did. */
async function mortally(inCalls: number, takesEffect: boolean, work: () => Promise<unknown>): Promise<boolean> {
  Object.assign(death, { inCalls, takesEffect, isDead: false });
  await work().catch(() => {});
  await lastCall;
  // What still waits for an answer learns that it is dead before the next life begins.
  await new Promise((resolve) => setTimeout(resolve, 5));
  const hasDied = death.isDead;
  Object.assign(death, { inCalls: Number.POSITIVE_INFINITY, isDead: false });
  return hasDied;
}

async function scene(settings: object) {
  const tenantId = `tenant-c${++run}`;
  stack.purge();
  const receiver = await startReceiver();
  const call = caller(handler, '/api/v1/developer/webhooks', { tenantId });
  const { data } = await call('POST', '', { name: 'P', url: receiver.url, subscribedEvents: ['*'], ...settings });
  const events = Array.from({ length: 3 }, (_, i) =>
    makeEvent({ tenantId, occurredAt: new Date(stack.now() + i).toISOString() }),
  );
  await record(busBatch(events));
  const dispatchAll = async (): Promise<void> => {
    const { batchItemFailures } = await dispatch(busBatch(events));
    if (batchItemFailures.length > 0) throw new Error('given back');
  };
  const round = async (): Promise<void> => {
    await stack.drain('webhook-batches', flush, 5);
    await stack.drain('webhook-lanes', runLanes, 5);
    await stack.drain('webhook-deliveries', deliver, 5);
  };
  /** Long enough for every visibility timeout, lease, claim and retry. */
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 8; i++) {
      stack.advance(361_000);
      await round();
    }
  };
  const deliveries = async (): Promise<any[]> => (await call('GET', `/${data.id}/deliveries`)).data;
  return { receiver, events, dispatchAll, round, settle, deliveries };
}

const idsOf = (bodies: readonly string[]): string[] =>
  bodies.flatMap((body) => {
    const message = JSON.parse(body);
    return message.type === 'batch' ? message.data.map(({ id }: { id: string }) => id) : [message.id];
  });

describe.each([
  ['side by side', {}],
  ['in order', { ordering: 'aggregate' }],
  ['in batches', { batch: { maxEvents: 3, maxWaitSeconds: 5 } }],
])('a worker that dies anywhere, delivering %s', (_, settings) => {
  it.each([
    ['before', false],
    ['after', true],
  ])('%s the call takes effect, loses nothing', async (__, takesEffect) => {
    let wasDeadly = true;
    for (let n = 1; wasDeadly && n < 60; n++) {
      const { receiver, events, dispatchAll, round, settle, deliveries } = await scene(settings);
      // The first answer is a failure, so that the retry's steps are among those that die.
      receiver.answers.push(500);
      wasDeadly = await mortally(n, takesEffect, async () => {
        await dispatchAll();
        stack.advance(6000);
        await round();
        stack.advance(7000);
        await round();
      });
      // The bus brings again what the dispatcher did not finish.
      await dispatchAll();
      await settle();
      const received = idsOf(receiver.received.map(({ body }) => body));
      const ids = events.map(({ id }) => id);
      expect(new Set(received), `death at call ${n}`).toEqual(new Set(ids));
      expect(
        (await deliveries()).every(({ status }) => status === 'success'),
        `death at call ${n}`,
      ).toBe(true);
      for (const queue of ['webhook-deliveries', 'webhook-lanes', 'webhook-batches'])
        expect(stack.waiting(queue), `${queue} after death at call ${n}`).toBe(0);
      if ('ordering' in settings)
        expect(
          ids.map((id) => received.indexOf(id)),
          `order after death at call ${n}`,
        ).toEqual(ids.map((id) => received.indexOf(id)).toSorted((a, b) => a - b));
    }
    expect(wasDeadly).toBe(false);
  });
});
