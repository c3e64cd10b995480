/** Every provider that notifies, attacked in every way, with the notifications that its simulator signs. */
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { providerCatalogue } from '../../../layers/integrations/adapters/catalogue.ts';
import { loadProvider } from '../../../layers/integrations/adapters/index.ts';
import { currencies, order } from '../../../layers/integrations/conformance/test-support/scenarios.ts';
import type { Notification } from '../../../local/providers/types.ts';
import { createPayment } from '../contract.ts';
import { handler as integrationsHandler } from '../integrations/handler.ts';
import { caller, publicCaller } from '../test-support/fixtures.ts';
import { usePlatformStack } from '../test-support/platform-stack.ts';
import { useProviderScene } from '../test-support/provider-scene.ts';
import { handler } from './handler.ts';

const stack = usePlatformStack();
const scene = useProviderScene(stack);
const send = publicCaller(handler);

interface Inbound {
  provider: string;
  /** Header of the signature; none where the provider does not sign, and is asked back. */
  signature?: string;
  /** Whether the signature holds the time. */
  isTimed?: boolean;
}

const timed = ['kuraimi', 'jawali', 'cash', 'kaspi', 'local_1', 'local_2', 'seha', 'tatman', 'generic_http'];
const inbounds: readonly Inbound[] = [
  ...timed.map((provider) => ({ provider, signature: 'x-signature', isTimed: true })),
  { provider: 'stripe', signature: 'stripe-signature', isTimed: true },
  { provider: 'sendgrid', signature: 'x-twilio-email-event-webhook-signature', isTimed: true },
  { provider: 'paypal', signature: 'paypal-transmission-sig' },
  { provider: 'twilio', signature: 'x-twilio-signature' },
  { provider: 'whatsapp', signature: 'x-hub-signature-256' },
  { provider: 'unifonic' },
  { provider: 'kavenegar' },
  { provider: 'halyk' },
  { provider: 'zarinpal' },
];

it('the table holds every provider that notifies; those of meters have ways in of their own', async () => {
  const notifying: string[] = [];
  for (const { provider } of providerCatalogue) if ((await loadProvider(provider))!.inbound) notifying.push(provider);
  expect(notifying.filter((provider) => provider !== 'acrel').sort()).toEqual(
    inbounds.map(({ provider }) => provider).sort(),
  );
});

async function callbackOf(id: string, call: ReturnType<typeof caller> = scene.call) {
  return (await call('POST', `/${id}/callback-token`)).data as { callbackPath: string; token: string };
}

/** Something the provider knows, so that asking back about it answers. */
async function subject(provider: string): Promise<string> {
  const money = currencies[provider];
  if (money === undefined) return provider === 'kavenegar' ? '999' : 'subject-1';
  const reference = `attacked-${provider}-${Math.random()}`;
  const { value } = await createPayment(scene.session, order(reference, money.currency, money.amount));
  scene.providers.payerActs(provider, value.providerReference, 'pays');
  return value.providerReference;
}

const deliver = (notification: Notification, path?: string, ip?: string) => {
  const url = new URL(notification.url);
  return send(notification.method, `${path ?? url.pathname}${url.search}`, notification.body, notification.headers, ip);
};
const events = (tenantId = scene.tenantId) =>
  stack
    .takeOutbox(tenantId)
    .filter(({ type }) => /^(payment|message|integration)\.(notified|delivered|received)$/.test(type!));

describe.each(inbounds)('$provider', ({ provider, signature, isTimed }) => {
  async function ready() {
    const id = await scene.integrate(provider);
    const { callbackPath, token } = await callbackOf(id);
    const about = await subject(provider);
    const make = (): Notification =>
      scene.providers.notification(provider, { url: `https://api${callbackPath}`, id: about });
    return { id, callbackPath, token, make };
  }

  it('is heard once, however often the same comes', async () => {
    const { make } = await ready();
    const notification = make();
    for (let i = 0; i < 3; i++) expect((await deliver(notification)).status).toBe(200);
    expect(events()).toHaveLength(1);
    stack.advance(6 * 60_000);
    // The window of a signed time has passed; without one the provider's own id still tells.
    expect((await deliver(notification)).status).toBe(isTimed ? 401 : 200);
    expect(events()).toEqual([]);
  });

  it.runIf(signature)('is refused with another signature, another body, or none', async () => {
    const { make } = await ready();
    const good = make();
    const value = good.headers[signature!]!;
    const { [signature!]: _, ...without } = good.headers;
    // Not the last one: bits that base64 only pads with say nothing.
    const other = value.at(-8) === '0' ? '1' : '0';
    const flipped = value.slice(0, -8) + other + value.slice(-7);
    const changed = good.body.startsWith('{')
      ? `{"x":1,${good.body.slice(1)}`
      : good.body.startsWith('[')
        ? good.body.replace('[', '[{},')
        : `${good.body}&x=1`;
    for (const forged of [
      { ...good, headers: { ...good.headers, [signature!]: flipped } },
      { ...good, headers: { ...good.headers, [signature!]: '' } },
      { ...good, headers: without },
      { ...good, body: changed },
    ])
      expect((await deliver(forged)).status).toBe(401);
    expect(events()).toEqual([]);
  });

  it.runIf(isTimed)('is refused when it was signed six minutes ago, or ahead', async () => {
    const { make } = await ready();
    const now = stack.now();
    for (const minutes of [-6, 6]) {
      stack.setDate(now + minutes * 60_000);
      const notification = make();
      stack.setDate(now);
      expect((await deliver(notification)).status, `${minutes}`).toBe(401);
    }
    expect(events()).toEqual([]);
  });

  it('is refused from a foreign address', async () => {
    const { id, make } = await ready();
    await scene.call('PUT', `/${id}`, { allowedIps: ['198.51.100.0/24'] });
    expect((await deliver(make(), undefined, '203.0.113.9')).status).toBe(403);
    expect(events()).toEqual([]);
    expect((await deliver(make(), undefined, '198.51.100.7')).status).toBe(200);
  });

  it('is refused at the address of another tenant, with its token, and with a token that was tampered with', async () => {
    const { make, token } = await ready();
    const good = make();
    const mine = scene.tenantId;
    const theirs = `${mine}-other`;
    // The other tenant has an account of its own: other secrets.
    const others = caller(integrationsHandler, '/api/v1/developer/integrations', { tenantId: theirs });
    const { data } = await others('POST', '', { code: provider, provider, nameAr: 'x' });
    const values = otherAccount(provider, scene.providers.settingsOf(provider));
    expect((await others('PUT', `/${data.id}/configs`, { environment: 'development', values })).status).toBe(200);
    const their = await callbackOf(data.id, others);
    const tampered = Buffer.from(Buffer.from(token, 'base64url').toString().replace(mine, theirs)).toString(
      'base64url',
    );
    for (const path of [
      their.callbackPath,
      `/api/v1/developer/callbacks/${provider}/${tampered}`,
      `/api/v1/developer/callbacks/${provider}/${token.slice(0, -1)}`,
      `/api/v1/developer/callbacks/acrel/${token}`,
    ]) {
      const answer = await deliver(good, path);
      // Providers that do not sign are asked with the other tenant's account, which they do not know.
      expect(answer.status, path).toBe(signature || provider === 'unifonic' || path !== their.callbackPath ? 401 : 503);
    }
    expect([...events(mine), ...events(theirs)]).toEqual([]);
  });
});

const otherPublicKey = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  .publicKey.export({ type: 'spki', format: 'der' })
  .toString('base64');

/** The same provider, with credentials and secrets of somebody else. */
function otherAccount(provider: string, settings: Record<string, string>): Record<string, string> {
  if (provider === 'sendgrid') return { ...settings, webhook_public_key: otherPublicKey };
  // PayPal itself says whether a signature belongs to a webhook: to whoever has an account.
  const own = provider === 'paypal' ? /webhook_id/ : /secret|key$|token$|password|^merchant_id$|app_sid/;
  const changed = (value: string) => value.replace(/.$/, (last) => (last === '7' ? '8' : '7'));
  return Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [key, own.test(key) ? changed(value) : value]),
  );
}
