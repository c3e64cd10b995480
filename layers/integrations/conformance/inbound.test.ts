/** What providers send by themselves: read when it is theirs, refused when it is not, and the same one known again. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningProviders, startProviders } from '../../../local/providers/start-providers.ts';
import type { Notification } from '../../../local/providers/types.ts';
import { loadProvider } from '../adapters/index.ts';
import type { InboundEvent, InboundRequest } from '../provider.ts';
import { currencies, order } from './test-support/scenarios.ts';
import { failureOf, testContext } from './test-support/test-context.ts';

const target = 'https://mizan.example/api/v1/developer/callbacks/p/t0k3n';
const clock = { nowMs: Date.parse('2026-03-01T10:00:00Z') };
let providers: RunningProviders;
beforeAll(async () => {
  providers = await startProviders({ now: () => clock.nowMs });
});
afterAll(() => providers.close());

const requestOf = ({ method, url, headers, body }: Notification): InboundRequest => ({
  method,
  url,
  headers,
  query: Object.fromEntries(new URL(url).searchParams),
  rawBody: Buffer.from(body),
});

async function receive(provider: string, notification: Notification, settings: Record<string, string> = {}) {
  const definition = (await loadProvider(provider))!;
  const context = testContext({ ...providers.settingsOf(provider), ...settings }, clock);
  return definition.inbound!(context, requestOf(notification));
}
const eventsOf = async (provider: string, notification: Notification): Promise<InboundEvent[]> =>
  (await receive(provider, notification)).events;

/** Providers that sign, with a notification, and the header of the signature. */
const signed: readonly [
  provider: string,
  input: { id: string; type?: string; text?: string },
  header: string,
  type: string,
][] = [
  ['stripe', { id: 'cs_test_1' }, 'stripe-signature', 'payment'],
  ['paypal', { id: 'ORDER-1' }, 'paypal-transmission-sig', 'payment'],
  ['kuraimi', { id: 'p1' }, 'x-signature', 'payment'],
  ['kaspi', { id: 'p1' }, 'x-signature', 'payment'],
  ['local_1', { id: 'm1' }, 'x-signature', 'delivery'],
  ['local_2', { id: 'm1' }, 'x-signature', 'delivery'],
  ['twilio', { id: 'SM1' }, 'x-twilio-signature', 'delivery'],
  ['twilio', { id: 'SM2', text: 'نعم' }, 'x-twilio-signature', 'message'],
  ['whatsapp', { id: 'wamid.1' }, 'x-hub-signature-256', 'delivery'],
  ['whatsapp', { id: 'wamid.2', text: 'كم رصيدي؟' }, 'x-hub-signature-256', 'message'],
  ['sendgrid', { id: 'msg1' }, 'x-twilio-email-event-webhook-signature', 'delivery'],
  ['seha', { id: 'e1' }, 'x-signature', 'other'],
  ['generic_http', { id: 'e1' }, 'x-signature', 'other'],
  ['acrel', { id: 'ACR-001234', type: 'meter_reading' }, 'x-signature', 'meter_reading'],
  ['acrel', { id: 'ACR-001234', type: 'alert' }, 'x-signature', 'meter_alert'],
  ['acrel', { id: 'ACR-001234', type: 'status_change' }, 'x-signature', 'meter_status'],
  ['acrel', { id: 'ACR-001234', type: 'disconnect_confirm' }, 'x-signature', 'meter_status'],
];

describe.each(signed)('%s, %o', (provider, input, header, type) => {
  const make = () => providers.notification(provider, { url: target, ...input });

  it('reads what is signed, and knows the same one again', async () => {
    const notification = make();
    const [event] = await eventsOf(provider, notification);
    expect(event).toMatchObject({ type, id: expect.any(String) });
    expect((await eventsOf(provider, notification))[0]!.id).toBe(event!.id);
  });

  it('refuses another body, another signature and none', async () => {
    const good = make();
    const body = good.body.includes('{')
      ? good.body.replace(/\}$/, ',"x":1}').replace(/\]$/, ',{}]')
      : `${good.body}&x=1`;
    const flipped = (text: string) =>
      text.replace(/.(.{5})$/, (last, rest: string) => (last[0] === '0' ? '1' : '0') + rest);
    const { [header]: signature = '', ...without } = good.headers;
    for (const forged of [
      { ...good, body },
      { ...good, headers: { ...good.headers, [header]: flipped(signature) } },
      { ...good, headers: { ...good.headers, [header]: '' } },
      { ...good, headers: without },
    ])
      expect((await failureOf(() => receive(provider, forged))).code).toBe('rejected');
  });

  it('is not read without the secret that it is checked with', async () => {
    const keys = ['webhook_secret', 'webhook_id', 'app_secret', 'webhook_public_key', 'auth_token'];
    const gone = Object.fromEntries(keys.filter((key) => providers.settingsOf(provider)[key]).map((key) => [key, '']));
    expect((await failureOf(() => receive(provider, make(), gone))).code).toBe('configuration');
  });
});

describe.each(['stripe', 'kuraimi', 'local_1', 'sendgrid', 'acrel', 'generic_http'])('%s in time', (provider) => {
  it.each([
    ['six minutes ago', -6],
    ['six minutes ahead', 6],
  ])('refuses what was signed %s', async (_when, minutes) => {
    const now = clock.nowMs;
    clock.nowMs = now + minutes * 60_000;
    const notification = providers.notification(provider, { url: target, id: 'ACR-1' });
    clock.nowMs = now;
    const error = await failureOf(() => receive(provider, notification));
    expect(error).toMatchObject({ code: 'rejected', message: expect.stringContaining('window') });
  });

  it('takes what was signed four minutes ago', async () => {
    const now = clock.nowMs;
    clock.nowMs = now - 4 * 60_000;
    const notification = providers.notification(provider, { url: target, id: 'ACR-1' });
    clock.nowMs = now;
    expect(await eventsOf(provider, notification)).toHaveLength(1);
  });
});

describe('notifications of payments', () => {
  it.each(['stripe', 'paypal', 'kuraimi', 'halyk', 'zarinpal'])(
    '%s: a payment that was paid is told',
    async (provider) => {
      const { currency, amount } = currencies[provider]!;
      const definition = (await loadProvider(provider))!;
      const operations = definition.operations(testContext(providers.settingsOf(provider), clock));
      const made = await operations.create(order(`told-${provider}`, currency, amount));
      providers.payerActs(provider, made.providerReference, 'pays');
      const [event] = await eventsOf(
        provider,
        providers.notification(provider, { url: target, id: made.providerReference }),
      );
      // PayPal's payer has approved, Zarinpal's payment waits to be verified.
      const status = ['paypal', 'zarinpal'].includes(provider) ? 'authorised' : 'captured';
      expect(event!.data).toMatchObject({ providerReference: made.providerReference, status });
    },
  );

  it.each(['halyk', 'zarinpal'])(
    '%s, whose notifications are not signed: a forged one is not believed',
    async (provider) => {
      const { currency, amount } = currencies[provider]!;
      const definition = (await loadProvider(provider))!;
      const operations = definition.operations(testContext(providers.settingsOf(provider), clock));
      const made = await operations.create(order(`forged-${provider}`, currency, amount));
      const [event] = await eventsOf(
        provider,
        providers.notification(provider, { url: target, id: made.providerReference }),
      );
      expect(event!.data['status']).toBe('pending');
      const odd = providers.notification(provider, { url: target, id: '../1' });
      expect((await failureOf(() => receive(provider, odd))).code).toBe('rejected');
    },
  );
});

describe('delivery reports that are not signed', () => {
  it('Kavenegar is asked, whatever the report says', async () => {
    const [event] = await eventsOf('kavenegar', providers.notification('kavenegar', { url: target, id: '999' }));
    expect(event!.data).toEqual({ providerReference: '999', status: 'failed' });
  });

  it('Unifonic proves itself by the token in the address', async () => {
    const good = providers.notification('unifonic', { url: target, id: '42' });
    expect((await eventsOf('unifonic', good))[0]).toMatchObject({
      type: 'delivery',
      data: { providerReference: '42', status: 'delivered' },
    });
    const bad = { ...good, url: good.url.replace(/token=.*/, 'token=guess') };
    expect((await failureOf(() => receive('unifonic', bad))).code).toBe('rejected');
  });
});

describe("WhatsApp's handshake", () => {
  const shake = (change: (url: string) => string = (url) => url) => {
    const notification = providers.notification('whatsapp', { url: target, id: '1158201444', type: 'verify' });
    return receive('whatsapp', { ...notification, url: change(notification.url) });
  };

  it('gives the challenge back to who knows the token', async () => {
    expect(await shake()).toEqual({
      events: [],
      answer: { status: 200, body: '1158201444', contentType: 'text/plain' },
    });
  });

  it('refuses another token, and a challenge that is a page', async () => {
    expect((await failureOf(() => shake((url) => url.replace('simulated-verify', 'other')))).code).toBe('rejected');
    expect((await failureOf(() => shake((url) => url.replace('1158201444', '%3Cscript%3E')))).code).toBe('rejected');
  });
});

it('a message of a customer is read whole', async () => {
  const [event] = await eventsOf(
    'whatsapp',
    providers.notification('whatsapp', { url: target, id: 'wamid.9', text: 'كم رصيدي؟', from: '967771111111' }),
  );
  expect(event).toMatchObject({
    id: 'wamid.9',
    data: { from: '+967771111111', text: 'كم رصيدي؟', name: 'A customer', kind: 'text' },
  });
});
