/** Every reaction that leaves the platform, from the bus to a simulated provider: what is sent, how often, and what the log says of it. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { EventEnvelope } from '../../../../layers/kernel/events/envelope.ts';
import { handler as runHandlers } from '../../consumers/run-event-handlers.ts';
import { caller, makeEvent } from '../../test-support/fixtures.ts';
import { useProviderScene } from '../../test-support/provider-scene.ts';
import { bus, stack } from '../../test-support/webhook-scene.ts';
import { handler } from '../handler.ts';
import { describeReactions } from './describe-reactions.ts';

// Pauses between tries are tested with the engine; here they would only be waited for.
vi.mock('node:timers/promises', () => ({ setTimeout: vi.fn(() => Promise.resolve()) }));

const scene = useProviderScene(stack);
const base = '/api/v1/developer/event-subscriptions';
let call: ReturnType<typeof caller>;
beforeEach(() => {
  call = caller(handler, base, { tenantId: scene.tenantId });
});

const overdue = (): EventEnvelope =>
  makeEvent({
    tenantId: scene.tenantId,
    type: 'invoice.overdue',
    aggregateType: 'invoice',
    aggregateId: 'inv_1',
    payload: { invoiceNumber: 'INV-7', phone: '+967771234567', email: 'a@example.com', total: '12.50' },
  });

const integrate = (provider: string) => scene.integrate(provider);
const subscribe = async (name: string, input: object): Promise<string> => {
  const answer = await call('POST', '', {
    subscriberName: name,
    eventType: 'invoice.*',
    handlerType: 'function',
    maxRetries: 2,
    retryDelaySeconds: 30,
    handlerConfig: { function: name, input },
  });
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return answer.data.id;
};
const run = () => stack.drain('event-handlers', runHandlers);
const logOf = async (id: string): Promise<any> => (await call('GET', `/${id}/logs`)).data[0];

interface Case {
  name: string;
  provider: string;
  /** What the provider did of it. */
  kind: string;
  input(integrationId: string): object;
  sent: object;
  response: object;
}
const cases: Case[] = [
  {
    name: 'send_sms',
    provider: 'local_1',
    kind: 'message',
    input: () => ({ to: '{data.phone}', text: '{data.invoiceNumber} is overdue' }),
    sent: { to: '+967771234567', text: 'INV-7 is overdue' },
    response: { provider: 'local_1', providerReference: expect.any(String) },
  },
  {
    name: 'send_whatsapp',
    provider: 'whatsapp',
    kind: 'message',
    input: () => ({
      to: '{data.phone}',
      template: 'invoice_overdue',
      language: 'ar',
      parameters: ['{data.invoiceNumber}'],
    }),
    sent: {
      to: '967771234567',
      type: 'template',
      content: expect.objectContaining({
        name: 'invoice_overdue',
        language: { code: 'ar' },
        components: [{ type: 'body', parameters: [{ type: 'text', text: 'INV-7' }] }],
      }),
    },
    response: { provider: 'whatsapp', providerReference: expect.stringMatching(/^wamid\./) },
  },
  {
    name: 'send_email',
    provider: 'smtp',
    kind: 'message',
    input: () => ({ to: ['{data.email}', 'b@example.com'], subject: 'Overdue {data.invoiceNumber}', text: '{type}' }),
    sent: { to: ['a@example.com', 'b@example.com'], raw: expect.stringContaining('Subject: Overdue INV-7') },
    response: { provider: 'smtp' },
  },
  {
    name: 'post_chat',
    provider: 'slack',
    kind: 'message',
    input: () => ({ text: '{type}: {aggregateId}', channel: '#operations' }),
    sent: { text: 'invoice.overdue: inv_1', channel: '#operations' },
    response: { provider: 'slack' },
  },
  {
    name: 'call_http',
    provider: 'generic_http',
    kind: 'record',
    input: (integrationId) => ({
      integrationId,
      operation: 'createRecord',
      parameters: { title: 'Overdue {data.invoiceNumber}', amount: '{data.total}' },
    }),
    sent: { title: 'Overdue INV-7', amount: '12.50', ref: expect.stringMatching(/^epl_/) },
    response: { provider: 'generic_http', status: 200, answer: expect.stringContaining('id') },
  },
];

it('all that leave the platform are here', () => {
  const inside = ['raise_alert'];
  const all = describeReactions().map(({ name }) => name);
  expect([...cases.map(({ name }) => name), ...inside].sort()).toEqual(all);
});

describe.each(cases)('$name', ({ name, provider, kind, input, sent, response }) => {
  const acts = () => scene.acts(provider, kind).map(({ data }) => data);

  it('does what it says with the fields of the event, once for an event that comes twice', async () => {
    const id = await subscribe(name, input(await integrate(provider)));
    const event = overdue();
    await bus(event);
    await bus(event);
    await run();
    expect(acts()).toEqual([expect.objectContaining(sent)]);
    expect(await logOf(id)).toMatchObject({ status: 'success', attemptNumber: 1, response });
  });

  it('is tried again when the provider could not, and then done once', async () => {
    const id = await subscribe(name, input(await integrate(provider)));
    scene.providers.setMode(provider, 'rate_limited');
    await bus(overdue());
    await run();
    expect(acts()).toEqual([]);
    const waiting = await logOf(id);
    expect(waiting).toMatchObject({ status: 'failed', attemptNumber: 1, nextRetryAt: expect.any(String) });
    for (const secret of Object.values(scene.providers.settingsOf(provider)))
      if (secret.startsWith('simulated')) expect(JSON.stringify(waiting)).not.toContain(secret);
    scene.providers.setMode(provider, 'ok');
    stack.advance(60_000);
    await run();
    expect(acts()).toHaveLength(1);
    expect(await logOf(id)).toMatchObject({ status: 'success', attemptNumber: 2 });
  });

  it('without an integration fails at once, and says so', async () => {
    const id = await subscribe(name, input(await integrate(provider)));
    const integrations = (await scene.call('GET', '')).data;
    for (const one of integrations) await scene.call('DELETE', `/${one.id}`);
    await bus(overdue());
    await run();
    expect(await logOf(id)).toMatchObject({
      status: 'failed',
      nextRetryAt: null,
      errorMessage: expect.stringMatching(/No active integration/),
    });
  });
});

it('a call whose answer is lost is not made again by itself, and stays a failure until a person says so', async () => {
  const { name, provider, kind, input } = cases.find((one) => one.name === 'call_http')!;
  const id = await subscribe(name, input(await integrate(provider)));
  scene.providers.setMode(provider, 'lose_answer');
  await bus(overdue());
  for (let attempt = 0; attempt < 4; attempt++) {
    await run();
    stack.advance(120_000);
    scene.providers.setMode(provider, 'ok');
  }
  expect(scene.acts(provider, kind)).toHaveLength(1);
  const log = await logOf(id);
  expect(log).toMatchObject({ status: 'failed', attemptNumber: 3, nextRetryAt: null });
  expect((await call('POST', `/logs/${log.id}/retry`)).status).toBe(202);
  await run();
  expect(scene.acts(provider, kind)).toHaveLength(2);
  expect(await logOf(id)).toMatchObject({ status: 'success', replay: 'manual' });
});

it('a field of an event cannot add headers to a mail, nor break out of what is sent', async () => {
  await integrate('smtp');
  const http = await integrate('generic_http');
  await subscribe('send_email', { to: ['a@example.com'], subject: '{data.invoiceNumber}', text: '.\r\n{data.phone}' });
  await subscribe('call_http', {
    integrationId: http,
    operation: 'createRecord',
    parameters: { title: '{data.phone}' },
  });
  const nasty = 'x\r\nBcc: thief@example.com\r\n\r\n.\r\nMAIL FROM:<a>","amount":"0","x":"';
  await bus({ ...overdue(), payload: { invoiceNumber: nasty, phone: nasty } });
  await run();
  const [mail] = scene.acts('smtp', 'message');
  expect(mail!.data.to).toEqual(['a@example.com']);
  expect(mail!.data.raw).not.toMatch(/^Bcc:/m);
  const [record] = scene.acts('generic_http', 'record');
  expect(record!.data).toMatchObject({ title: nasty });
  expect(record!.data).not.toHaveProperty('amount');
});
