/** What a utility loses altogether: billing efficiency, collection and what is left, with known loads that no meter tells. */
import { beforeAll, describe, expect, it } from 'vitest';
import { handler as customers } from '../customers/handler.ts';
import { handler as payments } from '../payments/handler.ts';
import { countPage } from '../reports/count-page.ts';
import { handler as reports } from '../reports/handler.ts';
import type { ReportMessage } from '../reports/start-report.ts';
import { Sums } from '../reports/sums.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { april, lossReporting } from '../test-support/loss-reporting.ts';
import { oweInvoice } from '../test-support/owe-invoice.ts';
import type { PlannedArea } from './loss-report-entity.ts';
import { totalsOf } from './loss-totals.ts';

const area = (id: string, more: Partial<PlannedArea> = {}): PlannedArea => ({
  id,
  name: id,
  kind: 'feeder',
  technicalLossPercent: '5',
  metersFrom: 'assignments',
  daysWithoutInput: [0],
  ...more,
});
/** Whole kWh of areas, by their place. */
const sumsOf = (...areas: Record<string, number>[]): Sums =>
  new Sums(
    Object.fromEntries(
      areas.flatMap((measures, i) =>
        Object.entries(measures).map(([name, kwh]) => [
          `${i}/0/${name}`,
          `${kwh * (name === 'unknownInputs' ? 1 : 1_000_000)}`,
        ]),
      ),
    ),
  );
const rate = (ratePercent: string) => [{ ratePercent, reportId: 'brp_1' }];

describe('totals', () => {
  const sums = sumsOf({ input: 1000, metered: 800, billed: 600, sold: 100 });

  it.each([
    // 100 sold and 90 % of 600 billed are 640 of 1000.
    ['90.00', '36.00'],
    // Debt of before was paid as well: no more than all of the 600.
    ['150.00', '30.00'],
    ['-3.00', '90.00'],
  ])('of which %s percent is collected', (collected, lost) => {
    expect(totalsOf([area('F')], [april], sums, rate(collected))[0]).toMatchObject({
      netInputKwh: '1000',
      lossPercent: '20.00',
      commercialLossKwh: '250', // 1000 - 50 - 700
      billingEfficiencyPercent: '70.00',
      collectionRatePercent: collected,
      atccLossPercent: lost,
    });
  });

  it('do not guess what was collected, unless nothing was billed', () => {
    expect(totalsOf([area('F')], [april], sums, [undefined])[0]).toMatchObject({
      collectionRatePercent: null,
      atccLossPercent: null,
    });
    const tokens = sumsOf({ input: 1000, metered: 800, sold: 750 });
    expect(totalsOf([area('F')], [april], tokens, [undefined])[0]).toMatchObject({ atccLossPercent: '25.00' });
  });

  it('count a transformer within its feeder, and leave out what is not known', () => {
    const areas = [area('F'), area('T', { kind: 'transformer', parentId: 'F' }), area('G'), area('X')];
    const all = sumsOf(
      { input: 1000, metered: 900 },
      { input: 400, metered: 390 },
      { input: 500, metered: 500 },
      { input: 70, unknownInputs: 1 },
    );
    const [total] = totalsOf(areas, [april], all, [undefined]);
    expect(total).toMatchObject({ areas: 2, unknownAreas: 1, inputKwh: '1500', lossKwh: '100', lossPercent: '6.67' });
    // Areas that share meters are added to nothing.
    const shared = areas.map((each, i) => (i === 2 ? { ...each, overlaps: true as const } : each));
    expect(totalsOf(shared, [april], all, [undefined])[0]).toMatchObject({
      areas: 1,
      unknownAreas: 1,
      overlappingAreas: 1,
      inputKwh: '1000',
    });
    // Without its feeder a transformer stands for itself.
    expect(totalsOf(areas.slice(1, 2), [april], sumsOf({ input: 400, metered: 390 }), [undefined])[0]).toMatchObject({
      areas: 1,
    });
  });
});

describe('a report', () => {
  const stack = useBillingStack();
  const tenant = 'totals';
  const { addArea, assign, report, call } = lossReporting(stack, tenant);

  beforeAll(async () => {
    await stack.addTenant(tenant);
    for (const [id, first, second] of [
      ['IN', 1000, 2200],
      ['OUT', 700, 1600],
    ] as const) {
      await stack.addMeter(tenant, id);
      await stack.read(tenant, id, [
        ['2026-04-01T00:00', 0],
        ['2026-05-01T00:00', first],
        ['2026-06-01T00:00', second],
      ]);
    }
    const { body } = await stack.call(tenant, customers, 'POST', '/api/billing/customers', { body: { name: 'Ahmed' } });
    await oweInvoice(tenant, body.data.id, '100.00', { issueDate: '2026-04-10' });
    await stack.call(tenant, payments, 'POST', '/api/billing/payments', {
      body: { customerId: body.data.id, amount: '80', method: 'cash', receivedAt: '2026-04-20T09:00:00Z' },
    });
    const order = { kind: 'collection_rate', from: '2026-04-01', to: '2026-04-30' };
    await stack.call(tenant, reports, 'POST', '/api/billing/reports', { body: order });
    await stack.workOff('billing-reports', (message) => countPage(JSON.parse(message) as ReportMessage));
  });

  it('takes known loads of a feeder and its transformers off the losses, and tells how they change by month', async () => {
    const feeder = await addArea({
      kind: 'feeder',
      inputMeters: [{ meterId: 'IN', from: '2026-01-01' }],
      technicalLossPercent: '5',
    });
    const lights = { name: 'Street lights', kwhPerDay: '2', from: '2026-04-01' };
    const below = await addArea({ parentId: feeder, unmeteredLoads: [lights] });
    await assign(below, { OUT: [{ from: '2026-01-01' }] });
    const made = await report([feeder, below], { from: '2026-04-01', to: '2026-06-01', by: 'month' });
    expect(made.result.slice(0, 2)).toMatchObject([
      {
        unmeteredKwh: '60', // 30 days
        lossKwh: '240', // 1000 - 700 - 60
        commercialLossKwh: '890', // 1000 - 60 - 50 - nothing billed
        commercialLossPercent: '89.00',
        commercialLossChange: null,
        billingEfficiencyPercent: '0.00',
      },
      // 1200 - 62 - 60 = 1078 of 1200.
      { unmeteredKwh: '62', lossKwh: '238', commercialLossPercent: '89.83', commercialLossChange: '0.83' },
    ]);
    expect(made.totals).toMatchObject([
      { ...april, areas: 1, unknownAreas: 0, netInputKwh: '1000', unmeteredKwh: '60', collectionRatePercent: '80.00' },
      { areas: 1, netInputKwh: '1200', collectionRatePercent: null },
    ]);
    const csv = await call('GET', `/reports/${made.id}/csv`, { headers: { 'accept-language': 'ar' } });
    expect(csv.text).toContain('\nكل المناطق,,2026-04-01,2026-05-01,1000,');
    // Whoever adds the rows up sees which are not added.
    const { name } = made.result.find(({ areaId }: any) => areaId === feeder);
    expect(csv.text.split('\r\n').filter((line: string) => line.endsWith(`,${name}`))).toHaveLength(2);
    const bad = { unmeteredLoads: [{ ...lights, kwhPerDay: '-2' }] };
    expect((await call('PUT', `/${below}`, { body: bad })).status).toBe(400);
  });

  it('refuses known loads whose days end before they begin, or count twice', async () => {
    const lights = { name: 'Street lights', kwhPerDay: '2', from: '2026-04-01' };
    const add = (...unmeteredLoads: object[]) =>
      call('POST', '', { body: { name: 'Lit', kind: 'feeder', unmeteredLoads } });
    const refused = await add({ ...lights, to: '2026-03-01' });
    expect(refused.status).toBe(422);
    expect(refused.body.detail).toContain('"Street lights"');
    expect((await add(lights, { ...lights, from: '2026-05-01', kwhPerDay: '3' })).status).toBe(422);
    const changed = await add(
      { ...lights, to: '2026-05-01' },
      { ...lights, from: '2026-05-01', kwhPerDay: '3' },
      { ...lights, name: 'Own use' },
    );
    expect(changed.status).toBe(201);
    expect((await call('PUT', `/${changed.body.data.id}`, { body: { unmeteredLoads: null } })).status).toBe(200);
  });

  it('takes no collection rate that was made before the month was over', async () => {
    const area = await addArea({ kind: 'feeder', inputMeters: [{ meterId: 'IN', from: '2026-01-01' }] });
    const june = { kind: 'collection_rate', from: '2026-06-01', to: '2026-06-30' };
    const { body } = await stack.call(tenant, customers, 'POST', '/api/billing/customers', { body: { name: 'Huda' } });
    await oweInvoice(tenant, body.data.id, '50.00', { issueDate: '2026-06-10' });
    const rateNow = async (): Promise<string> => {
      const { id } = (await stack.call(tenant, reports, 'POST', '/api/billing/reports', { body: june })).body.data;
      await stack.workOff('billing-reports', (message) => countPage(JSON.parse(message) as ReportMessage));
      return id;
    };
    await rateNow();
    stack.advance(16 * 86_400_000);
    const days = { from: '2026-06-01', to: '2026-07-01' };
    const early = await report([area], days);
    expect(early.totals).toMatchObject([{ collectionRatePercent: null }]);
    expect(early.totals[0]).not.toHaveProperty('collectionReportId');
    const late = await rateNow();
    expect((await report([area], days)).totals).toMatchObject([
      { collectionRatePercent: '0.00', collectionReportId: late },
    ]);
  });
});
