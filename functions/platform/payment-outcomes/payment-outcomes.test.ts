/** Money whose answer was lost finds its outcome by itself, once, or a person hears of it; counted at the simulated providers. */
import { describe, expect, it, vi } from 'vitest';
import { order } from '../../../layers/integrations/conformance/test-support/scenarios.ts';
import { documentClient } from '../../../layers/kernel/data/client.ts';
import { parseMoney } from '../../../layers/money/money.ts';
import { capturePayment, createPayment, refundPayment } from '../contract.ts';
import { forgetCircuits } from '../provider-calls/breaker.ts';
import { usePlatformStack } from '../test-support/platform-stack.ts';
import { useProviderScene } from '../test-support/provider-scene.ts';
import { handler } from './run-payment-sweep.ts';

vi.mock('node:timers/promises', () => ({ setTimeout: () => Promise.resolve() }));

const stack = usePlatformStack();
const scene = useProviderScene(stack);

const sweep = (tenantId = scene.tenantId) =>
  handler({ Records: [{ messageId: '1', body: JSON.stringify({ tenantId }), attributes: {} }] } as never);
let looks = 0;
function begin(): void {
  looks = 0;
}
/** The time until the next look, and the look. */
async function look(times = 1): Promise<void> {
  for (let i = 0; i < times; i++) {
    forgetCircuits();
    stack.advance(2 * 60_000 * 2 ** looks++);
    expect(await sweep()).toEqual({ batchItemFailures: [] });
  }
}
const events = (type: string) =>
  stack
    .takeOutbox(scene.tenantId)
    .filter((event) => event['type'] === type)
    .map(({ payload }) => JSON.parse(payload!));
const open = () =>
  stack.rows('platform').filter((row) => /OPEN-PAYMENTS/.test(row.pk.S) && row.pk.S.includes(scene.tenantId));
const pay = (reference: string, currency = 'YER') => createPayment(scene.session, order(reference, currency));
const unknown = { code: 'outcome_unknown' };

describe('a payment', () => {
  it('that went well leaves nothing to look for, nor one that was refused', async () => {
    await scene.integrate('kuraimi');
    await pay('well');
    scene.providers.setMode('kuraimi', 'reject');
    await expect(pay('refused')).rejects.toMatchObject({ code: 'all_providers_failed' });
    expect(open()).toEqual([]);
  });

  it.each([
    ['kuraimi', 'YER'],
    ['stripe', 'SAR'],
    ['paypal', 'USD'],
  ])(
    'at %s whose answer was lost is found, published once, and known to whoever asks again',
    async (provider, currency) => {
      begin();
      const id = await scene.integrate(provider);
      const reference = `lost-${provider}`;
      scene.providers.setMode(provider, { mode: 'lose_answer', method: 'POST' });
      await expect(pay(reference, currency)).rejects.toMatchObject(unknown);
      scene.providers.setMode(provider, 'ok');
      // Before it is due nothing is asked.
      const asked = scene.providers.journal.requests(provider).length;
      await sweep();
      expect(scene.providers.journal.requests(provider).length).toBe(asked);
      await look();
      const [event, ...more] = events('payment.notified');
      expect(more).toEqual([]);
      expect(event).toMatchObject({
        integrationId: id,
        provider,
        data: { event: 'outcome_resolved', operation: 'create', outcome: 'done', reference, status: 'pending' },
      });
      expect((await pay(reference, currency)).value.providerReference).toBe(event.data.providerReference);
      await look(2);
      expect(events('payment.notified')).toEqual([]);
      expect(scene.acts(provider, 'payment')).toHaveLength(1);
      expect(open()).toEqual([]);
    },
  );

  it('that was never taken is told as failed after three looks, and can then be made', async () => {
    begin();
    await scene.integrate('kuraimi');
    scene.providers.setMode('kuraimi', { mode: 'error', method: 'POST' });
    await expect(pay('never')).rejects.toMatchObject(unknown);
    scene.providers.setMode('kuraimi', 'ok');
    await look(2);
    expect(events('payment.notified')).toEqual([]);
    await expect(pay('never')).rejects.toMatchObject(unknown);
    await look();
    expect(events('payment.notified')).toMatchObject([
      { data: { operation: 'create', outcome: 'not_taken', status: 'failed', reference: 'never' } },
    ]);
    expect(scene.acts('kuraimi', 'payment')).toEqual([]);
    expect((await pay('never')).provider).toBe('kuraimi');
    expect(scene.acts('kuraimi', 'payment')).toHaveLength(1);
  });

  it('of a provider that stays silent is given to a person, and is asked about no more', async () => {
    begin();
    const id = await scene.integrate('kuraimi');
    scene.providers.setMode('kuraimi', 'error');
    await expect(pay('silent')).rejects.toMatchObject(unknown);
    await look(6);
    expect(events('system.alert')).toEqual([]);
    await look();
    expect(events('system.alert')).toMatchObject([
      { severity: 'error', alertData: { integrationId: id, operation: 'create', reference: 'silent' } },
    ]);
    expect(open()).toEqual([]);
    // Unknown it stays: nobody else is asked, and the person may repeat it here.
    await expect(pay('silent')).rejects.toMatchObject(unknown);
  });

  it('of a crashed instance is found as well', async () => {
    begin();
    await scene.integrate('jawali');
    const { journal } = scene.providers as unknown as { journal: { record(...args: unknown[]): void } };
    const record = journal.record.bind(journal);
    vi.spyOn(journal, 'record').mockImplementation((...args) => {
      record(...args);
      vi.spyOn(documentClient(), 'send').mockImplementation(async () => {
        throw new Error('The instance is gone.');
      });
    });
    await expect(pay('crash')).rejects.toThrow('gone');
    vi.restoreAllMocks();
    await look();
    expect(events('payment.notified')).toMatchObject([{ data: { outcome: 'done', reference: 'crash' } }]);
    expect(scene.acts('jawali', 'payment')).toHaveLength(1);
  });

  it('is looked for by one of two sweeps', async () => {
    begin();
    await scene.integrate('kuraimi');
    scene.providers.setMode('kuraimi', { mode: 'lose_answer', method: 'POST' });
    await expect(pay('race')).rejects.toMatchObject(unknown);
    scene.providers.setMode('kuraimi', 'ok');
    stack.advance(2 * 60_000);
    await Promise.all([sweep(), sweep(), sweep()]);
    expect(events('payment.notified')).toHaveLength(1);
    expect(scene.acts('kuraimi', 'payment')).toHaveLength(1);
  });

  it('of another tenant is not touched', async () => {
    begin();
    await scene.integrate('kuraimi');
    scene.providers.setMode('kuraimi', { mode: 'lose_answer', method: 'POST' });
    await expect(pay('mine')).rejects.toMatchObject(unknown);
    stack.advance(10 * 60_000);
    await sweep('tenant-other');
    expect(open()).toHaveLength(1);
  });
});

describe('money given back', () => {
  const refund = (integrationId: string, id: string, amount = '125.50') =>
    refundPayment(scene.session, integrationId, id, parseMoney(amount, 'YER'), `refund-${id}`);

  async function paid(reference: string): Promise<{ integrationId: string; id: string }> {
    begin();
    await scene.integrate('kuraimi');
    const { integrationId, value } = await pay(reference);
    scene.providers.payerActs('kuraimi', value.providerReference, 'pays');
    return { integrationId, id: value.providerReference };
  }

  it('is found to have been given back', async () => {
    const { integrationId, id } = await paid('back-1');
    scene.providers.setMode('kuraimi', { mode: 'lose_answer', method: 'POST' });
    await expect(refund(integrationId, id)).rejects.toMatchObject(unknown);
    scene.providers.setMode('kuraimi', 'ok');
    await look();
    expect(events('payment.notified')).toMatchObject([
      { data: { operation: 'refund', outcome: 'done', status: 'refunded', providerReference: id } },
    ]);
    expect(scene.acts('kuraimi', 'refund')).toHaveLength(1);
  });

  it('that did not go through may be tried again after three looks', async () => {
    const { integrationId, id } = await paid('back-2');
    scene.providers.setMode('kuraimi', { mode: 'error', method: 'POST' });
    await expect(refund(integrationId, id)).rejects.toMatchObject(unknown);
    scene.providers.setMode('kuraimi', 'ok');
    await look(3);
    const [event] = events('payment.notified');
    expect(event.data).toMatchObject({ operation: 'refund', outcome: 'not_taken' });
    expect(event.data).not.toHaveProperty('status');
    expect((await refund(integrationId, id)).value.status).toBe('refunded');
    expect(scene.acts('kuraimi', 'refund')).toHaveLength(1);
  });

  it('in part, where nobody can tell this part from another, is left to a person', async () => {
    const { integrationId, id } = await paid('back-3');
    scene.providers.setMode('kuraimi', { mode: 'lose_answer', method: 'POST' });
    await expect(refund(integrationId, id, '25.50')).rejects.toMatchObject(unknown);
    scene.providers.setMode('kuraimi', 'ok');
    await look(7);
    expect(events('payment.notified')).toEqual([]);
    expect(open()).toEqual([]);
  });
});

it('a capture whose answer was lost is found to have happened', async () => {
  begin();
  await scene.integrate('stripe', { values: { capture_method: 'manual' } });
  const { integrationId, value } = await pay('capture-1', 'SAR');
  scene.providers.payerActs('stripe', value.providerReference, 'authorises');
  const capture = () =>
    capturePayment(scene.session, integrationId, value.providerReference, parseMoney('125.50', 'SAR'), 'cap-1');
  scene.providers.setMode('stripe', { mode: 'lose_answer', method: 'POST' });
  await expect(capture()).rejects.toMatchObject(unknown);
  scene.providers.setMode('stripe', 'ok');
  await look();
  expect(events('payment.notified')).toMatchObject([{ data: { operation: 'capture', outcome: 'done' } }]);
  expect(scene.acts('stripe', 'capture')).toHaveLength(1);
});
