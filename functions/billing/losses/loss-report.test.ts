/** Loss reports beside bills: what is billed, not yet, by shares of days, made anew; and that no crash changes a sum. */
import fc from 'fast-check';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { addDays, daysBetween } from '../../../layers/tariff/calendar.ts';
import { handler as invoices } from '../invoices/handler.ts';
import { handler as supplies } from '../supplies/handler.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { type CrashingWorker, crashingWorker } from '../test-support/crash-everywhere.ts';
import { april, lossReporting } from '../test-support/loss-reporting.ts';
import { aprilReadings, type MeteredCustomer, meteredCustomers } from '../test-support/metered-customers.ts';
import { billReader, shareOf } from './billed-energy.ts';
import type { LossReportMessage } from './start-loss-report.ts';
import { workOnLossReport } from './work-on-loss-report.ts';

const stack = useBillingStack();
const tenant = 'billed-losses';
const { call, start, read, work, report, row, linesOf, addArea, assign } = lossReporting(stack, tenant);
const { setUp, bill } = meteredCustomers(stack, tenant);
const always = [{ from: '2026-01-01' }];
let area: string;
let house: MeteredCustomer;

beforeAll(async () => {
  await stack.addTenant(tenant);
  await stack.addMeter(tenant, 'IN');
  // 200 kWh enter in April, 240 in May.
  await stack.read(tenant, 'IN', [
    ['2026-04-01T00:00', 0],
    ['2026-04-11T00:00', 60],
    ['2026-05-01T00:00', 200],
    ['2026-06-01T00:00', 440],
  ]);
  house = await setUp([...aprilReadings, ['2026-06-01T00:00', 1305]]);
  area = await addArea({
    name: '=HYPERLINK("http://x")',
    inputMeters: [{ meterId: 'IN', from: '2026-01-01' }],
    technicalLossPercent: '5',
  });
  await assign(area, { [house.meterId]: always });
});

describe('energy that is billed', () => {
  it('is held against what entered; what no bill covers yet is shown apart', async () => {
    expect(await row(area)).toMatchObject({
      meteredKwh: '150',
      billedKwh: '0',
      unbilledKwh: '150',
      commercialLossKwh: '190',
    });
    await bill(house.customerId);
    expect(await row(area)).toMatchObject({
      inputKwh: '200',
      meteredKwh: '150',
      billedKwh: '150',
      unbilledKwh: '0',
      lossKwh: '50', // 200 - 150
      technicalLossKwh: '10', // 5 % of 200
      commercialLossKwh: '40', // 200 - 10 - 150
      commercialLossPercent: '20.00',
      quality: { billedApportionedPercent: '0.00', billedEstimatedKwh: '0' },
    });
    const made = await report([area], { from: '2026-04-01', to: '2026-06-01', by: 'month' });
    expect(made.result).toMatchObject([
      { ...april, billedKwh: '150', unbilledKwh: '0' },
      // 155 were metered: 240 - 12 - 0.
      {
        from: '2026-05-01',
        to: '2026-06-01',
        meteredKwh: '155',
        billedKwh: '0',
        unbilledKwh: '155',
        commercialLossKwh: '228',
      },
    ]);
    expect(await linesOf(made.id, { withFindings: 'true' })).toMatchObject([
      { meterId: house.meterId, findings: [] },
      { meterId: house.meterId, unbilledKwh: '155', findings: ['unbilled'] },
    ]);
  });

  it('counts by the share of days where a bill reaches beyond them', async () => {
    expect(await row(area, { from: '2026-04-01', to: '2026-04-11' })).toMatchObject({
      inputKwh: '60',
      billedKwh: '50', // 150 x 10 / 30
      commercialLossKwh: '7', // 60 - 3 - 50
      quality: { billedApportionedKwh: '50', billedApportionedPercent: '100.00' },
    });
  });

  it('is what the newest note says where the bill was made anew, and nothing where it was cancelled', async () => {
    // Interpolated to 1 May from 11 May: 400 x 30 / 40.
    const late = await setUp([
      ['2026-04-01T00:00', 0],
      ['2026-05-11T00:00', 400],
    ]);
    const own = await addArea({});
    await assign(own, { [late.meterId]: always });
    const {
      invoices: [made],
    } = await bill(late.customerId, april, { mayEstimate: true });
    expect(await row(own)).toMatchObject({ billedKwh: '300' });
    await stack.read(tenant, late.meterId, [['2026-05-01T00:00', 310]]);
    const path = `/api/billing/invoices/${made.id}`;
    expect((await stack.call(tenant, invoices, 'POST', `${path}/rebill`, { body: {} })).status).toBe(200);
    expect(await row(own)).toMatchObject({ meteredKwh: '310', billedKwh: '310' });
    const notes = (
      await stack.call(tenant, invoices, 'GET', '/api/billing/invoices', { query: { customerId: late.customerId } })
    ).body.data;
    for (const { id } of [notes.find(({ kind }: any) => kind === 'difference_note'), made])
      expect(
        (
          await stack.call(tenant, invoices, 'POST', `/api/billing/invoices/${id}/cancel`, {
            body: { reason: 'wrong' },
          })
        ).status,
      ).toBe(200);
    expect(await row(own)).toMatchObject({ meteredKwh: '310', billedKwh: '0', unbilledKwh: '310' });
  });

  it('is each customer’s own where a meter changes hands in the middle, and nobody’s on days nobody has it', async () => {
    const { meterId, customerId, supplyId } = await setUp(aprilReadings);
    const supply = (path: string, body: object) =>
      stack.call(tenant, supplies, 'POST', `/api/billing/supplies${path}`, { body });
    const { tariffId } = (await supply(`/${supplyId}/end`, { to: '2026-04-11' })).body.data;
    await bill(customerId);
    const next = await setUp([], { from: '2026-05-01' });
    const order = { customerId: next.customerId, meterId, tariffId, from: '2026-04-21' };
    expect((await supply('', order)).status).toBe(201);
    const own = await addArea({});
    await assign(own, { [meterId]: always });
    expect(await row(own)).toMatchObject({
      meteredKwh: '150',
      billedKwh: '50', // ten days of the first
      withoutSupplyKwh: '50', // ten of nobody
      unbilledKwh: '50', // ten of the next
      quality: { billedApportionedKwh: '0', meteredEstimatedKwh: '0' },
    });
  });

  it('is found behind many later bills', async () => {
    const firsts = Array.from({ length: 22 }, (_, i) => new Date(Date.UTC(2024, 8 + i)).toISOString().slice(0, 10));
    const daily = (day: string) => daysBetween('2024-09-01', day);
    const old = await setUp(
      firsts.map((day) => [`${day}T00:00`, daily(day)]),
      { from: '2024-09-01' },
    );
    for (const [i, to] of firsts.slice(1).entries()) await bill(old.customerId, { from: firsts[i]!, to });
    const own = await addArea({});
    await assign(own, { [old.meterId]: [{ from: '2024-01-01' }] });
    expect(await row(own, { from: '2024-09-01', to: '2024-10-01' })).toMatchObject({ billedKwh: '30' });
    expect(await row(own, { from: '2025-06-01', to: '2026-06-01' })).toMatchObject({
      billedKwh: '365',
      unbilledKwh: '0',
    });
    const session = openSession(tenant);
    const reads = vi.spyOn(session, 'getMany');
    const june = { from: '2025-06-01', to: '2025-07-01' };
    const [stretch] = await billReader(session)({ id: old.supplyId, customerId: old.customerId }, june);
    expect(stretch).toMatchObject(june);
    // Days of a month can lie on two bills, and one before tells that there are no more: not the ten there are since September.
    expect(reads.mock.calls.flatMap(([, keys]) => keys).length).toBeLessThanOrEqual(3);
  });

  it('is shared so that neighbouring days add up to the bill, to the last unit', () => {
    const day = (count: number) => addDays('2026-01-01', count);
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 10n ** 13n }),
        fc.uniqueArray(fc.integer({ min: 1, max: 99 })),
        (units, cuts) => {
          const stretch = { from: day(0), to: day(100), units, estimated: units / 3n };
          const edges = [-5, ...cuts.sort((a, b) => a - b), 130].map(day);
          const shares = edges.slice(1).map((to, i) => shareOf(stretch, { from: edges[i]!, to }));
          expect(shares.reduce((sum, share) => sum + share.units, 0n)).toBe(units);
          expect(shares.reduce((sum, share) => sum + share.estimated, 0n)).toBe(units / 3n);
          expect(shares.every((share) => share.units >= 0n && share.apportioned <= share.units)).toBe(true);
        },
      ),
    );
  });
});

it('has the worst area first, those that are not known last, and is a table that runs no formula', async () => {
  const [empty, unknown] = [
    await addArea({ name: 'Empty', inputMeters: [{ meterId: 'IN', from: '2026-01-01' }], technicalLossPercent: '60' }),
    await addArea({ name: 'خط المدينة' }),
  ];
  const made = await report([unknown, area, empty]);
  // 200 - 10 - 150 of 200 are 20 %; 200 - 120 are 40 %, since nobody is behind that one.
  expect(made.result.map(({ areaId }: any) => areaId)).toEqual([empty, area, unknown]);
  const csv = await call('GET', `/reports/${made.id}/csv`, { headers: { 'accept-language': 'ar' } });
  expect(csv.headers['content-type']).toBe('text/csv; charset=utf-8');
  expect(csv.text.startsWith('\ufeffالمنطقة,')).toBe(true);
  expect(csv.text).toContain(`"'=HYPERLINK(""http://x"")",محوّل,2026-04-01,2026-05-01,200,`);
  expect(csv.text).toContain('خط المدينة');
});

describe('a worker that dies at every write, and whose messages come again', () => {
  let worker: CrashingWorker | undefined;
  afterEach(() => worker?.restore());
  const year = { from: '2025-07-01', to: '2026-06-01' };
  let wide: string;
  const withoutId = ({ id: _, createdAt: __, updatedAt: ___, version: ____, ...rest }: any) => rest;

  beforeAll(async () => {
    wide = await addArea({ inputMeters: [{ meterId: 'IN', from: '2026-01-01' }] });
    for (let i = 0; i < 29; i++) {
      const meterId = `W-${i}`;
      await stack.addMeter(tenant, meterId);
      await stack.read(tenant, meterId, [
        ['2026-04-01T00:00', 0],
        ['2026-06-01T00:00', 100 + i],
      ]);
      await assign(wide, { [meterId]: always });
    }
  });

  it.each([1, 2])('makes the same report (%i)', async (seed) => {
    const expected = await report([wide], year);
    expect(expected).toMatchObject({ status: 'completed', metersDone: 30, result: [{ quality: { meters: 29 } }] });
    const { id } = await start([wide], year);
    worker = crashingWorker(seed);
    await stack.workOff('loss-reports', (body) =>
      worker!.handle(body, (each) => workOnLossReport(JSON.parse(each) as LossReportMessage)),
    );
    // Before and after: two writes and a sending of the plan, ten pages, two sendings to a next page.
    expect(worker.crashes).toBe(30);
    expect(withoutId(await read(id))).toEqual(withoutId(expected));
    expect(await linesOf(id)).toEqual(await linesOf(expected.id));
  });

  it('goes on when the first message was never sent, and from where it stopped', async () => {
    worker = crashingWorker(1);
    worker.dieAt('send before');
    await expect(start([wide], year)).rejects.toThrow();
    const [lost] = (await call('GET', '/reports')).body.data;
    expect(lost).toMatchObject({ status: 'planning', areaIds: [wide] });
    await work();
    expect(await read(lost.id)).toMatchObject({ status: 'planning' });
    for (let time = 0; time < 2; time++) expect((await call('POST', `/reports/${lost.id}/resume`)).status).toBe(202);
    await work();
    expect(await read(lost.id)).toMatchObject({ status: 'completed', metersDone: 30 });
    expect((await call('GET', '/reports')).body.data[0]).toMatchObject({ id: lost.id, status: 'completed' });
  });

  it('leaves a page that it did to the other one that did the same', async () => {
    const { id } = await start([wide], year);
    worker = crashingWorker(1);
    const work = async (body: string): Promise<void> => {
      const message = JSON.parse(body) as LossReportMessage;
      if (message.at?.part === 0 && message.at.page === 0) {
        worker!.dieAt('send before');
        await Promise.allSettled([workOnLossReport(message), workOnLossReport(message)]);
      } else await workOnLossReport(message);
    };
    await stack.workOff('loss-reports', work, { seconds: 60 });
    expect(await read(id)).toMatchObject({
      status: 'completed',
      metersDone: 30,
      result: [{ quality: { meters: 29 } }],
    });
  });

  it('fails in words when an area is deleted before it is looked up', async () => {
    const gone = await addArea({});
    const { id } = await start([gone]);
    await call('DELETE', `/${gone}`);
    await work(2);
    expect(await read(id)).toMatchObject({ status: 'failed', failure: 'area_gone' });
    expect((await call('GET', `/reports/${id}/csv`)).status).toBe(409);
  });
});
