/**
 * The engine against providers that fail in every way they can, counted at the providers themselves: no message lost, none
 * sent twice where the provider confirms, money and tokens never doubled.
 */
import { setTimeout as pause } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { loadProvider } from '../../../layers/integrations/adapters/index.ts';
import { currencies, order } from '../../../layers/integrations/conformance/test-support/scenarios.ts';
import { documentClient } from '../../../layers/kernel/data/client.ts';
import { parseMoney } from '../../../layers/money/money.ts';
import type { Mode } from '../../../local/providers/types.ts';
import { usePlatformStack } from '../test-support/platform-stack.ts';
import { useProviderScene } from '../test-support/provider-scene.ts';
import { forgetCircuits } from './breaker.ts';
import {
  commandMeter,
  createPayment,
  refundPayment,
  sendEmailMessage,
  sendSms,
  vendCredit,
} from './provider-contract.ts';

// Pauses between tries are tested with the engine; here they would only be waited for.
vi.mock('node:timers/promises', () => ({ setTimeout: vi.fn(() => Promise.resolve()) }));

const stack = usePlatformStack();
const scene = useProviderScene(stack);
/** Silence is cut short; everything else has the time it has, also on a busy machine. */
const patience = (mode?: Mode) => (mode === 'hang' ? { attemptMs: 400 } : {});

/** With what the failure means for a message and for money. */
const failures: readonly [mode: Mode, message: string, money: string][] = [
  ['reject', 'rejected', 'rejected'],
  ['unauthorized', 'configuration', 'configuration'],
  ['rate_limited', 'rate_limited', 'rate_limited'],
  ['error', 'unavailable', 'no_answer'],
  ['hang', 'no_answer', 'no_answer'],
  ['garbage', 'unreadable_answer', 'unreadable_answer'],
  ['huge', 'unreadable_answer', 'unreadable_answer'],
  ['lose_answer', 'no_answer', 'no_answer'],
];
const text = (reference: string) => ({ to: '+967771234567', text: `Bill ${reference}`, reference });
const mail = (reference: string) => ({ to: ['a@example.com'], subject: reference, text: reference, reference });
const send = (provider: string, reference: string, mode?: Mode) =>
  ['smtp', 'sendgrid', 'ses'].includes(provider)
    ? sendEmailMessage(scene.session, mail(reference), patience(mode))
    : sendSms(scene.session, text(reference), patience(mode));
const fail = (provider: string, mode: Mode): void =>
  scene.providers.setMode(provider, mode === 'lose_answer' && provider !== 'smtp' ? { mode, method: 'POST' } : mode);

describe.each([
  ['local_1', 'twilio'],
  ['local_2', 'local_1'],
  ['twilio', 'local_1'],
  ['kavenegar', 'local_1'],
  ['unifonic', 'local_1'],
  ['smtp', 'sendgrid'],
  ['sendgrid', 'ses'],
  ['ses', 'sendgrid'],
])('a message at %s, which fails, then at %s', (first, second) => {
  it('arrives once with each clear failure, and is never lost', async () => {
    await scene.integrate(first, { priority: 1 });
    await scene.integrate(second, { priority: 2 });
    for (const [mode, reason] of failures) {
      forgetCircuits();
      scene.providers.journal.clear();
      fail(first, mode);
      const sent = await send(first, `m-${mode}`, mode);
      expect(sent.provider, mode).toBe(second);
      // A mail server has no word for patience, and is silent or speaks nonsense before it has the message.
      const before = first === 'smtp' && ['hang', 'garbage', 'huge', 'rate_limited'].includes(mode);
      expect(sent.failures, mode).toMatchObject([{ provider: first, reason: before ? 'unavailable' : reason }]);
      expect((await send(first, `m-${mode}`, mode)).value, mode).toEqual(sent.value);
      expect(scene.acts(second, 'message').length, mode).toBe(1);
      if (mode !== 'lose_answer') expect(scene.acts(first, 'message').length, mode).toBe(0);
      fail(first, 'ok');
    }
  });
});

it('many messages through three providers that fail by chance: none lost, none twice where answers are clear', async () => {
  const names = ['local_1', 'twilio', 'unifonic'];
  for (const [i, name] of names.entries()) await scene.integrate(name, { priority: i + 1 });
  let next = 0;
  const mode = fc.constantFrom<Mode>('ok', 'reject', 'unauthorized', 'rate_limited', 'error', 'garbage', 'lose_answer');
  await fc.assert(
    fc.asyncProperty(fc.tuple(mode, mode), async (modes) => {
      forgetCircuits();
      scene.providers.journal.clear();
      for (const [i, chosen] of modes.entries()) fail(names[i]!, chosen);
      const reference = `chance-${next++}`;
      const { provider } = await sendSms(scene.session, text(reference));
      const arrived = names.flatMap((name) => scene.acts(name, 'message').map(() => name));
      expect(arrived).toContain(provider);
      const open = names.filter((_, i) => modes[i] === 'lose_answer').length;
      expect(arrived.length).toBeLessThanOrEqual(1 + open);
    }),
    { numRuns: 40 },
  );
});

describe.each(Object.entries(currencies))('money at %s', (provider, { currency, amount }) => {
  it('is taken once at most, and elsewhere only when it is certain that it was not taken', async () => {
    const other = provider === 'kuraimi' ? 'jawali' : 'kuraimi';
    const isRetrySafe = (await loadProvider(provider))!.retrySafe?.includes('create') ?? false;
    await scene.integrate(provider, { priority: 1 });
    await scene.integrate(other, { priority: 2 });
    for (const [mode, , reason] of failures) {
      forgetCircuits();
      scene.providers.journal.clear();
      const pay = () => createPayment(scene.session, order(`p-${provider}-${mode}`, currency, amount), patience(mode));
      const taken = () => scene.acts(provider, 'payment').length + scene.acts(other, 'payment').length;
      fail(provider, mode);
      const first = await pay().catch((error) => error);
      if (['configuration', 'rate_limited'].includes(reason)) {
        expect(first, mode).toMatchObject({ provider: other, failures: [{ provider, reason }] });
        expect(taken(), mode).toBe(1);
      } else if (reason === 'rejected') {
        expect(first, mode).toMatchObject({
          code: 'all_providers_failed',
          details: [{ path: `/providers/${provider}` }],
        });
        expect(taken(), mode).toBe(0);
      } else {
        expect(first, mode).toMatchObject({ code: 'outcome_unknown' });
        expect(taken(), mode).toBe(mode === 'lose_answer' ? 1 : 0);
        fail(provider, 'ok');
        forgetCircuits();
        const again = await pay().catch((error) => error);
        if (isRetrySafe) expect(again, mode).toMatchObject({ provider });
        expect(scene.acts(other, 'payment').length, mode).toBe(0);
        expect(taken(), mode).toBeLessThanOrEqual(1);
        await pay().catch(() => undefined);
        expect(taken(), mode).toBeLessThanOrEqual(1);
      }
      fail(provider, 'ok');
    }
  });
});

describe.each(['kuraimi', 'stripe'])('a refund at %s', (provider) => {
  it.each(['lose_answer', 'error', 'garbage'] as const)('is made once at most in mode %s', async (mode) => {
    const { currency, amount } = currencies[provider]!;
    await scene.integrate(provider);
    const paid = await createPayment(scene.session, order(`r-${mode}`, currency, amount));
    scene.providers.payerActs(provider, paid.value.providerReference, 'pays');
    const { integrationId, value } = paid;
    const refund = () =>
      refundPayment(scene.session, integrationId, value.providerReference, parseMoney(amount, currency), `rf-${mode}`);
    scene.providers.setMode(provider, { mode, method: 'POST', times: 1 });
    await refund().catch(() => undefined);
    for (let i = 0; i < 3; i++) await refund().catch(() => undefined);
    expect(scene.acts(provider, 'refund').length).toBeLessThanOrEqual(1);
  });
});

describe('a token', () => {
  it.each(failures)('in mode %s is made once at most, and had in the end', async (mode, _, reason) => {
    await scene.integrate('sts');
    const vend = () =>
      vendCredit(
        scene.session,
        { meterNumber: '04123456789', energyKwh: '10', reference: `v-${mode}` },
        patience(mode),
      );
    fail('sts', mode);
    const first = await vend().catch((error) => error);
    const isClear = ['rejected', 'configuration', 'rate_limited'].includes(reason);
    expect(first.code).toBe(isClear ? 'all_providers_failed' : 'outcome_unknown');
    fail('sts', 'ok');
    forgetCircuits();
    const { tokens } = (await vend()).value;
    expect((await vend()).value.tokens).toEqual(tokens);
    expect(scene.acts('sts', 'token').map(({ data }) => data.tokens)).toEqual([tokens]);
  });
});

it.each(failures)('a command to a meter in mode %s is given once at most', async (mode) => {
  await scene.integrate('acrel');
  const command = () =>
    commandMeter(scene.session, { meterId: 'ACR-1', command: 'relay_off', reference: `x-${mode}` }, patience(mode));
  fail('acrel', mode);
  await expect(command()).rejects.toMatchObject({ code: expect.stringMatching(/failed|unknown/) });
  fail('acrel', 'ok');
  forgetCircuits();
  for (let i = 0; i < 2; i++) await command().catch(() => undefined);
  expect(scene.acts('acrel', 'command').length).toBeLessThanOrEqual(1);
});

it('the list of causes names each provider in its order, also the one that is left alone', async () => {
  const names = ['local_1', 'local_2', 'twilio', 'unifonic'] as const;
  for (const [i, name] of names.entries()) await scene.integrate(name, { priority: i + 1 });
  for (const [i, mode] of (['error', 'unauthorized', 'reject', 'lose_answer'] as const).entries())
    fail(names[i]!, mode);
  const failed = (reference: string) => sendSms(scene.session, text(reference)).catch((error) => error);
  const causes = (error: any) =>
    error.details.map(({ path, message }: any) => `${path} ${message.split(': ').slice(0, 2).join(' ')}`);
  const all = [
    '/providers/local_1 local_1 unavailable',
    '/providers/local_2 local_2 configuration',
    '/providers/twilio twilio rejected',
    '/providers/unifonic unifonic no_answer',
  ];
  const first = await failed('c1');
  expect(first).toMatchObject({ code: 'all_providers_failed', status: 502 });
  expect(causes(first)).toEqual(all);
  await failed('c2');
  expect(causes(await failed('c3'))).toEqual(['/providers/local_1 local_1 circuit_open', ...all.slice(1)]);
  expect(pause).toHaveBeenCalled();
});

it('the circuit opened by one instance holds the other back, and one probe of both goes when it is time', async () => {
  await scene.integrate('local_1', { priority: 1 });
  await scene.integrate('local_2', { priority: 2 });
  vi.resetModules();
  // Another instance: its own modules, its own memory, the same table.
  const other = await import('./provider-contract.ts');
  const requests = () => scene.providers.journal.requests('local_1').length;
  fail('local_1', 'error');
  for (const reference of ['b1', 'b2']) await sendSms(scene.session, text(reference));
  const before = requests();
  expect(before).toBeGreaterThanOrEqual(5);
  const held = await other.sendSms(scene.session, text('b3'));
  expect(held).toMatchObject({ provider: 'local_2', failures: [{ reason: 'circuit_open' }] });
  expect(requests()).toBe(before);
  stack.advance(31_000);
  fail('local_1', 'hang');
  const both = [sendSms, other.sendSms].map((call, i) => call(scene.session, text(`b4-${i}`), patience('hang')));
  expect((await Promise.all(both)).map(({ provider }) => provider)).toEqual(['local_2', 'local_2']);
  expect(requests()).toBe(before + 1);
  // Twice as long as the first time, then it is well.
  fail('local_1', 'ok');
  stack.advance(31_000);
  expect((await other.sendSms(scene.session, text('b5'))).provider).toBe('local_2');
  stack.advance(30_000);
  expect((await other.sendSms(scene.session, text('b6'))).provider).toBe('local_1');
  expect((await sendSms(scene.session, text('b7'))).provider).toBe('local_1');
});

describe('an instance that dies between the provider and the table', () => {
  /** From the moment the provider has acted nothing can be written any more. */
  function dieAfter(provider: string): void {
    const { journal } = scene.providers as unknown as { journal: { record(...args: unknown[]): void } };
    const record = journal.record.bind(journal);
    vi.spyOn(journal, 'record').mockImplementation((...args) => {
      record(...args);
      if (args[0] === provider)
        vi.spyOn(documentClient(), 'send').mockImplementation(async () => {
          throw new Error('The instance is gone.');
        });
    });
  }
  const restart = (): void => {
    vi.restoreAllMocks();
    forgetCircuits();
    stack.advance(61_000);
  };

  it('leaves a payment that is resolved where the provider knows the key, and unknown elsewhere, never doubled', async () => {
    for (const [provider, isRetrySafe] of [
      ['stripe', true],
      ['kuraimi', false],
    ] as const) {
      scene.newTenant();
      scene.providers.journal.clear();
      const { currency, amount } = currencies[provider]!;
      await scene.integrate(provider, { priority: 1 });
      await scene.integrate('jawali', { priority: 2 });
      const pay = () => createPayment(scene.session, order('crash', currency, amount));
      dieAfter(provider);
      await expect(pay()).rejects.toThrow('gone');
      restart();
      const again = await pay().catch((error) => error);
      if (isRetrySafe) expect(again).toMatchObject({ provider });
      expect(scene.acts(provider, 'payment')).toHaveLength(1);
      expect(scene.acts('jawali', 'payment')).toHaveLength(0);
    }
  });

  it('leaves a token that is found again', async () => {
    await scene.integrate('sts');
    const vend = () => vendCredit(scene.session, { meterNumber: '04123456789', energyKwh: '10', reference: 'crash' });
    dieAfter('sts');
    await expect(vend()).rejects.toThrow('gone');
    restart();
    expect((await vend()).value.tokens).toEqual(scene.acts('sts', 'token')[0]!.data.tokens);
    expect(scene.acts('sts', 'token')).toHaveLength(1);
  });

  it('leaves a message that is sent again rather than lost', async () => {
    await scene.integrate('local_1');
    dieAfter('local_1');
    await expect(sendSms(scene.session, text('crash'))).rejects.toThrow('gone');
    restart();
    expect((await sendSms(scene.session, text('crash'))).provider).toBe('local_1');
    expect(scene.acts('local_1', 'message').length).toBeGreaterThanOrEqual(1);
  });
});
