import { beforeEach, describe, expect, it, vi } from 'vitest';
import { logger } from '../../../layers/kernel/observability/logger.ts';
import { handler as runHandlers } from '../consumers/run-event-handlers.ts';
import { handler as integrationsHandler } from '../integrations/handler.ts';
import { caller, type HttpAnswer } from '../test-support/fixtures.ts';
import { simulateProvider } from '../test-support/test-provider.ts';
import {
  bus,
  callEvents,
  call as callWebhooks,
  create,
  own,
  receiver,
  stack,
  tenantId,
  work,
  workLanes,
  workReplays,
} from '../test-support/webhook-scene.ts';
import { handler } from './handler.ts';

const base = '/api/v1/developer/event-subscriptions';
let call: (method: string, path: string, body?: unknown) => Promise<HttpAnswer>;
beforeEach(() => {
  call = caller(handler, base, { tenantId });
});

const subscribe = async (body: object): Promise<any> => {
  const answer = await call('POST', '', { subscriberName: 'Partner', eventType: 'station.*', ...body });
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return answer.data;
};
const runFunctions = () => stack.drain('event-handlers', runHandlers);
const logsOf = async (id: string, query = ''): Promise<any[]> => (await call('GET', `/${id}/logs${query}`)).data;
const receive = async (id: string, body?: object): Promise<any[]> => (await call('POST', `/${id}/receive`, body)).data;

describe('a subscription', () => {
  it('shows every documented column, is unique by name and type, and can be changed', async () => {
    const made = await subscribe({ handlerType: 'queue', filterExpression: { name: ['North'] }, priority: 5 });
    expect(made).toMatchObject({
      subscriberName: 'Partner',
      eventType: 'station.*',
      handlerType: 'queue',
      handlerConfig: { visibilityTimeoutSeconds: 30, retentionDays: 7, apiKeyIds: [] },
      filterExpression: { name: ['North'] },
      isActive: true,
      priority: 5,
      maxRetries: 3,
      retryDelaySeconds: 60,
      createdBy: 'usr_1',
    });
    const again = await call('POST', '', { subscriberName: 'Partner', eventType: 'station.*', handlerType: 'queue' });
    expect([again.status, again.body.code]).toEqual([409, 'already_exists']);
    const other = await subscribe({ handlerType: 'queue', eventType: 'invoice.*' });
    expect((await call('PUT', `/${other.id}`, { eventType: 'station.*' })).status).toBe(409);
    const changed = await call('PUT', `/${made.id}`, {
      subscriberName: 'Other',
      filterExpression: null,
      handlerConfig: { retentionDays: 3 },
      maxRetries: 1,
    });
    expect(changed.data).toMatchObject({
      subscriberName: 'Other',
      filterExpression: null,
      handlerConfig: { visibilityTimeoutSeconds: 30, retentionDays: 3, apiKeyIds: [] },
      maxRetries: 1,
      version: 2,
    });
    // The name is free again.
    await subscribe({ handlerType: 'queue' });
    expect((await call('GET', '?handlerType=queue')).data).toHaveLength(3);
    expect((await call('DELETE', `/${made.id}`)).status).toBe(204);
    expect((await call('GET', `/${made.id}`)).status).toBe(404);
    expect((await call('GET', `/${other.id}/history`)).data.length).toBeGreaterThan(0);
  });

  it.each<[object, string]>([
    [{ handlerType: 'queue', eventType: 'no.such' }, '/eventType'],
    [{ handlerType: 'lambda' }, '/handlerType'],
    [{ handlerType: 'function', handlerConfig: { function: 'eval' } }, '/handlerConfig/function'],
    [
      { handlerType: 'function', handlerConfig: { function: 'send_sms', input: { to: '1' } } },
      '/handlerConfig/input/text',
    ],
    [{ handlerType: 'webhook', handlerConfig: {} }, '/handlerConfig'],
    [{ handlerType: 'webhook', handlerConfig: { url: 'http://10.0.0.1/' } }, '/handlerConfig/url'],
    [
      { handlerType: 'webhook', handlerConfig: { url: 'https://a.example/' }, retryDelaySeconds: 5 },
      '/retryDelaySeconds',
    ],
    [{ handlerType: 'queue', filterExpression: { a: [] } }, '/filterExpression/a'],
    [
      { handlerType: 'queue', handlerConfig: { visibilityTimeoutSeconds: 0 } },
      '/handlerConfig/visibilityTimeoutSeconds',
    ],
  ])('is refused when it makes no sense: %j', async (body, path) => {
    const { status, body: problem } = await call('POST', '', { subscriberName: 'x', eventType: 'station.*', ...body });
    expect([status, JSON.stringify(problem)]).toEqual([400, expect.stringContaining(`"${path}"`)]);
  });

  it('lends nothing that its maker does not hold, and is nobody else’s', async () => {
    const narrow = caller(handler, base, { tenantId, permissions: ['platform:subscriptions:*'] });
    const order = { subscriberName: 'x', eventType: 'station.*' };
    const sms = { function: 'send_sms', input: { to: '+967770000000', text: 'x' } };
    expect((await narrow('POST', '', { ...order, handlerType: 'function', handlerConfig: sms })).status).toBe(403);
    const url = { url: receiver.url };
    expect((await narrow('POST', '', { ...order, handlerType: 'webhook', handlerConfig: url })).status).toBe(403);
    const { id } = await subscribe({ handlerType: 'queue' });
    await bus(own());
    const [message] = await receive(id);
    const stranger = caller(handler, base, { tenantId: 'tenant-stranger' });
    const theirs = (await stranger('POST', '', { ...order, handlerType: 'queue' })).data;
    for (const [method, path, body] of [
      ['GET', `/${id}`],
      ['PUT', `/${id}`, {}],
      ['DELETE', `/${id}`],
      ['GET', `/${id}/logs`],
      ['POST', `/${id}/receive`],
      ['POST', `/${id}/acknowledge`, { receipts: [message.receipt] }],
      ['GET', `/logs/${message.receipt.split('.')[0]}`],
      ['POST', `/logs/${message.receipt.split('.')[0]}/retry`],
    ] as const)
      expect([path, (await stranger(method, path, body)).status]).toEqual([path, 404]);
    const cross = await stranger('POST', `/${theirs.id}/acknowledge`, { receipts: [message.receipt] });
    expect(cross.data[0].status).toBe('stale');
  });
});

describe('a pull queue', () => {
  it('hands out each matching event once per lease, and not again when it is acknowledged', async () => {
    const { id } = await subscribe({ handlerType: 'queue', filterExpression: { name: ['North'] } });
    const event = own();
    await bus(event, own({ payload: { id: 'S', name: 'South' } }), own({ type: 'invoice.paid' }));
    // The bus may bring an event twice.
    await bus(event);
    expect((await call('GET', `/${id}/backlog`)).data).toMatchObject({ waiting: 1, inFlight: 0, isMore: false });
    const [one, ...others] = await receive(id);
    expect(others).toEqual([]);
    expect(one).toMatchObject({
      attemptNumber: 1,
      message: { id: event.id, type: 'station.created', data: event.payload },
    });
    expect(await receive(id)).toEqual([]);
    expect((await call('GET', `/${id}/backlog`)).data).toMatchObject({ waiting: 0, inFlight: 1 });
    stack.advance(2000);
    const receipts = [one.receipt];
    expect((await call('POST', `/${id}/acknowledge`, { receipts })).data).toEqual([
      { receipt: one.receipt, status: 'acknowledged' },
    ]);
    expect((await call('POST', `/${id}/acknowledge`, { receipts })).data[0].status).toBe('stale');
    await bus(event);
    stack.advance(3_600_000);
    expect(await receive(id)).toEqual([]);
    expect(await logsOf(id)).toEqual([
      expect.objectContaining({ eventId: event.id, status: 'success', attemptNumber: 1, durationMs: 2000 }),
    ]);
  });

  it('shows a message again when its lease runs out; the old receipt is stale then', async () => {
    const { id } = await subscribe({ handlerType: 'queue', maxRetries: 1 });
    await bus(own());
    const [first] = await receive(id, { visibilityTimeoutSeconds: 10 });
    stack.advance(10_001);
    const [second] = await receive(id, { visibilityTimeoutSeconds: 10 });
    expect(second.attemptNumber).toBe(2);
    expect((await call('POST', `/${id}/acknowledge`, { receipts: [first.receipt] })).data[0].status).toBe('stale');
    expect(
      (await call('POST', `/${id}/extend`, { receipts: [second.receipt], visibilityTimeoutSeconds: 100 })).data[0]
        .status,
    ).toBe('extended');
    stack.advance(50_000);
    expect(await receive(id)).toEqual([]);
    stack.advance(50_001);
    // Two attempts were all.
    expect(await receive(id)).toEqual([]);
    const [log] = await logsOf(id, '?status=failed');
    expect(log).toMatchObject({ attemptNumber: 2, errorMessage: expect.stringContaining('not acknowledged') });
    expect((await call('POST', `/logs/${log.id}/retry`)).status).toBe(202);
    const [third] = await receive(id);
    expect(third.attemptNumber).toBe(1);
  });

  it('takes messages back, later, and as dead in the end', async () => {
    const { id } = await subscribe({ handlerType: 'queue', maxRetries: 2, retryDelaySeconds: 60 });
    await bus(own());
    const reject = async (body: object = {}) => {
      const [message] = await receive(id);
      return (await call('POST', `/${id}/reject`, { receipts: [message.receipt], ...body })).data[0].status;
    };
    expect(await reject({ errorMessage: 'no disk' })).toBe('returned');
    expect(await receive(id)).toEqual([]);
    // A minute, and a fifth of it for jitter.
    stack.advance(72_001);
    expect(await reject({ delaySeconds: 0 })).toBe('returned');
    expect(await reject()).toBe('dead');
    const [log] = await logsOf(id);
    expect(log).toMatchObject({ status: 'failed', attemptNumber: 3 });
    expect((await call('GET', `/logs/${log.id}`)).data.failures.map((one: any) => one.errorMessage)).toEqual([
      'no disk',
      'The receiver gave it back.',
      'The receiver gave it back.',
    ]);
  });

  it('gives many receivers at once each message once', async () => {
    const { id } = await subscribe({ handlerType: 'queue' });
    await bus(...Array.from({ length: 20 }, () => own()));
    const given = (await Promise.all(Array.from({ length: 6 }, () => receive(id, { maxMessages: 20 })))).flat();
    const rest = await receive(id, { maxMessages: 100 });
    const eventIds = [...given, ...rest].map(({ message }) => message.id);
    expect(eventIds).toHaveLength(20);
    expect(new Set(eventIds).size).toBe(20);
  });

  it('is emptied by the keys it names, and by no other partner’s', async () => {
    const mine = 'key_01JGFJJZ00ABCDEFGHJKMNPQRS';
    const theirs = 'key_01JGFJJZ00ABCDEFGHJKMNPQRT';
    const { id } = await subscribe({ handlerType: 'queue', handlerConfig: { apiKeyIds: [mine] } });
    const open = await subscribe({ handlerType: 'queue', subscriberName: 'Nobody’s' });
    await bus(own());
    const as = (subject: string, permissions: string[]) =>
      caller(handler, base, { tenantId, kind: 'api_key', subject, permissions });
    const consume = ['platform:subscriptions:consume'];
    const [message] = (await as(mine, consume)('POST', `/${id}/receive`)).data;
    const receipts = [message.receipt];
    expect((await as(theirs, consume)('POST', `/${id}/acknowledge`, { receipts })).status).toBe(404);
    for (const path of [`/${id}/receive`, `/${open.id}/receive`])
      expect((await as(theirs, consume)('POST', path)).status).toBe(404);
    expect((await as(theirs, consume)('GET', `/${id}/backlog`)).status).toBe(404);
    expect((await as(theirs, ['platform:subscriptions:*'])('POST', `/${open.id}/receive`)).data).toHaveLength(1);
    expect((await as(mine, consume)('POST', `/${id}/acknowledge`, { receipts })).data[0].status).toBe('acknowledged');
  });

  it('keeps messages that the log does not have yet, and gives up those it will never have', async () => {
    const { id } = await subscribe({ handlerType: 'queue' });
    const { handler: dispatch } = await import('../subscribers/dispatch-webhooks.ts');
    const { busBatch } = await import('../test-support/fixtures.ts');
    await dispatch(busBatch([own()]));
    expect(await receive(id)).toEqual([]);
    expect((await logsOf(id))[0].status).toBe('pending');
    stack.advance(11 * 60_000);
    expect(await receive(id)).toEqual([]);
    expect((await logsOf(id))[0]).toMatchObject({
      status: 'failed',
      errorMessage: expect.stringContaining('no longer'),
    });
  });

  it('is nothing a webhook or a function has', async () => {
    const { id } = await subscribe({ handlerType: 'webhook', handlerConfig: { url: receiver.url } });
    expect((await call('POST', `/${id}/receive`)).status).toBe(409);
  });
});

describe('a function', () => {
  const alert = {
    handlerType: 'function',
    handlerConfig: {
      function: 'raise_alert',
      input: { severity: 'warning', title: { en: 'New: {data.name}{data.none}', ar: 'جديد: {data.name}' } },
    },
  };

  it('reacts once to each event, and says what it did', async () => {
    const { id } = await subscribe(alert);
    const event = own();
    await bus(event);
    await bus(event);
    await runFunctions();
    const [log] = await logsOf(id);
    expect(log).toMatchObject({
      status: 'success',
      attemptNumber: 1,
      response: { dedupeKey: 'event/station.created/station/ST-001' },
    });
    const raised = stack.outbox(tenantId).filter((row) => JSON.stringify(row).includes('New: North'));
    expect(raised).toHaveLength(1);
  });

  it('never reacts to what it causes, however wide its pattern', async () => {
    const { id } = await subscribe({ ...alert, eventType: '*' });
    await bus(own({ type: 'system.alert', payload: {} }), own({ type: 'system.alert_escalated', payload: {} }));
    await runFunctions();
    expect(await logsOf(id)).toEqual([]);
  });

  it('is tried again with jitter, does what was done only once, and is told when it is given up', async () => {
    const provider = await simulateProvider();
    const integrations = caller(integrationsHandler, '/api/v1/developer/integrations', { tenantId });
    const { data: sms } = await integrations('POST', '', { code: 'sms', provider: 'test_sms_a', nameAr: 'x' });
    const values = { api_url: provider.url, api_key: 'key-12345678' };
    await integrations('PUT', `/${sms.id}/configs`, { environment: 'development', values });
    const { id } = await subscribe({
      handlerType: 'function',
      maxRetries: 1,
      retryDelaySeconds: 30,
      handlerConfig: { function: 'send_sms', input: { to: '{data.phone}', text: 'Station {data.name}' } },
    });
    provider.modes = Array.from({ length: 20 }, () => 500);
    await bus(own({ payload: { name: 'North', phone: '+967770000001' } }));
    await runFunctions();
    const [first] = await logsOf(id);
    expect(first).toMatchObject({ status: 'failed', attemptNumber: 1, nextRetryAt: expect.any(String) });
    const waitMs = Date.parse(first.nextRetryAt) - Date.parse(first.startedAt);
    expect(waitMs).toBeGreaterThanOrEqual(30_000);
    expect(waitMs).toBeLessThan(40_000);
    stack.advance(40_000);
    await runFunctions();
    const [second] = await logsOf(id);
    expect(second).toMatchObject({ status: 'failed', attemptNumber: 2, nextRetryAt: null });
    expect(JSON.stringify(second)).not.toContain('key-12345678');
    expect(stack.outbox(tenantId).some((row) => JSON.stringify(row).includes(`event-subscription/${id}`))).toBe(true);
    provider.modes = [];
    stack.advance(600_000);
    expect((await call('POST', `/logs/${second.id}/retry`)).status).toBe(202);
    await runFunctions();
    expect((await logsOf(id))[0]).toMatchObject({ status: 'success', attemptNumber: 3, replay: 'manual' });
    expect(provider.done.map(({ body }) => [body.to, body.text])).toEqual([['+967770000001', 'Station North']]);
  });

  it('is not run twice when its message comes twice, nor stopped when a worker died before the next attempt', async () => {
    const { id } = await subscribe({ ...alert, maxRetries: 1, retryDelaySeconds: 10 });
    await bus(own());
    const [message] = stack.peek('event-handlers');
    stack.send('event-handlers', [message!, message!]);
    await runFunctions();
    const [log] = await logsOf(id);
    expect(log).toMatchObject({ status: 'success', attemptNumber: 1 });
    const raised = stack.outbox(tenantId).filter((row) => JSON.stringify(row).includes('New: North'));
    expect(raised).toHaveLength(1);
    // The attempt is stored as failed, and the message that should follow was never sent.
    const sms = { function: 'send_sms', input: { to: '+967770000009', text: 'x' } };
    const failing = await subscribe({
      handlerType: 'function',
      subscriberName: 'b',
      maxRetries: 1,
      handlerConfig: sms,
    });
    const provider = await simulateProvider();
    const integrations = caller(integrationsHandler, '/api/v1/developer/integrations', { tenantId });
    const { data } = await integrations('POST', '', { code: 'sms', provider: 'test_sms_a', nameAr: 'x' });
    const values = { api_url: provider.url, api_key: 'key-12345678' };
    await integrations('PUT', `/${data.id}/configs`, { environment: 'development', values });
    provider.modes = Array.from({ length: 20 }, () => 500);
    await call('PUT', `/${id}`, { isActive: false });
    await bus(own());
    const [first] = stack.peek('event-handlers');
    await runFunctions();
    stack.purge();
    provider.modes = [];
    stack.send('event-handlers', [first!]);
    await runFunctions();
    expect(provider.done).toEqual([]);
    stack.advance(120_000);
    await runFunctions();
    expect(provider.done).toHaveLength(1);
    expect((await logsOf(failing.id))[0]).toMatchObject({ status: 'success', attemptNumber: 2 });
  });

  it('can be asked for again when its message was lost, and is done once all the same', async () => {
    const { id } = await subscribe({ ...alert, eventType: 'station.created' });
    await bus(own());
    await runFunctions();
    const [log] = await logsOf(id);
    expect((await call('POST', `/logs/${log.id}/retry`)).status).toBe(202);
    // Whoever asked died before the message was sent.
    stack.purge();
    expect((await call('POST', `/logs/${log.id}/retry`)).status).toBe(202);
    expect((await call('POST', `/logs/${log.id}/retry`)).status).toBe(202);
    await runFunctions();
    expect((await logsOf(id))[0]).toMatchObject({ status: 'success', attemptNumber: 2, replay: 'manual' });
    const raised = stack.outbox(tenantId).filter((row) => JSON.stringify(row).includes('New: North'));
    expect(raised).toHaveLength(2);
  });

  it('is not tried again when that is useless: nobody to write to', async () => {
    const { id } = await subscribe({
      handlerType: 'function',
      handlerConfig: { function: 'send_sms', input: { to: '{data.phone}', text: 'x' } },
    });
    await bus(own());
    await runFunctions();
    expect((await logsOf(id))[0]).toMatchObject({
      status: 'failed',
      nextRetryAt: null,
      errorMessage: expect.stringContaining('no number'),
    });
  });

  it('can be chosen from a list with schemas', async () => {
    const { data } = await call('GET', '/functions');
    expect(data.map(({ name }: any) => name)).toEqual([
      'call_http',
      'post_chat',
      'raise_alert',
      'send_email',
      'send_sms',
      'send_whatsapp',
    ]);
    for (const one of data) expect(one.inputSchema, one.name).toHaveProperty('$schema');
  });
});

describe('a webhook', () => {
  it('with an address of its own is an endpoint like any other, and goes with the subscription', async () => {
    const { id, secret, handlerConfig } = await subscribe({
      handlerType: 'webhook',
      filterExpression: { name: ['North'] },
      maxRetries: 1,
      handlerConfig: { url: receiver.url, headers: { Authorization: 'Bearer t' } },
    });
    expect(secret).toMatch(/^whsec_/);
    await bus(own(), own({ payload: { id: 'S', name: 'South' } }));
    await work();
    expect(receiver.received).toHaveLength(1);
    const [log] = await logsOf(id);
    expect(log).toMatchObject({ subscriptionId: id, status: 'success', response: { status: 200 } });
    expect((await call('GET', `/logs/${log.id}`)).data.attempts).toHaveLength(1);
    expect((await call('POST', `/logs/${log.id}/retry`)).status).toBe(202);
    await work();
    expect(receiver.received[1]!.headers['mizan-replay']).toBe('manual');
    await call('PUT', `/${id}`, { isActive: false });
    await bus(own());
    await work();
    expect(receiver.received).toHaveLength(2);
    await call('DELETE', `/${id}`);
    expect((await callWebhooks('GET', `/${handlerConfig.webhookId}`)).status).toBe(404);
  });

  it('can be an endpoint that is there, which gets each event once whoever asks for it', async () => {
    const endpoint = await create({ subscribedEvents: ['station.*'] });
    const { id } = await subscribe({
      handlerType: 'webhook',
      eventType: 'invoice.paid',
      handlerConfig: { webhookId: endpoint.id },
    });
    await subscribe({ handlerType: 'webhook', eventType: 'station.*', handlerConfig: { webhookId: endpoint.id } });
    await bus(own(), own({ type: 'invoice.paid' }), own({ type: 'payment.failed' }));
    await work();
    expect(receiver.received).toHaveLength(2);
    expect((await logsOf(id)).map(({ eventType }) => eventType)).toEqual(['invoice.paid']);
    const filtered = await create({ filter: { name: ['North'] } });
    const refused = await call('POST', '', {
      subscriberName: 'f',
      eventType: 'station.*',
      handlerType: 'webhook',
      handlerConfig: { webhookId: filtered.id },
    });
    expect(refused.status).toBe(422);
    // Neither pulled from under its subscriptions nor narrowed behind their back.
    expect((await callWebhooks('PUT', `/${endpoint.id}`, { filter: { name: ['North'] } })).status).toBe(422);
    const gone = await callWebhooks('DELETE', `/${endpoint.id}`);
    expect([gone.status, gone.body.detail]).toEqual([409, expect.stringContaining('sub_')]);
  });
});

describe('a replay to one subscription', () => {
  const range = () => ({
    from: new Date(stack.now() - 3_600_000).toISOString(),
    to: new Date(stack.now() + 1000).toISOString(),
  });

  it('hands the events of a range to a queue once more, by itself alone', async () => {
    await bus(own({ payload: { name: 'North' } }), own({ payload: { name: 'South' } }));
    const other = await subscribe({ handlerType: 'queue', subscriberName: 'Other' });
    const { id } = await subscribe({ handlerType: 'queue', filterExpression: { name: ['North'] } });
    const written = vi.spyOn(logger, 'info');
    const { status, data } = await call('POST', `/${id}/replay`, range());
    const audit = written.mock.calls.filter(([message]) => message === 'audit').map(([, fields]) => fields);
    written.mockRestore();
    expect(audit).toContainEqual(
      expect.objectContaining({ action: 'events.replayed', subscriptionId: id, by: 'usr_1' }),
    );
    expect([status, data.webhookId, data.subscriptionId]).toEqual([202, null, id]);
    await workReplays();
    expect((await callEvents('GET', `/replays/${data.id}`)).data).toMatchObject({
      status: 'completed',
      eventsQueued: 1,
    });
    expect((await receive(id)).map(({ message }) => message.data)).toEqual([{ name: 'North' }]);
    expect((await logsOf(id))[0].replay).toBe(data.id);
    expect(await receive(other.id)).toEqual([]);
  });

  it('sends a webhook what its subscription asks for, and not what the endpoint gets besides', async () => {
    const endpoint = await create({ subscribedEvents: ['station.*'], isActive: true });
    const { id } = await subscribe({
      handlerType: 'webhook',
      eventType: 'invoice.paid',
      handlerConfig: { webhookId: endpoint.id },
    });
    await bus(own(), own({ type: 'invoice.paid' }));
    await work();
    const before = receiver.received.length;
    await call('POST', `/${id}/replay`, range());
    await workReplays();
    await workLanes();
    expect(receiver.received.slice(before).map(({ body }) => JSON.parse(body).type)).toEqual(['invoice.paid']);
  });
});
