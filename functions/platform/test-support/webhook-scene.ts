/** One tenant, one receiver and the whole way from the bus to it, set up anew for each test of the file that imports this. */
import { beforeEach, expect } from 'vitest';
import type { EventEnvelope } from '../../../layers/kernel/events/envelope.ts';
import { handler as deliver } from '../consumers/deliver-webhooks.ts';
import { handler as flush } from '../consumers/flush-batches.ts';
import { handler as runLanes } from '../consumers/run-lanes.ts';
import { handler as runReplays } from '../consumers/run-replays.ts';
import { handler as eventsHandler } from '../events/handler.ts';
import { handler as dispatch } from '../subscribers/dispatch-webhooks.ts';
import { handler as record } from '../subscribers/record-events.ts';
import { handler } from '../webhooks/handler.ts';
import { busBatch, caller, type HttpAnswer, makeEvent, type Receiver, startReceiver } from './fixtures.ts';
import { usePlatformStack } from './platform-stack.ts';

export const stack = usePlatformStack(['identity']);
let tenant = 0;
export let tenantId: string;
export let call: (method: string, path: string, body?: unknown) => Promise<HttpAnswer>;
export let callEvents: typeof call;
export let receiver: Receiver;

beforeEach(async () => {
  tenantId = `tenant-d${++tenant}`;
  call = caller(handler, '/api/v1/developer/webhooks', { tenantId });
  callEvents = caller(eventsHandler, '/api/v1/developer/events', { tenantId });
  receiver = await startReceiver();
  // The clock runs on between tests: what one leaves behind in a queue would meet the next one.
  stack.purge();
});

export const create = async (changes: object = {}): Promise<any> => {
  const { status, data, body } = await call('POST', '', {
    name: 'Partner',
    url: receiver.url,
    subscribedEvents: ['*'],
    ...changes,
  });
  expect(status, JSON.stringify(body)).toBe(201);
  return data;
};

export const own = (changes: Partial<EventEnvelope> = {}): EventEnvelope => makeEvent({ tenantId, ...changes });
export const bus = async (...events: EventEnvelope[]): Promise<void> => {
  for (let start = 0; start < events.length; start += 10) {
    const batch = busBatch(events.slice(start, start + 10));
    expect((await record(batch)).batchItemFailures).toEqual([]);
    expect((await dispatch(batch)).batchItemFailures).toEqual([]);
  }
};
export const work = () => stack.drain('webhook-deliveries', deliver);
export const workLanes = () => stack.drain('webhook-lanes', runLanes);
export const deliveriesOf = async (id: string, query = ''): Promise<any[]> =>
  (await call('GET', `/${id}/deliveries${query}`)).data;
export const emitted = () => stack.outbox(tenantId);
export const ids = (): string[] => receiver.received.map(({ headers }) => String(headers['webhook-id']));

export const flushBatches = () => stack.drain('webhook-batches', flush);
export const workReplays = () => stack.drain('webhook-replays', runReplays);
