/** Tokens over the handler, the queue and the simulated vendor: one for a payment, whatever gets lost, and the money is never lost. */
import { describe, expect, it, vi } from 'vitest';
import { usePrepaidScene } from '../test-support/prepaid-scene.ts';
import { handler as vends } from './vend-handler.ts';

// Pauses between tries are tested with the engine of providers.
vi.mock('node:timers/promises', () => ({ setTimeout: () => Promise.resolve() }));

const tenant = 'vend';
const scene = usePrepaidScene(tenant);
const get = async (id: string) =>
  (await scene.stack.call(tenant, vends, 'GET', `/api/billing/prepaid/vends/${id}`)).body.data;
const madeFor = (meterNumber: string) => scene.tokens().filter(({ meter_number }) => meter_number === meterNumber);

describe('a purchase', () => {
  it('is charges of the month, energy and tax; the token is shown in groups of four to who sold it', async () => {
    const { supplyId, meterNumber, customerId } = await scene.addSupply();
    const quote = (await scene.post('/quote', { supplyId, amount: '3000' })).body.data;
    const { status, body } = await scene.buy(supplyId, '3000');
    expect(status).toBe(201);
    // (300 + 100 × 25 + 1.1 × 50) × 1.05 = 2997.75, and the next 0.1 kWh would cost 5.25.
    expect(body.data).toMatchObject({
      status: 'vended',
      meterNumber,
      parts: {
        amount: '3000.00',
        arrearsAmount: '0.00',
        fixedAmount: '300.00',
        energyAmount: '2555.00',
        taxAmount: '142.75',
        chargedAmount: '2997.75',
        carriedOut: '2.25',
        energyKwh: '101.1',
      },
    });
    expect(quote).toMatchObject(body.data.parts);
    expect(body.data.tokens).toEqual([expect.stringMatching(/^(\d{4} ){4}\d{4}$/)]);
    expect(madeFor(meterNumber)).toMatchObject([{ energy_kwh: '101.1', amount: '2997.75' }]);
    expect(await scene.balance(customerId)).toMatchObject({ balance: '0.00', advance: '0.00' });
    const event = scene.stack.events('prepaid.vended').at(-1);
    expect(JSON.parse(event.payload.S)).toMatchObject({
      customerType: 'residential',
      energyAmount: '2555.00',
      tokens: [expect.stringMatching(/••••/)],
    });
  });

  it('goes on where the one before ended, with what it left over', async () => {
    const { supplyId } = await scene.addSupply();
    await scene.buy(supplyId, '3000');
    // 1000 + 2.25 kept: 19.0 kWh × 50 × 1.05 = 997.50, kept 4.75.
    expect((await scene.buy(supplyId, '1000')).body.data.parts).toMatchObject({
      carriedIn: '2.25',
      fixedAmount: '0.00',
      energyKwh: '19.0',
      chargedAmount: '997.50',
      carriedOut: '4.75',
    });
  });

  it('shows its digits to nobody who only reads, and to the customer', async () => {
    const { supplyId, customerId } = await scene.addSupply();
    const { id, tokens } = (await scene.buy(supplyId, '1000')).body.data;
    const shown = await get(id);
    expect(shown.tokens[0]).toMatch(/^\d{4} •••• •••• •••• \d{4}$/);
    const listed = await scene.stack.call(tenant, vends, 'GET', '/api/billing/prepaid/vends', {
      query: { customerId },
    });
    expect(listed.body.data).toEqual([shown]);
    const { listVends } = await import('./request-vend.ts');
    expect((await listVends(scene.session, customerId)).items[0]!.tokens).toEqual(tokens);
    const reprint = await scene.post(`/${id}/reprint`);
    expect(reprint.body.data).toMatchObject({ tokens, reprints: 1 });
    const digits = tokens[0].replaceAll(' ', '');
    for (const item of scene.stack.tables.scan('billing'))
      if (item['_type'].S === 'outbox' || item['_type'].S === 'audit')
        expect(JSON.stringify(item)).not.toContain(digits);
  });

  it('with one external reference or one idempotency key is one token', async () => {
    const { supplyId, meterNumber } = await scene.addSupply();
    const first = await scene.buy(supplyId, '1000', { externalReference: 'R-1' });
    expect((await scene.buy(supplyId, '1000', { externalReference: 'R-1' })).status).toBe(409);
    const body = { supplyId, amount: '500', method: 'cash' };
    const key = { headers: { 'idempotency-key': 'till-1-0001' } };
    const answers = [await scene.post('', body, key), await scene.post('', body, key)];
    expect(answers[0].body.data.id).toBe(answers[1].body.data.id);
    expect(answers[0].body.data.id).not.toBe(first.body.data.id);
    await scene.deliverPayments(3);
    await scene.workOff(0, 2);
    expect(madeFor(meterNumber)).toHaveLength(2);
  });

  it('of two at once is priced one after the other, and each makes its token', async () => {
    const { supplyId, meterNumber } = await scene.addSupply();
    const answers = await Promise.all([scene.buy(supplyId, '2000'), scene.buy(supplyId, '2000')]);
    await scene.workOff(120);
    const [a, b] = await Promise.all(answers.map(({ body }) => get(body.data.id)));
    expect([a.status, b.status]).toEqual(['vended', 'vended']);
    expect(madeFor(meterNumber)).toHaveLength(2);
    // Together: (300 + 100 × 25 + x × 50) × 1.05 ≤ 4000 gives x = 20.1 and 3.25 kept... exactly what one of 4000 buys.
    const once = await scene.addSupply();
    const { parts } = (await scene.buy(once.supplyId, '4000')).body.data;
    expect(Number(a.parts.energyKwh) + Number(b.parts.energyKwh)).toBeCloseTo(Number(parts.energyKwh), 6);
    expect([a.parts.fixedAmount, b.parts.fixedAmount].sort()).toEqual(['0.00', '300.00']);
    const last = a.parts.carriedIn === '0.00' ? b : a;
    expect(last.parts.carriedOut).toBe(parts.carriedOut);
  });
});

describe('the money of a token', () => {
  const payments = () => import('../payments/handler.ts').then(({ handler }) => handler);
  const act = async (paymentId: string, what: string) =>
    (
      await scene.stack.call(tenant, await payments(), 'POST', `/api/billing/payments/${paymentId}/${what}`, {
        body: { reason: 'Changed my mind' },
      })
    ).status;

  it('is neither taken back nor refunded while the token is good', async () => {
    const { supplyId, customerId } = await scene.addSupply();
    const { id, paymentId } = (await scene.buy(supplyId, '1000')).body.data;
    expect([await act(paymentId, 'reverse'), await act(paymentId, 'refunds')]).toEqual([409, 409]);
    await scene.post(`/${id}/reversal`, { reason: 'Wrong meter' });
    expect(await act(paymentId, 'refunds')).toBe(201);
    expect(await scene.balance(customerId)).toBeDefined();
  });

  it('goes into the till of who sold it', async () => {
    const { handler: tills } = await import('../cashier-sessions/handler.ts');
    const till = '/api/billing/cashier-sessions';
    const opened = await scene.stack.call(tenant, tills, 'POST', till, { body: { desk: 'A1' } });
    expect(opened.status).toBe(201);
    const { supplyId } = await scene.addSupply();
    const { paymentId } = (await scene.buy(supplyId, '1000')).body.data;
    const payment = await scene.stack.call(tenant, await payments(), 'GET', `/api/billing/payments/${paymentId}`);
    expect(payment.body.data).toMatchObject({ cashierSessionId: opened.body.data.id, purpose: 'prepaid' });
  });
});

describe('a token whose answer is lost', () => {
  it('is found again by its reference, and not made twice', async () => {
    const { supplyId, meterNumber } = await scene.addSupply();
    scene.provider.providers.setMode('sts', { mode: 'lose_answer', times: 1, method: 'POST' });
    const { id, status } = (await scene.buy(supplyId, '1000')).body.data;
    expect(status).toBe('unknown');
    expect((await scene.buy(supplyId, '1000')).body.data.status).toBe('requested');
    await scene.workOff(300, 2);
    expect(await get(id)).toMatchObject({ status: 'vended', parts: { energyKwh: '26.0' } });
    expect(madeFor(meterNumber)).toHaveLength(2);
  });

  it('stays unknown while the vendor cannot be asked, for that proves nothing', async () => {
    const { supplyId, meterNumber, customerId } = await scene.addSupply();
    scene.provider.providers.setMode('sts', 'lose_answer');
    const { id } = (await scene.buy(supplyId, '1000')).body.data;
    scene.provider.providers.setMode('sts', 'error');
    await scene.workOff(3 * 3600);
    expect(await get(id)).toMatchObject({ status: 'unknown' });
    expect((await scene.balance(customerId))?.advance ?? '0.00').toBe('0.00');
    expect(scene.stack.events('system.alert').some(({ payload }) => payload.S.includes(id))).toBe(true);
    scene.provider.providers.setMode('sts', 'ok');
    await scene.workOff(1800);
    expect((await get(id)).status).toBe('vended');
    expect(madeFor(meterNumber)).toHaveLength(1);
    const cleared = scene.stack.events('system.alert_cleared').map(({ payload }) => JSON.parse(payload.S));
    expect(cleared.filter(({ dedupeKey }) => dedupeKey.includes(id))).toEqual([
      { dedupeKey: `prepaid-token/${id}`, reason: 'The token was made.' },
    ]);
  });
});

describe('a token that is refused', () => {
  it('leaves the supply as it was, and the money is the customer’s advance, which can be taken back', async () => {
    const { supplyId, customerId, meterNumber } = await scene.addSupply();
    scene.provider.providers.setMode('sts', { mode: 'reject', times: 1, method: 'POST' });
    const { id, status, paymentId, outcome } = (await scene.buy(supplyId, '1000')).body.data;
    expect([status, outcome]).toEqual(['failed', expect.stringContaining('limit of the day')]);
    expect(await scene.balance(customerId)).toEqual({ currency: 'YER', balance: '-1000.00', advance: '1000.00' });
    expect(JSON.parse(scene.stack.events('prepaid.vend_failed').at(-1).payload.S)).toMatchObject({
      vendId: id,
      returnedAmount: '1000.00',
    });
    // The month's charge was not taken: the next purchase has it.
    expect((await scene.buy(supplyId, '1000')).body.data.parts).toMatchObject({
      fixedAmount: '300.00',
      carriedIn: '0.00',
    });
    expect(madeFor(meterNumber)).toHaveLength(1);
    const { handler: payments } = await import('../payments/handler.ts');
    const back = await scene.stack.call(tenant, payments, 'POST', `/api/billing/payments/${paymentId}/reverse`, {
      body: { reason: 'Gave it back' },
    });
    expect(back.status).toBe(200);
    expect(await scene.balance(customerId)).toEqual({ currency: 'YER', balance: '0.00', advance: '0.00' });
  });

  it('for reasons that pass is asked for again, and given up after a while', async () => {
    const { supplyId, customerId } = await scene.addSupply();
    scene.provider.providers.setMode('sts', 'rate_limited');
    const passing = (await scene.buy(supplyId, '1000')).body.data;
    expect(passing.status).toBe('vending');
    scene.provider.providers.setMode('sts', 'ok');
    await scene.workOff(1800);
    expect((await get(passing.id)).status).toBe('vended');
    scene.provider.providers.setMode('sts', 'rate_limited');
    const { id } = (await scene.buy(supplyId, '1000')).body.data;
    await scene.workOff(4 * 3600);
    expect((await get(id)).status).toBe('failed');
    expect(await scene.balance(customerId)).toMatchObject({ advance: '1000.00' });
  });

  it('is refused before any money is taken where that is known before', async () => {
    const { supplyId, customerId } = await scene.addSupply();
    expect((await scene.buy(supplyId, '100')).status).toBe(422);
    expect((await scene.buy(supplyId, '0')).status).toBe(422);
    expect((await scene.buy(`sup_${'0'.repeat(26)}`, '100')).status).toBe(404);
    expect(await scene.balance(customerId)).toBeUndefined();
    const foreign = await scene.stack.call('other', vends, 'POST', '/api/billing/prepaid/vends/quote', {
      body: { supplyId, amount: '1000' },
    });
    expect(foreign.status).toBe(404);
  });
});
