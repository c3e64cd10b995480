import { SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it, vi } from 'vitest';
import { handler as record } from '../subscribers/record-events.ts';
import { busBatch } from '../test-support/fixtures.ts';
import {
  bus,
  callEvents,
  create,
  ids,
  own,
  receiver,
  stack,
  work,
  workLanes,
  workReplays,
} from '../test-support/webhook-scene.ts';
import { runReplayStep } from './run-replay-step.ts';

/** Everything the receiver was to get, from the log alone. */
const logged = async (count: number) => {
  const events = Array.from({ length: count }, (_, i) =>
    own({ occurredAt: new Date(stack.now() - 500_000 + i * 1000).toISOString() }),
  );
  for (let start = 0; start < events.length; start += 10) await record(busBatch(events.slice(start, start + 10)));
  return events;
};

describe('a replay', () => {
  it('sends a range again, in order, resumable over many steps', async () => {
    const { id } = await create();
    const events = await logged(450);
    const { data: job, status } = await callEvents('POST', '/replay', {
      webhookId: id,
      from: events[10]!.occurredAt,
      to: events[439]!.occurredAt,
      types: ['station.*'],
    });
    expect(status).toBe(202);
    await workReplays();
    stack.advance(1000);
    await workLanes();
    expect(ids()).toEqual(events.slice(10, 440).map((event) => event.id));
    expect(receiver.received.every(({ headers }) => headers['mizan-replay'] === job.id)).toBe(true);
    expect((await callEvents('GET', `/replays/${job.id}`)).data).toMatchObject({
      status: 'completed',
      eventsRead: 430,
      eventsQueued: 430,
    });
  });

  it('goes on when of two who do a step at once the one who did it dies', async () => {
    const { id } = await create();
    const events = await logged(210);
    const from = events[0]!.occurredAt;
    const { data: job } = await callEvents('POST', '/replay', {
      webhookId: id,
      from,
      to: new Date(stack.now()).toISOString(),
    });
    stack.purge();
    const send = SQSClient.prototype.send as (...given: unknown[]) => Promise<unknown>;
    let deaths = 0;
    const spy = vi.spyOn(SQSClient.prototype, 'send').mockImplementation(function (this: SQSClient, ...given) {
      const { QueueUrl, Entries } = (given as any)[0].input;
      // Who moved the job on asks for the next step at once; the other one, late.
      if (!QueueUrl.includes('webhook-replays') || Entries[0].DelaySeconds > 0) return send.apply(this, given) as never;
      deaths++;
      return Promise.reject(new Error('The worker died.')) as never;
    });
    const step = { tenantId: events[0]!.tenantId, jobId: job.id, page: 0 };
    const outcomes = await Promise.allSettled([runReplayStep(step), runReplayStep(step)]);
    spy.mockRestore();
    expect([deaths, outcomes.filter(({ status }) => status === 'rejected').length]).toEqual([1, 1]);
    expect(stack.peek('webhook-replays')).toEqual([]);
    stack.advance(61_000);
    await workReplays();
    expect((await callEvents('GET', `/replays/${job.id}`)).data).toMatchObject({
      status: 'completed',
      eventsRead: 210,
      eventsQueued: 210,
    });
    stack.advance(1000);
    await workLanes();
    expect(ids()).toEqual(events.map((event) => event.id));
  });

  it('stops when it is cancelled', async () => {
    const { id } = await create();
    await bus(...Array.from({ length: 5 }, () => own()));
    await work();
    receiver.received.length = 0;
    const from = new Date(stack.now() - 1000).toISOString();
    const to = new Date(stack.now() + 1000).toISOString();
    const { data: job } = await callEvents('POST', '/replay', { webhookId: id, from, to });
    await workReplays();
    expect((await callEvents('POST', `/replays/${job.id}/cancel`)).data.status).toBe('cancelled');
    stack.advance(1000);
    await workLanes();
    expect(receiver.received).toHaveLength(0);
  });

  it('refuses ranges and endpoints that make no sense', async () => {
    const { id } = await create();
    const range = { from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z' };
    expect((await callEvents('POST', '/replay', { webhookId: id, from: range.to, to: range.from })).status).toBe(422);
    expect((await callEvents('POST', '/replay', { webhookId: id, ...range, types: ['no.such'] })).status).toBe(400);
    const missing = `${id.slice(0, -4)}0000`;
    expect((await callEvents('POST', '/replay', { webhookId: missing, ...range })).status).toBe(404);
  });
});
