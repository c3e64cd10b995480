/** A payment's whole way at every provider: made, paid by the payer, verified, captured, refunded, notified; never twice. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningProviders, startProviders } from '../../../local/providers/start-providers.ts';
import { formatMoney, parseMoney } from '../../money/money.ts';
import { loadProvider } from '../adapters/index.ts';
import type { PaymentOperations } from '../provider.ts';
import { currencies, order } from './test-support/scenarios.ts';
import { failureOf, silencesOf, testContext } from './test-support/test-context.ts';

const clock = { nowMs: Date.parse('2026-03-01T10:00:00Z') };
let providers: RunningProviders;
beforeAll(async () => {
  providers = await startProviders({ now: () => clock.nowMs });
});
afterAll(() => providers.close());

async function open(provider: string, more: Record<string, string> = {}): Promise<PaymentOperations> {
  const definition = (await loadProvider(provider))!;
  const settings = { ...providers.settingsOf(provider), ...more };
  return definition.operations(testContext(settings, clock, silencesOf(providers, provider)));
}

describe.each(Object.entries(currencies))('%s', (provider, { currency, amount }) => {
  const wanted = order(`way-${provider}`, currency, amount);

  it('takes a payment to its end', async () => {
    const operations = await open(provider);
    const made = await operations.create(wanted);
    expect(made).toMatchObject({ status: 'pending', redirectUrl: expect.stringMatching(/^http/) });
    expect((await operations.verify(made.providerReference, wanted)).status).toBe('pending');

    providers.payerActs(provider, made.providerReference, 'pays');
    const approved = await operations.verify(made.providerReference, wanted);
    // PayPal's payer approves; the money moves when it is captured.
    if (provider === 'paypal') {
      expect(approved.status).toBe('authorised');
      expect((await operations.capture!(made.providerReference, wanted.amount, wanted.reference)).status).toBe(
        'captured',
      );
    } else expect(approved.status).toBe('captured');
    const paid = await operations.verify(made.providerReference, wanted);
    expect(paid.status).toBe('captured');
    expect(paid.amount && formatMoney(paid.amount)).toBe(formatMoney(wanted.amount));
  });

  it('does not take a declined payment for paid', async () => {
    const operations = await open(provider);
    const made = await operations.create(order(`declined-${provider}`, currency, amount));
    providers.payerActs(provider, made.providerReference, 'declines');
    expect(['failed', 'cancelled']).toContain((await operations.verify(made.providerReference, wanted)).status);
  });

  it('gives money back once, however often it is told to', async () => {
    const operations = await open(provider);
    if (!operations.refund) return expect(provider).toBe('zarinpal');
    const again = order(`refund-${provider}`, currency, amount);
    const made = await operations.create(again);
    providers.payerActs(provider, made.providerReference, 'pays');
    if (provider === 'paypal') await operations.capture!(made.providerReference, again.amount, again.reference);
    const refund = () => operations.refund!(made.providerReference, again.amount, `${again.reference}-r1`);
    providers.journal.clear();
    providers.setMode(provider, { mode: 'lose_answer', times: 1, method: 'POST' });
    expect((await failureOf(refund)).code).toBe('no_answer');
    const definition = (await loadProvider(provider))!;
    // Halyk knows no key: the second order is refused, and the state tells that the money went back.
    if (provider === 'halyk') {
      expect(definition.retrySafe ?? []).not.toContain('refund');
      expect((await failureOf(refund)).code).toBe('rejected');
    } else expect((await refund()).status).toBe('refunded');
    expect((await operations.verify(made.providerReference, again)).status).toBe('refunded');
    expect(providers.journal.acts(provider, 'refund')).toHaveLength(1);
  });
});

describe.each(['stripe', 'paypal', 'halyk'])('a refund at %s', (provider) => {
  async function paid() {
    const operations = await open(provider);
    const { currency, amount } = currencies[provider]!;
    const wanted = order(`around-${provider}-${Math.trunc(clock.nowMs++)}`, currency, amount);
    const { providerReference } = await operations.create(wanted);
    providers.payerActs(provider, providerReference, 'pays');
    if (provider === 'paypal') await operations.capture!(providerReference, wanted.amount, wanted.reference);
    providers.journal.clear();
    return () => operations.refund!(providerReference, wanted.amount, `${wanted.reference}-r`);
  }

  it('was not made when the payment could not be looked up before', async () => {
    const refund = await paid();
    for (const mode of ['hang', 'garbage'] as const) {
      providers.setMode(provider, { mode, times: 1, method: 'GET' });
      const error = await failureOf(refund);
      expect([mode, error.code, error.mayHaveActed]).toEqual([mode, 'unavailable', false]);
    }
    expect(providers.journal.acts(provider, 'refund')).toEqual([]);
  });

  it('was made although the payment could not be looked at afterwards', async () => {
    const refund = await paid();
    providers.setMode(provider, { mode: 'error', method: 'GET', skip: 1 });
    expect((await refund()).status).toBe('partially_refunded');
    providers.setMode(provider, 'ok');
    expect(providers.journal.acts(provider, 'refund')).toHaveLength(1);
  });
});

it.each([
  ['stripe', 'USD', { capture_method: 'manual' }],
  ['halyk', 'KZT', {}],
])('%s takes money in two steps', async (provider, currency, settings) => {
  const operations = await open(provider, settings);
  const wanted = order(`two-steps-${provider}`, currency);
  const made = await operations.create(wanted);
  const capture = () => operations.capture!(made.providerReference, wanted.amount, wanted.reference);
  expect((await failureOf(capture)).code).toBe('rejected');
  providers.payerActs(provider, made.providerReference, 'authorises');
  expect((await operations.verify(made.providerReference, wanted)).status).toBe('authorised');
  expect((await capture()).status).toBe('captured');
  expect((await operations.verify(made.providerReference, wanted)).status).toBe('captured');
});

it('PayPal refunds a part, and says so', async () => {
  const operations = await open('paypal');
  const wanted = order('part', 'USD', '100');
  const { providerReference } = await operations.create(wanted);
  providers.payerActs('paypal', providerReference, 'pays');
  await operations.capture!(providerReference, wanted.amount, wanted.reference);
  const refund = await operations.refund!(providerReference, parseMoney('40', 'USD'), 'part-1');
  expect(refund).toMatchObject({ status: 'partially_refunded', amount: { minor: 4000n } });
});

it.each([
  ['stripe', 'KWD', '1.005', 'two decimals'],
  ['zarinpal', 'IRR', '1000.50', 'decimals'],
  ['zarinpal', 'USD', '10', 'IRR'],
  ['paypal', 'HUF', '10.50', 'decimals'],
])('%s refuses %s %s before anything is sent', async (provider, currency, amount, words) => {
  const operations = await open(provider);
  providers.journal.clear();
  const error = await failureOf(() => operations.create(order('odd', currency, amount)));
  expect(error).toMatchObject({ code: 'rejected', message: expect.stringContaining(words) });
  expect(providers.journal.acts(provider)).toEqual([]);
});

it.each([
  ['stripe', 'JPY', '500', 'unit_amount%5D=500'],
  ['stripe', 'KWD', '1.250', 'unit_amount%5D=1250'],
  ['stripe', 'UGX', '500', 'unit_amount%5D=50000'],
  ['paypal', 'JPY', '500', '"value":"500"'],
  ['paypal', 'USD', '0.1', '"value":"0.10"'],
])('%s is told %s %s exactly', async (provider, currency, amount, sent) => {
  const operations = await open(provider);
  providers.journal.clear();
  await operations.create(order(`exact-${currency}-${amount}`, currency, amount));
  expect(providers.journal.requests(provider).at(-1)!.body).toContain(sent);
});
