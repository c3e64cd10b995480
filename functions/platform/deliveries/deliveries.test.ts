import { Webhook as Verifier } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { handler as dispatch } from '../subscribers/dispatch-webhooks.ts';
import { handler as record } from '../subscribers/record-events.ts';
import { busBatch, startReceiver } from '../test-support/fixtures.ts';
import {
  bus,
  call,
  create,
  deliveriesOf,
  emitted,
  ids,
  own,
  receiver,
  stack,
  work,
} from '../test-support/webhook-scene.ts';

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
