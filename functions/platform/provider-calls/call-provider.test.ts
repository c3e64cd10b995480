import { beforeEach, describe, expect, it, vi } from 'vitest';
import { parseMoney } from '../../../layers/money/money.ts';
import { createPayment, sendSms, vendCredit, verifyPayment } from '../contract.ts';
import { handler } from '../integrations/handler.ts';
import { caller } from '../test-support/fixtures.ts';
import { usePlatformStack } from '../test-support/platform-stack.ts';
import { type SimulatedProvider, simulateProvider } from '../test-support/test-provider.ts';
import { forgetCircuits, readCircuit } from './breaker.ts';
import { referenceEntity } from './reference.ts';

// Pauses between tries are tested with the engine; here they would only be waited for.
vi.mock('node:timers/promises', () => ({ setTimeout: () => Promise.resolve() }));

const stack = usePlatformStack();
let tenant = 0;
let tenantId: string;
let call: ReturnType<typeof caller>;
const session = () => stack.session(tenantId);

beforeEach(() => {
  tenantId = `tenant-c${++tenant}`;
  call = caller(handler, '/api/v1/developer/integrations', { tenantId });
  forgetCircuits();
});

/** An integration with a simulated provider behind it. */
async function integrate(
  provider: string,
  priority = 1,
  more: object = {},
): Promise<SimulatedProvider & { id: string }> {
  const simulated = await simulateProvider();
  const { data } = await call('POST', '', {
    code: `${provider}_${priority}`,
    provider,
    nameAr: 'x',
    priority,
    ...more,
  });
  const values = { api_url: simulated.url, api_key: `key-of-${provider}-12345678` };
  expect((await call('PUT', `/${data.id}/configs`, { environment: 'development', values })).status).toBe(200);
  return Object.assign(simulated, { id: data.id as string });
}

const message = (reference: string) => ({ to: '+967770000001', text: 'Your bill is ready', reference });
const order = (reference: string) => ({ reference, amount: parseMoney('12.50', 'YER'), description: 'Invoice' });

describe('a message', () => {
  it('goes out by priority, the primary integration first, and is not sent again by its reference', async () => {
    const a = await integrate('test_sms_a', 1);
    const b = await integrate('test_sms_b', 2, { isPrimary: true });
    const first = await sendSms(session(), message('m1'));
    expect(first).toMatchObject({ provider: 'test_sms_b', integrationId: b.id, value: { providerReference: 'pr-m1' } });
    expect(await sendSms(session(), message('m1'))).toMatchObject({ provider: 'test_sms_b', value: first.value });
    expect([a.done.length, b.done.length]).toEqual([0, 1]);
    await expect(sendSms(session(), { ...message('m1'), text: 'other' })).rejects.toMatchObject({
      code: 'idempotency_key_reused',
    });
  });

  it('is not lost while one provider of three works', async () => {
    const a = await integrate('test_sms_a', 1);
    const b = await integrate('test_sms_b', 2);
    const c = await integrate('test_sms_c', 3);
    const modes = ['ok', 500, 429, 'reset', 'garbage', 'lost', 401] as const;
    let sent = 0;
    for (const [i, modeA] of modes.entries())
      for (const modeB of modes) {
        // One mode for every retry at the provider.
        a.modes = modeA === 'ok' ? [] : [modeA, modeA, modeA];
        b.modes = modeB === 'ok' ? [] : [modeB, modeB, modeB];
        forgetCircuits();
        // A minute and a half later every circuit lets calls through again.
        stack.advance(20 * 60_000);
        await sendSms(session(), message(`f-${i}-${modeB}`));
        sent++;
      }
    const delivered = [a, b, c].flatMap(({ done }) => done.map(({ body }) => body.reference));
    expect(new Set(delivered).size).toBe(sent);
    // Where every answer was clear nothing came twice.
    const clear = delivered.filter((r: string) => /^f-[0126]-(ok|500|429|401)$/.test(r));
    expect(new Set(clear).size).toBe(clear.length);
  });

  it('that nobody takes fails with each cause, in both languages, and can be sent later', async () => {
    const a = await integrate('test_sms_a', 1);
    const b = await integrate('test_sms_b', 2);
    a.modes = [400];
    b.keys.add('another');
    await expect(sendSms(session(), message('m2'))).rejects.toMatchObject({
      code: 'all_providers_failed',
      status: 502,
      details: [
        { path: '/providers/test_sms_a_1', message: expect.stringContaining('rejected') },
        { path: '/providers/test_sms_b_2', message: expect.stringContaining('configuration') },
      ],
    });
    expect((await sendSms(session(), message('m2'))).provider).toBe('test_sms_a');
  });

  it('needs an active integration of the tenant', async () => {
    await expect(sendSms(session(), message('m3'))).rejects.toMatchObject({ code: 'unprocessable' });
    await integrate('test_sms_a', 1, { isActive: false });
    await expect(sendSms(session(), message('m3'))).rejects.toMatchObject({ code: 'unprocessable' });
    await expect(sendSms(stack.session('tenant-without'), message('m3'))).rejects.toMatchObject({
      code: 'unprocessable',
    });
  });

  it('goes out with the proven secret while a new one is refused', async () => {
    const a = await integrate('test_sms_a');
    await call('PUT', `/${a.id}/configs`, { environment: 'development', values: { api_key: 'mistyped-secret-99' } });
    a.keys.add('key-of-test_sms_a-12345678');
    expect((await sendSms(session(), message('m4'))).provider).toBe('test_sms_a');
  });
});

describe('money', () => {
  it('is taken at one provider, however the answer is lost', async () => {
    for (const mode of ['lost', 'garbage', 500] as const) {
      const a = await integrate('test_pay_a', 10 + tenant++);
      const b = await integrate('test_pay_b', 1000);
      a.modes = [mode];
      const pay = () => createPayment(session(), order(`p-${mode}`), { provider: 'test_pay_a' });
      const anywhere = () => createPayment(session(), order(`p-${mode}`));
      await expect(anywhere()).rejects.toMatchObject({ code: 'outcome_unknown', status: 409 });
      for (const again of [anywhere, pay]) await expect(again()).rejects.toMatchObject({ code: 'outcome_unknown' });
      expect(b.done).toEqual([]);
      expect(a.done.length).toBe(mode === 500 ? 0 : 1);
      await call('DELETE', `/${a.id}`);
      await call('DELETE', `/${b.id}`);
    }
  });

  it('goes to the next provider where the first is known not to have taken it', async () => {
    const a = await integrate('test_pay_a', 1);
    const b = await integrate('test_pay_b', 2);
    a.modes = [429, 429, 429];
    expect((await createPayment(session(), order('p1'))).provider).toBe('test_pay_b');
    a.keys.add('another');
    expect((await createPayment(session(), order('p2'))).provider).toBe('test_pay_b');
    expect([a.done.length, b.done.length]).toEqual([0, 2]);
  });

  it('refused by one provider is refused', async () => {
    const a = await integrate('test_pay_a', 1);
    const b = await integrate('test_pay_b', 2);
    a.modes = [402];
    await expect(createPayment(session(), order('p3'))).rejects.toMatchObject({ code: 'all_providers_failed' });
    expect(b.done).toEqual([]);
  });

  it('is asked for again where the provider knows the reference, and taken once', async () => {
    const a = await integrate('test_pay_safe');
    a.modes = ['lost'];
    expect((await createPayment(session(), order('p4'))).value).toMatchObject({ providerReference: 'pr-p4' });
    expect(a.done).toHaveLength(1);
  });

  it('that a crashed instance had sent is resolved where it was, and never elsewhere', async () => {
    const a = await integrate('test_pay_safe', 1);
    const b = await integrate('test_pay_a', 2);
    a.modes = ['lost', 'lost', 'lost'];
    await expect(createPayment(session(), order('p5'))).rejects.toMatchObject({ code: 'outcome_unknown' });
    // Down: that says nothing about what happened before.
    a.modes = [503, 503, 503];
    await expect(createPayment(session(), order('p5'))).rejects.toMatchObject({ code: 'outcome_unknown' });
    a.modes = [];
    stack.advance(31_000);
    expect((await createPayment(session(), order('p5'))).provider).toBe('test_pay_safe');
    expect([a.done.length, b.done.length]).toEqual([1, 0]);
    const again = await createPayment(session(), order('p5'));
    expect(again.value.amount).toEqual(parseMoney('12.50', 'YER'));
  });

  it('is not sent twice by two callers at once', async () => {
    const a = await integrate('test_pay_a');
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => createPayment(session(), order('p6'))));
    expect(a.done).toHaveLength(1);
    const refused = outcomes.flatMap((o) => (o.status === 'rejected' ? [o.reason.code] : []));
    expect(refused.every((code) => code === 'idempotency_in_progress')).toBe(true);
  });

  it('is verified where it was taken', async () => {
    const a = await integrate('test_pay_a');
    const paid = await createPayment(session(), order('p7'));
    a.modes = ['reset'];
    const verified = await verifyPayment(session(), paid.integrationId, paid.value.providerReference, order('p7'));
    expect(verified.value.status).toBe('captured');
  });

  it('after a crash before the answer was written stays unknown', async () => {
    await integrate('test_pay_a');
    await createPayment(session(), order('p8'));
    // As a crash would leave it: sent, nothing known, and the lease run out.
    const row = (await session().get(
      referenceEntity,
      { kind: 'payment', operation: 'create', reference: 'p8' },
      { consistent: true },
    ))!;
    await session().transact('platform', (unit) => unit.put(referenceEntity, { ...row, state: 'sending' }));
    await expect(createPayment(session(), order('p8'))).rejects.toMatchObject({ code: 'idempotency_in_progress' });
    stack.advance(61_000);
    await expect(createPayment(session(), order('p8'))).rejects.toMatchObject({ code: 'outcome_unknown' });
  });
});

describe('a token', () => {
  it('whose answer was lost is found, not vended again', async () => {
    const a = await integrate('test_sts');
    a.modes = ['lost'];
    const vend = () => vendCredit(session(), { meterNumber: '37000000001', energyKwh: '10', reference: 'v1' });
    await expect(vend()).rejects.toMatchObject({ code: 'outcome_unknown' });
    expect((await vend()).value.tokens).toEqual(['1'.repeat(20)]);
    expect(a.done).toHaveLength(1);
    expect((await vend()).value.tokens).toHaveLength(1);
    expect(a.requests.filter((path) => path === '/vend')).toHaveLength(1);
  });
});

describe('the circuit', () => {
  it('opens for every instance, lets one probe through, and closes', async () => {
    const a = await integrate('test_sms_a', 1);
    const b = await integrate('test_sms_b', 2);
    a.modes = Array(6).fill(500);
    for (let i = 0; i < 2; i++) await sendSms(session(), message(`c${i}`));
    const key = { integrationId: a.id, environment: 'development' } as const;
    expect((await readCircuit(session(), key)).state).toBe('open');
    forgetCircuits();
    const before = a.requests.length;
    expect((await sendSms(session(), message('c3'))).failures).toMatchObject([{ reason: 'circuit_open' }]);
    expect(a.requests.length).toBe(before);
    stack.advance(31_000);
    a.modes = [];
    expect((await sendSms(session(), message('c4'))).provider).toBe('test_sms_a');
    expect((await readCircuit(session(), key)).state).toBe('closed');
    expect(b.done.length).toBe(3);
  });
});

describe('what is kept', () => {
  it('is a log of every exchange with the documented columns, and counts per day', async () => {
    const a = await integrate('test_sms_a');
    a.modes = [503];
    await sendSms(session(), message('l1'));
    const { data } = await call('GET', `/${a.id}/logs`);
    expect(data.map((l: any) => [l.status, l.responseStatus, l.retryCount])).toEqual([
      ['success', 200, 1],
      ['failed', 503, 0],
    ]);
    expect(data[0]).toMatchObject({
      direction: 'outgoing',
      method: 'POST',
      endpoint: `${a.url}/send`,
      requestHeaders: { 'content-type': 'application/json' },
      requestBody: { to: expect.stringContaining('•'), text: '[18 characters]', reference: 'l1' },
    });
    expect((await call('GET', `/${a.id}/logs?status=failed`)).data).toHaveLength(1);
    expect((await call('GET', `/${a.id}/stats?days=1`)).data).toMatchObject({
      successes: 1,
      failures: 0,
      successRate: 1,
      days: [{ successes: 1 }],
    });
  });
});
