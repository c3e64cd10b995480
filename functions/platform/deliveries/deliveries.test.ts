import { Webhook as Verifier } from 'standardwebhooks';
import { beforeEach, describe, expect, it } from 'vitest';
import type { EventEnvelope } from '../../../layers/kernel/events/envelope.ts';
import { handler as deliver } from '../consumers/deliver-webhooks.ts';
import { handler as flush } from '../consumers/flush-batches.ts';
import { handler as runLanes } from '../consumers/run-lanes.ts';
import { handler as runReplays } from '../consumers/run-replays.ts';
import { handler as eventsHandler } from '../events/handler.ts';
import { handler as dispatch } from '../subscribers/dispatch-webhooks.ts';
import { handler as record } from '../subscribers/record-events.ts';
import {
  busBatch,
  caller,
  type HttpAnswer,
  makeEvent,
  type Receiver,
  startReceiver,
} from '../test-support/fixtures.ts';
import { usePlatformStack } from '../test-support/platform-stack.ts';
import { handler } from '../webhooks/handler.ts';
import { webhookHealthEntity } from '../webhooks/webhook-entity.ts';

const stack = usePlatformStack();
let tenant = 0;
let tenantId: string;
let call: (method: string, path: string, body?: unknown) => Promise<HttpAnswer>;
let callEvents: typeof call;
let receiver: Receiver;

beforeEach(async () => {
  tenantId = `tenant-d${++tenant}`;
  call = caller(handler, '/api/v1/developer/webhooks', { tenantId });
  callEvents = caller(eventsHandler, '/api/v1/developer/events', { tenantId });
  receiver = await startReceiver();
  // The clock runs on between tests: what one leaves behind in a queue would meet the next one.
  stack.purge();
});

const create = async (changes: object = {}): Promise<any> => {
  const { status, data, body } = await call('POST', '', {
    name: 'Partner',
    url: receiver.url,
    subscribedEvents: ['*'],
    ...changes,
  });
  expect(status, JSON.stringify(body)).toBe(201);
  return data;
};

const own = (changes: Partial<EventEnvelope> = {}): EventEnvelope => makeEvent({ tenantId, ...changes });
const bus = async (...events: EventEnvelope[]): Promise<void> => {
  for (let start = 0; start < events.length; start += 10) {
    const batch = busBatch(events.slice(start, start + 10));
    expect((await record(batch)).batchItemFailures).toEqual([]);
    expect((await dispatch(batch)).batchItemFailures).toEqual([]);
  }
};
const work = () => stack.drain('webhook-deliveries', deliver);
const workLanes = () => stack.drain('webhook-lanes', runLanes);
const deliveriesOf = async (id: string, query = ''): Promise<any[]> =>
  (await call('GET', `/${id}/deliveries${query}`)).data;
const emitted = () => stack.outbox(tenantId);
const ids = (): string[] => receiver.received.map(({ headers }) => String(headers['webhook-id']));

describe('delivery', () => {
  it('brings an event to an endpoint, signed, with one row written', async () => {
    const { id, secret } = await create({ headers: { Authorization: 'Bearer t' } });
    const event = own();
    await bus(event);
    await work();
    const [request] = receiver.received;
    expect(new Verifier(secret).verify(request!.body, request!.headers as Record<string, string>)).toEqual({
      id: event.id,
      type: 'station.created',
      timestamp: event.occurredAt,
      source: 'scada',
      aggregateType: 'station',
      aggregateId: 'ST-001',
      correlationId: 'cor-1',
      schemaVersion: 1,
      data: event.payload,
    });
    expect(request!.headers).toMatchObject({ authorization: 'Bearer t', 'mizan-attempt': '1', 'webhook-id': event.id });
    const [delivery] = await deliveriesOf(id);
    expect(delivery).toMatchObject({
      webhookId: id,
      eventId: event.id,
      eventType: 'station.created',
      requestUrl: receiver.url,
      requestHeaders: { Authorization: '•••', 'webhook-id': event.id },
      responseStatus: 200,
      responseBody: 'noted',
      status: 'success',
      attemptNumber: 1,
      nextRetryAt: null,
    });
    const { data } = await call('GET', `/deliveries/${delivery.id}`);
    expect(data.requestBody).toMatchObject({ id: event.id, data: event.payload });
    expect(data.attempts).toHaveLength(1);
    expect((await call('GET', `/${id}`)).data).toMatchObject({ lastStatus: 'success', consecutiveFailures: 0 });
    expect((await call('GET', `/${id}/stats`)).data).toMatchObject({ successes: 1, failures: 0, successRate: 1 });
  });

  it('goes to the endpoints that want the event and to no others', async () => {
    const other = await startReceiver();
    await create({ subscribedEvents: ['station.created'], filter: { id: [{ prefix: 'ST-' }] } });
    await create({ url: other.url, subscribedEvents: ['station.updated'] });
    await create({ url: other.url, subscribedEvents: ['station.*'], filter: { id: ['ST-999'] } });
    await create({ url: other.url, isActive: false });
    await bus(own());
    await work();
    expect(receiver.received).toHaveLength(1);
    expect(other.received).toHaveLength(0);
  });

  it('goes to an endpoint from its creation on, and in its new form from its change on', async () => {
    await create();
    await bus(own());
    await work();
    const late = await startReceiver();
    const { id } = await create({ url: late.url });
    await bus(own());
    await work();
    expect(late.received).toHaveLength(1);
    await call('POST', `/${id}/disable`);
    await call('POST', `/${id}/enable`);
    await bus(own());
    await work();
    expect(late.received).toHaveLength(2);
  });

  it('is made once, however often the bus and the queue repeat themselves', async () => {
    await create();
    const event = own();
    await bus(event);
    await work();
    await bus(event);
    await bus(event);
    await work();
    expect(receiver.received).toHaveLength(1);
  });

  it('is repeated on the published schedule with the same id, and then given up', async () => {
    const { id } = await create({ maxRetries: 2 });
    receiver.answers.push(500, 502, 503);
    const event = own();
    await bus(event);
    await work();
    let [delivery] = await deliveriesOf(id);
    expect(delivery).toMatchObject({ status: 'failed', attemptNumber: 1, responseStatus: 500 });
    const firstWaitMs = Date.parse(delivery.nextRetryAt) - stack.now();
    expect(firstWaitMs).toBeGreaterThanOrEqual(5000);
    expect(firstWaitMs).toBeLessThanOrEqual(6000);
    stack.advance(4000);
    await work();
    expect(receiver.received).toHaveLength(1);
    stack.advance(3000);
    await work();
    stack.advance(37_000);
    await work();
    expect(ids()).toEqual([event.id, event.id, event.id]);
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-timestamp'])).size).toBe(3);
    [delivery] = await deliveriesOf(id, '?status=failed');
    expect(delivery).toMatchObject({ attemptNumber: 3, responseStatus: 503, nextRetryAt: null });
    expect((await call('GET', `/deliveries/${delivery.id}`)).data.attempts.map((a: any) => a.responseStatus)).toEqual([
      500, 502, 503,
    ]);
    expect(emitted().filter(({ type }) => type === 'webhook.delivery_exhausted')).toMatchObject([
      { aggregateId: id, causationId: event.id, payload: expect.stringContaining(event.id) },
    ]);
    expect(stack.waiting('webhook-deliveries')).toBe(0);
    expect((await call('GET', `/${id}/stats`)).data).toMatchObject({ failures: 3, exhausted: 1 });
  });

  it('honours Retry-After, in hops when it is longer than a queue delays', async () => {
    await create();
    receiver.answers.push((_, outgoing) => void outgoing.writeHead(429, { 'retry-after': '3600' }).end());
    await bus(own());
    await work();
    for (let quarter = 0; quarter < 3; quarter++) {
      stack.advance(900_000);
      await work();
    }
    expect(receiver.received).toHaveLength(1);
    stack.advance(901_000);
    await work();
    expect(receiver.received).toHaveLength(2);
  });

  it('follows no redirect and says so', async () => {
    const { id } = await create({ maxRetries: 0 });
    receiver.answers.push((_, outgoing) => void outgoing.writeHead(301, { location: '/elsewhere' }).end());
    await bus(own());
    await work();
    expect(receiver.received.map(({ path }) => path)).toEqual(['/hook']);
    expect((await deliveriesOf(id))[0].errorMessage).toContain('Redirects are not followed');
  });

  it('is tried again when the connection fails', async () => {
    const { id } = await create();
    receiver.answers.push((incoming) => void incoming.socket.destroy());
    await bus(own());
    await work();
    expect((await deliveriesOf(id))[0]).toMatchObject({
      status: 'failed',
      responseStatus: null,
      errorMessage: expect.stringContaining('connection failed'),
    });
    stack.advance(7000);
    await work();
    expect((await deliveriesOf(id))[0]).toMatchObject({ status: 'success', attemptNumber: 2 });
  });

  it('survives a worker that died after the attempt and before it queued the next', async () => {
    await create();
    receiver.answers.push(500);
    await bus(own());
    const crashed = stack.peek('webhook-deliveries');
    await work();
    // The first message comes again, as it does when its worker never deleted it, and the follow-up is lost.
    stack.purge();
    stack.send('webhook-deliveries', crashed);
    await work();
    stack.advance(7000);
    await work();
    expect(receiver.received).toHaveLength(2);
  });

  it('makes a retry once when its message comes twice', async () => {
    await create();
    receiver.answers.push(500);
    await bus(own());
    await work();
    stack.advance(7000);
    const [retry] = stack.peek('webhook-deliveries');
    stack.send('webhook-deliveries', [retry!, retry!]);
    await work();
    expect(receiver.received).toHaveLength(2);
  });

  it('reads a long body from the event log, and waits until the log has it', async () => {
    await create();
    const event = own({ payload: { text: 'x'.repeat(300_000) } });
    await dispatch(busBatch([event]));
    await work();
    expect(receiver.received).toHaveLength(0);
    await record(busBatch([event]));
    stack.advance(2000);
    await work();
    expect(JSON.parse(receiver.received[0]!.body).data).toEqual(event.payload);
  });

  it('is spread over time by the rate limit of the endpoint, without losing any', async () => {
    const { id } = await create({ rateLimitPerSecond: 2 });
    await bus(...Array.from({ length: 10 }, () => own()));
    const perSecond: number[] = [];
    for (let second = 0; second < 6; second++) {
      await work();
      perSecond.push(receiver.received.length);
      stack.advance(1000);
    }
    // The first second takes what is due within it; then two a second.
    expect(perSecond[0]).toBeLessThanOrEqual(3);
    expect(perSecond.at(-1)).toBe(10);
    for (let i = 1; i < perSecond.length; i++) expect(perSecond[i]! - perSecond[i - 1]!).toBeLessThanOrEqual(3);
    expect(new Set(ids()).size).toBe(10);
    expect(await deliveriesOf(id, '?status=success')).toHaveLength(10);
  });

  it('drops what waits for an endpoint that was deleted', async () => {
    const { id } = await create();
    await bus(own());
    await call('DELETE', `/${id}`);
    await work();
    expect(receiver.received).toHaveLength(0);
    expect(stack.waiting('webhook-deliveries')).toBe(0);
  });

  it('is sent again on request, marked as a replay', async () => {
    const { id } = await create();
    await bus(own());
    await work();
    const [delivery] = await deliveriesOf(id);
    expect((await call('POST', `/deliveries/${delivery.id}/replay`)).status).toBe(202);
    await work();
    expect(ids()[1]).toBe(ids()[0]);
    expect(receiver.received[1]!.headers['mizan-replay']).toBe('manual');
    expect((await deliveriesOf(id))[0]).toMatchObject({ attemptNumber: 2, status: 'success' });
  });
});

describe('an endpoint that keeps failing', () => {
  it('is disabled at once by 410, with an event and an alert', async () => {
    const { id } = await create();
    receiver.answers.push(410);
    await bus(own());
    await work();
    expect((await call('GET', `/${id}`)).data).toMatchObject({ isActive: false, disabledReason: 'gone' });
    expect(emitted().map(({ type }) => type)).toEqual(
      expect.arrayContaining(['webhook.endpoint_disabled', 'system.alert', 'webhook.delivery_exhausted']),
    );
    await bus(own());
    await work();
    expect(receiver.received).toHaveLength(1);
  });

  it('is disabled after three days without one success, and not a moment before', async () => {
    const { id } = await create({ maxRetries: 0 });
    for (let hour = 0; hour < 72; hour += 6) {
      receiver.answers.push(500);
      await bus(own());
      await work();
      expect((await call('GET', `/${id}`)).data.isActive, `hour ${hour}`).toBe(true);
      stack.advance(6 * 3_600_000);
    }
    receiver.answers.push(500);
    await bus(own());
    await work();
    expect((await call('GET', `/${id}`)).data).toMatchObject({ isActive: false, disabledReason: 'failing_for_days' });
  });

  it('is not disabled when a success comes in between, or when its failures are far apart', async () => {
    const { id } = await create({ maxRetries: 0 });
    for (const answer of [500, 500, 500, 500, 500, 200, 500]) {
      receiver.answers.push(answer);
      await bus(own());
      await work();
      stack.advance(15 * 3_600_000);
    }
    expect((await call('GET', `/${id}`)).data).toMatchObject({ isActive: true, consecutiveFailures: 1 });
    stack.advance(10 * 86_400_000);
    receiver.answers.push(500);
    await bus(own());
    await work();
    const health = await stack.session(tenantId).require(webhookHealthEntity, { id });
    expect(health).toMatchObject({ consecutiveFailures: 1, failingSince: new Date(stack.now()).toISOString() });
  });

  it('comes back by enable, and recover sends what it missed, once', async () => {
    const { id } = await create({ maxRetries: 0 });
    const [delivered, failed, missed] = [own(), own(), own()];
    await bus(delivered);
    await work();
    stack.advance(1000);
    const since = new Date(stack.now() - 5000).toISOString();
    receiver.answers.push(410);
    await bus({ ...failed, occurredAt: new Date(stack.now()).toISOString() });
    await work();
    await bus({ ...missed, occurredAt: new Date(stack.now()).toISOString() });
    expect((await call('POST', `/${id}/recover`, { since })).status).toBe(422);
    expect((await call('POST', `/${id}/enable`)).data).toMatchObject({ isActive: true, consecutiveFailures: 0 });
    expect(emitted().map(({ type }) => type)).toContain('webhook.endpoint_enabled');
    receiver.received.length = 0;
    const { status, data: job } = await call('POST', `/${id}/recover`, { since });
    expect(status).toBe(202);
    await stack.drain('webhook-replays', runReplays);
    await work();
    expect(ids().sort()).toEqual([failed.id, missed.id].sort());
    expect((await callEvents('GET', `/replays/${job.id}`)).data).toMatchObject({
      status: 'completed',
      mode: 'recover',
      eventsQueued: 2,
    });
    await call('POST', `/${id}/recover`, { since });
    await stack.drain('webhook-replays', runReplays);
    await work();
    expect(receiver.received).toHaveLength(2);
  });

  it('never hears about itself, and two failing endpoints do not feed each other', async () => {
    const { id } = await create({ maxRetries: 0 });
    const { id: other } = await create({ maxRetries: 0 });
    receiver.answers.push(...Array.from({ length: 50 }, () => 500));
    await bus(own());
    await work();
    for (let round = 0; round < 5; round++) {
      const events = stack.takeOutbox(tenantId).filter(({ type }) => type === 'webhook.delivery_exhausted');
      await bus(
        ...events.map((event) =>
          own({ ...event, payload: JSON.parse(event['payload']!), schemaVersion: 1, metadata: {} }),
        ),
      );
      await work();
    }
    // One message each about the station, and one each about the failure of the other.
    expect(receiver.received).toHaveLength(4);
    expect((await deliveriesOf(id)).length + (await deliveriesOf(other)).length).toBe(4);
  });
});

describe('an ordered endpoint', () => {
  const at = (ms: number): string => new Date(stack.now() + ms).toISOString();

  it('gets the events of an aggregate in order of time, though the bus brought them in disorder', async () => {
    await create({ ordering: 'aggregate' });
    const events = Array.from({ length: 12 }, (_, i) => own({ occurredAt: at(-100 + i) }));
    await bus(...events.toReversed());
    await workLanes();
    expect(receiver.received).toHaveLength(0);
    stack.advance(2000);
    await workLanes();
    expect(ids()).toEqual(events.map(({ id }) => id));
  });

  it('holds up a lane behind a failing message, and no other lane', async () => {
    await create({ ordering: 'aggregate' });
    const [a1, a2] = [own({ occurredAt: at(0) }), own({ occurredAt: at(1) })];
    const b1 = own({ aggregateId: 'ST-002', occurredAt: at(2) });
    await bus(a1, a2);
    stack.advance(2000);
    receiver.answers.push(500);
    await workLanes();
    expect(ids()).toEqual([a1.id]);
    await bus(b1);
    stack.advance(2000);
    await workLanes();
    expect(ids()).toEqual([a1.id, b1.id]);
    stack.advance(5000);
    await workLanes();
    expect(ids()).toEqual([a1.id, b1.id, a1.id, a2.id]);
  });

  it('goes on behind a message that is given up', async () => {
    await create({ ordering: 'aggregate', maxRetries: 0 });
    const [first, second] = [own({ occurredAt: at(0) }), own({ occurredAt: at(1) })];
    receiver.answers.push(500);
    await bus(first, second);
    stack.advance(2000);
    await workLanes();
    expect(ids()).toEqual([first.id, second.id]);
  });

  it('has one message of a lane in flight, though many workers look at it', async () => {
    await create({ ordering: 'aggregate' });
    let inFlight = 0;
    let most = 0;
    for (let i = 0; i < 20; i++)
      receiver.answers.push((_, outgoing) => {
        most = Math.max(most, ++inFlight);
        setImmediate(() => {
          inFlight--;
          outgoing.end();
        });
      });
    const events = Array.from({ length: 20 }, (_, i) => own({ occurredAt: at(i) }));
    for (const event of events) await bus(event);
    stack.advance(2000);
    await Promise.all([workLanes(), workLanes(), workLanes(), workLanes()]);
    await workLanes();
    expect(most).toBe(1);
    expect(ids()).toEqual(events.map(({ id }) => id));
  });

  it('is spread over time by its rate limit too', async () => {
    await create({ ordering: 'aggregate', rateLimitPerSecond: 0.2 });
    const events = Array.from({ length: 3 }, (_, i) => own({ occurredAt: at(i) }));
    await bus(...events);
    for (let second = 0; second < 25; second++) {
      stack.advance(1000);
      await workLanes();
    }
    expect(ids()).toEqual(events.map(({ id }) => id));
  });

  it('keeps what waited when it is disabled, for recover', async () => {
    const { id } = await create({ ordering: 'aggregate' });
    const events = Array.from({ length: 3 }, (_, i) => own({ occurredAt: at(i) }));
    const since = at(-1000);
    await bus(...events);
    await call('POST', `/${id}/disable`);
    stack.advance(2000);
    await workLanes();
    expect(receiver.received).toHaveLength(0);
    expect(await deliveriesOf(id, '?status=failed')).toHaveLength(3);
    await call('POST', `/${id}/enable`);
    await call('POST', `/${id}/recover`, { since });
    await stack.drain('webhook-replays', runReplays);
    await workLanes();
    expect(ids()).toEqual(events.map((event) => event.id));
  });
});

describe('a batched endpoint', () => {
  it('gets full batches at once and the rest after the wait', async () => {
    const { id, secret } = await create({ batch: { maxEvents: 4, maxWaitSeconds: 30 } });
    const events = Array.from({ length: 10 }, (_, i) => own({ occurredAt: new Date(stack.now() + i).toISOString() }));
    await bus(...events);
    await stack.drain('webhook-batches', flush);
    await work();
    expect(receiver.received).toHaveLength(2);
    stack.advance(30_000);
    await stack.drain('webhook-batches', flush);
    await work();
    const bodies = receiver.received.map(
      ({ body, headers }) =>
        new Verifier(secret).verify(body, {
          ...(headers as Record<string, string>),
          ...fresh(secret, body, headers),
        }) as any,
    );
    expect(bodies.map(({ type, data }) => [type, data.length])).toEqual([
      ['batch', 4],
      ['batch', 4],
      ['batch', 2],
    ]);
    expect(bodies.flatMap(({ data }) => data.map((event: any) => event.id))).toEqual(events.map((event) => event.id));
    const [newest] = await deliveriesOf(id);
    expect((await call('GET', `/deliveries/${newest.id}`)).data).toMatchObject({
      eventType: 'batch',
      eventIds: expect.any(Array),
      requestBody: { type: 'batch' },
    });
  });

  it('repeats a batch with the same events under the same id', async () => {
    await create({ batch: { maxEvents: 2, maxWaitSeconds: 5 } });
    receiver.answers.push(500);
    await bus(own(), own());
    await stack.drain('webhook-batches', flush);
    await work();
    stack.advance(7000);
    await work();
    expect(receiver.received).toHaveLength(2);
    expect(receiver.received[0]!.body).toBe(receiver.received[1]!.body);
    expect(ids()[0]).toBe(ids()[1]);
  });
});

describe('a replay', () => {
  it('sends a range again, in order, resumable over many steps', async () => {
    const { id } = await create();
    const events = Array.from({ length: 450 }, (_, i) =>
      own({ occurredAt: new Date(stack.now() - 500_000 + i * 1000).toISOString() }),
    );
    for (let start = 0; start < events.length; start += 10) await record(busBatch(events.slice(start, start + 10)));
    const { data: job, status } = await callEvents('POST', '/replay', {
      webhookId: id,
      from: events[10]!.occurredAt,
      to: events[439]!.occurredAt,
      types: ['station.*'],
    });
    expect(status).toBe(202);
    await stack.drain('webhook-replays', runReplays);
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

  it('stops when it is cancelled', async () => {
    const { id } = await create();
    await bus(...Array.from({ length: 5 }, () => own()));
    await work();
    receiver.received.length = 0;
    const from = new Date(stack.now() - 1000).toISOString();
    const to = new Date(stack.now() + 1000).toISOString();
    const { data: job } = await callEvents('POST', '/replay', { webhookId: id, from, to });
    await stack.drain('webhook-replays', runReplays);
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

/** The library refuses old messages; the clock of these tests runs ahead of the message's own time. */
function fresh(secret: string, body: string, headers: Receiver['received'][number]['headers']): Record<string, string> {
  const id = String(headers['webhook-id']);
  const now = new Date(stack.now());
  expect(new Verifier(secret).sign(id, new Date(Number(headers['webhook-timestamp']) * 1000), body)).toBe(
    headers['webhook-signature'],
  );
  return {
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': new Verifier(secret).sign(id, now, body),
  };
}
