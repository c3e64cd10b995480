/** Switching between bills and tokens: to the day and to the smallest unit, and at no moment is the meter nobody's. */
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { handler as customers } from '../customers/handler.ts';
import { minorOf } from '../invoices/invoice-amounts.ts';
import type { Invoice } from '../invoices/invoice-schema.ts';
import { handler as supplies } from '../supplies/handler.ts';
import { handler as tariffs } from '../tariffs/handler.ts';
import { usePrepaidScene } from '../test-support/prepaid-scene.ts';
import { handler as switches } from './switch-handler.ts';
import { unusedCharges } from './unused-charges.ts';
import { valueCredit } from './value-credit.ts';
import type { VendParts } from './vend-schema.ts';

vi.mock('node:timers/promises', () => ({ setTimeout: () => Promise.resolve() }));

const tenant = 'switch';
const scene = usePrepaidScene(tenant);
const toPrepaid = (body: object) =>
  scene.stack.call(tenant, switches, 'POST', '/api/billing/prepaid/switches/to-prepaid', { body });
const toPostpaid = (body: object) =>
  scene.stack.call(tenant, switches, 'POST', '/api/billing/prepaid/switches/to-postpaid', { body });
const suppliesOf = async (meterId: string) =>
  (await scene.stack.call(tenant, supplies, 'GET', '/api/billing/supplies', { query: { meterId } })).body.data;

describe('to tokens', () => {
  let supplyId: string;
  let meterId: string;
  let customerId: string;
  beforeAll(async () => {
    ({ supplyId, meterId, customerId } = await scene.addSupply({ mode: 'postpaid' }));
    await scene.stack.read(tenant, meterId, [
      ['2026-06-01T00:00', 100],
      ['2026-06-05T00:00', 120],
      ['2026-06-11T00:00', 150],
    ]);
    // Of a change of tariff that is still to come a switch takes nothing.
    const body = { code: 'COMING', name: 'Coming' };
    const { id } = (await scene.stack.call(tenant, tariffs, 'POST', '/api/billing/tariffs', { body })).body.data;
    const change = { body: { tariffId: id, tariffFrom: '2026-07-01' } };
    const { status } = await scene.stack.call(tenant, supplies, 'PUT', `/api/billing/supplies/${supplyId}`, change);
    expect(status).toBe(200);
  });

  it('bills to the day, puts the debt into an agreement, and begins the prepaid supply on that day, once', async () => {
    const order = { supplyId, on: '2026-06-11' };
    expect((await toPrepaid({ ...order, on: '2026-06-12' })).status).toBe(422);
    expect((await toPrepaid({ ...order, on: '2026-07-01' })).status).toBe(422);
    // 10 of 30 days: 300 / 3 + 33.333 × 25 + 16.667 × 50 = 100.00 + 833.33 + 833.35 = 1766.68, and 5 % are 88.33.
    expect(await toPrepaid(order)).toMatchObject({ status: 409, body: { detail: expect.stringContaining('1855.01') } });
    expect(await suppliesOf(meterId)).toHaveLength(1);
    const arrears = { instalment: { type: 'share', percent: '25' } };
    const answers = await Promise.all([1, 2, 3].map(() => toPrepaid({ ...order, arrears })));
    const done = answers.filter(({ status }) => status === 200);
    expect(done.length).toBeGreaterThan(0);
    // Who asks again, or lost the answer, reads the same.
    const again = (await toPrepaid({ ...order, arrears })).body.data;
    expect(again).toMatchObject({ debtAmount: '1855.01', agreementId: expect.stringMatching(/^agr_/) });
    for (const { body } of done)
      expect(body.data).toMatchObject({ debtAmount: '1855.01', agreementId: again.agreementId });
    expect(await suppliesOf(meterId)).toMatchObject([
      { mode: 'postpaid', from: '2026-06-01', to: '2026-06-11', billedTo: '2026-06-11' },
      { mode: 'prepaid', from: '2026-06-11', customerId, tariffId: scene.tariffId },
    ]);
    const next = (await suppliesOf(meterId))[1].id;
    // Two thirds of the month are left of its charge; a quarter of the purchase goes to the debt.
    expect((await scene.buy(next, '2000')).body.data.parts).toMatchObject({
      arrearsAmount: '500.00',
      fixedAmount: '200.00',
    });
    expect(await scene.balance(customerId)).toMatchObject({ balance: '1355.01' });
  });
});

const dayMs = 86_400_000;
const end = (supplyId: string, to: string) =>
  scene.stack.call(tenant, supplies, 'POST', `/api/billing/supplies/${supplyId}/end`, { body: { to } });
const invoicesOf = async (customerId: string): Promise<Invoice[]> =>
  (await scene.stack.call(tenant, customers, 'GET', `/api/billing/customers/${customerId}/invoices`)).body.data;

describe('to bills', () => {
  it('gives back what was paid for the credit in the meter, and clears it', async () => {
    const { supplyId, meterId, customerId, meterNumber } = await scene.addSupply();
    await scene.buy(supplyId, '3000');
    const second = (await scene.buy(supplyId, '1000')).body.data;
    expect(second.parts).toMatchObject({ boughtKwh: '19.0', carriedOut: '4.75' });
    expect((await toPostpaid({ supplyId, remainingKwh: '500' })).status).toBe(422);
    const path = `/api/billing/customers/${customerId}`;
    expect((await scene.stack.call(tenant, customers, 'PUT', path, { body: { type: 'commercial' } })).status).toBe(200);
    const answers = await Promise.all([1, 2].map(() => toPostpaid({ supplyId, remainingKwh: '12.0' })));
    const [done] = answers.filter(({ status }) => status === 200);
    // 12 kWh × 50 × 1.05 = 630.00, 4.75 that were kept, and 300 × 16/30 × 1.05 = 168.00 of June from the 15th on, which is billed.
    expect(done!.body.data).toMatchObject({ returnedAmount: '802.75', currency: 'YER' });
    expect(answers.map(({ status }) => status).sort()).not.toEqual([200, 200]);
    expect(await scene.balance(customerId)).toEqual({ currency: 'YER', balance: '-802.75', advance: '802.75' });
    expect(JSON.parse(scene.stack.events('prepaid.credit_returned').at(-1).payload.S)).toMatchObject({
      energyAmount: '600.00',
      fixedAmount: '160.00',
      taxAmount: '38.00',
      carriedAmount: '4.75',
      // As it was sold.
      customerType: 'residential',
    });
    expect(await suppliesOf(meterId)).toMatchObject([
      { mode: 'prepaid', to: '2026-06-15' },
      { mode: 'postpaid', from: '2026-06-15' },
    ]);
    await scene.workOff(60, 2);
    expect(
      scene.tokens().filter((token) => token.meter_number === meterNumber && token.kind === 'clear-credit'),
    ).toHaveLength(1);
    expect((await scene.buy(supplyId, '1000')).status).toBe(422);
    expect((await scene.post(`/${second.id}/reversal`, { reason: 'x' })).status).toBe(409);
    const statement = await scene.stack.call(
      tenant,
      customers,
      'GET',
      `/api/billing/customers/${customerId}/statement`,
    );
    expect(statement.body.data.entries).toContainEqual(
      expect.objectContaining({
        type: 'prepaid_credit',
        credit: '802.75',
        reference: meterNumber,
        description: {
          en: `Credit left in meter ${meterNumber}: 12.0 kWh, given back`,
          ar: `رصيد متبقٍ في العداد ${meterNumber}: 12.0 ك.و.س، أُعيد للحساب`,
        },
      }),
    );
    // Whoever reads it knows what it is of: no entry shows an id of ours.
    for (const { type, reference, description } of statement.body.data.entries) {
      expect(reference).not.toMatch(/^[a-z]{3}_/);
      if (type === 'prepaid_sale') expect(description.en).toMatch(new RegExp(`^Token: .* kWh, meter ${meterNumber}$`));
    }
  });

  it('gives what was kept for the next purchase, and charges of the days after, back to who moves out', async () => {
    const { supplyId, customerId } = await scene.addSupply();
    await scene.buy(supplyId, '3000');
    expect((await end(supplyId, '2026-06-20')).status).toBe(422);
    expect((await end(supplyId, '2026-06-15')).status).toBe(200);
    expect(await scene.balance(customerId)).toEqual({ currency: 'YER', balance: '-170.25', advance: '170.25' });
    expect((await scene.buy(supplyId, '1000')).status).toBe(422);
  });

  it('gives charges back by their days, with the tax on them, and none that were for a bill', () => {
    const charge = (unit: string, amount: string, days = { from: '2026-06-01', to: '2026-07-01' }) => ({
      ...{ kind: 'fixed', unit, amount },
      ...days,
    });
    const may = { from: '2026-05-01', to: '2026-06-01' };
    const parts = {
      ...{ currency: 'USD', energyAmount: '10.00', fixedAmount: '30.00', taxAmount: '4.00' },
      lines: [charge('month', '9.00'), charge('day', '15.00'), charge('bill', '3.00'), charge('month', '3.00', may)],
    } as VendParts;
    // (9 + 15) × 10/30 = 8.00, and 8/40 of the tax.
    expect(unusedCharges([parts], '2026-06-21')).toEqual({ fixed: 800n, taxes: 80n });
    expect(unusedCharges([parts], '2026-07-01')).toEqual({ fixed: 0n, taxes: 0n });
    // From the beginning all of it; of May its own days.
    expect(unusedCharges([parts], '2026-05-31').fixed).toBe(2400n + 10n);
    expect(unusedCharges([], '2026-06-21')).toEqual({ fixed: 0n, taxes: 0n });
  });

  it('values the energy bought last, the given part of a token used before the paid one', () => {
    const parts = (more: object) =>
      ({ currency: 'USD', fixedAmount: '0.00', taxAmount: '0.00', freeKwh: '0.0', ...more }) as VendParts;
    const latestFirst = [
      parts({ boughtKwh: '10.0', energyAmount: '4.00', freeKwh: '5.0' }),
      parts({ boughtKwh: '40.0', energyAmount: '8.00', fixedAmount: '2.00', taxAmount: '1.00' }),
    ];
    // 10 of the last for 4.00, 5 that were given, 5 of the one before: 5/40 × 8.00 = 1.00 and 5/40 × 8/10 × 1.00 = 0.10 tax.
    expect(valueCredit(latestFirst, 200)).toEqual({ energy: 500n, taxes: 10n, unaccounted: 0 });
    expect(valueCredit(latestFirst, 600)).toEqual({ energy: 1200n, taxes: 80n, unaccounted: 50 });
    expect(valueCredit([], 0)).toEqual({ energy: 0n, taxes: 0n, unaccounted: 0 });
    // A least amount of the month that the first purchase paid and the second got back is the price of neither's energy.
    const minimum = (amount: string) => [{ kind: 'minimum', amount }];
    const least = [
      parts({ boughtKwh: '30.0', energyAmount: '0.00', lines: minimum('-7.50') }),
      parts({ boughtKwh: '10.0', energyAmount: '10.00', lines: minimum('7.50') }),
    ];
    expect(valueCredit(least, 300)).toEqual({ energy: 750n, taxes: 0n, unaccounted: 0 });
    expect(valueCredit(least, 400)).toEqual({ energy: 1000n, taxes: 0n, unaccounted: 0 });
    expect(valueCredit([parts({ boughtKwh: '1.0', energyAmount: '-2.00' })], 10).energy).toBe(0n);
  });
});

describe('charges of days on which nothing was bought', () => {
  it('are owed by who never bought, for the days of the supply, and a purchase of that moment does not pay them, too', async () => {
    const { supplyId, customerId } = await scene.addSupply();
    const [bought, ended] = await Promise.all([scene.buy(supplyId, '2000'), end(supplyId, '2026-06-11')]);
    // While a token is being made the end is refused.
    expect([200, 409]).toContain(ended.status);
    if (ended.status === 409) expect((await end(supplyId, '2026-06-11')).status).toBe(200);
    // Who bought has the month's charge back from the 11th on; who did not owes 10 of 30 days: 300 / 3 and 5 %.
    const [invoice] = await invoicesOf(customerId);
    if (bought.body.data.status !== 'vended')
      expect(invoice).toMatchObject({ totalAmount: '105.00', taxAmount: '5.00' });
    else expect(invoice).toBeUndefined();
  });

  it('are owed line by line, and what was kept for the next purchase pays them first', async () => {
    const { supplyId, customerId } = await scene.addSupply();
    await scene.buy(supplyId, '3000');
    const other = await scene.addSupply();
    await scene.buy(other.supplyId, '3000');
    scene.stack.advance(70 * dayMs);
    expect((await end(supplyId, '2026-08-22')).status).toBe(200);
    // July 300, 21 of 31 days of August 203.23, and 5 % of either; 2.25 were kept.
    const [invoice] = await invoicesOf(customerId);
    expect(invoice).toMatchObject({
      kind: 'prepaid_charges',
      invoiceNumber: expect.stringMatching(/-20260821-P1$/),
      period: { from: '2026-07-01', to: '2026-08-22' },
      fixedCharges: '503.23',
      taxAmount: '25.16',
      totalAmount: '528.39',
      paidAmount: '2.25',
      dueAmount: '526.14',
    });
    expect(invoice!.charges!.map(({ from, to, amount }) => `${from} ${to} ${amount}`)).toEqual([
      '2026-07-01 2026-08-01 300.00',
      '2026-07-01 2026-08-01 15.00',
      '2026-08-01 2026-08-22 203.23',
      '2026-08-01 2026-08-22 10.16',
    ]);
    expect(await scene.balance(customerId)).toEqual({ currency: 'YER', balance: '526.14', advance: '0.00' });
    const { meterId } = other;
    const { body } = await toPostpaid({ supplyId: other.supplyId, remainingKwh: '12.0' });
    // 1.1 kWh × 50 and 10.9 × 25, with 5 %, and 2.25; to the 24th of August 23 of 31 days are owed.
    const { chargesInvoiceId, returnedAmount } = body.data;
    const [charges] = await invoicesOf(other.customerId);
    expect(charges).toMatchObject({ id: chargesInvoiceId, totalAmount: '548.71' });
    expect(minorOf(charges!.paidAmount, 'YER')).toBe(minorOf(returnedAmount, 'YER'));
    expect((await suppliesOf(meterId)).map(({ mode }: any) => mode)).toEqual(['prepaid', 'postpaid']);
  });
});
