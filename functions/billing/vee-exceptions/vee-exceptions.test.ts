/** Settings of validation decide what is billed; what fails is an exception until somebody decides or the readings are right. */
import { beforeAll, describe, expect, it } from 'vitest';
import { handler as edits } from '../../metering/reading-edits/handler.ts';
import { handler as invoices } from '../invoices/handler.ts';
import { handler as supplies } from '../supplies/handler.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { april, aprilReadings, may, meteredCustomers } from '../test-support/metered-customers.ts';
import { handler as settings } from '../vee-settings/handler.ts';
import { handler as exceptions } from './handler.ts';

const stack = useBillingStack();
const tenant = 'vee';
const { setUp, bill, invoicesOf } = meteredCustomers(stack, tenant);
const settingsPath = '/api/billing/vee-settings';
const base = '/api/billing/vee-exceptions';
const put = (body: object, headers: Record<string, string> = {}, of = tenant) =>
  stack.call(of, settings, 'PUT', settingsPath, { body, headers });
const listed = async (status = 'open', of = tenant) =>
  (await stack.call(of, exceptions, 'GET', base, { query: { status } })).body.data as any[];
const exceptionOf = async (supplyId: string, status = 'open') =>
  (await listed(status)).filter((exception) => exception.supplyId === supplyId);
const resolve = (id: string, decision: string, of = tenant) =>
  stack.call(of, exceptions, 'POST', `${base}/${id}/resolve`, { body: { decision, reason: 'Looked at the meter' } });
/** The tenth day leaps: 50 kWh where others have 5. */
const spiked = aprilReadings.map(([time, kwh], i): [string, number] => [time, i < 10 ? kwh : kwh + 45]);
const run = async () => {
  const { body } = await stack.call(tenant, invoices, 'POST', '/api/billing/invoices/generate', {
    body: { period: april },
  });
  await stack.workOffRuns(2);
  return body.data.run.id as string;
};

beforeAll(async () => {
  await stack.addTenant(tenant);
  await stack.addTenant('vee-foreign');
});

describe('settings of validation', () => {
  it('are the usual ones until set, and are changed on the version that was read', async () => {
    const { body } = await stack.call(tenant, settings, 'GET', settingsPath);
    expect(body.data).toMatchObject({ version: 0, general: { spike: { percentAboveThird: 180 } }, classes: {} });
    const made = await put({ general: { zero: { afterDays: 20 } } }, { 'if-match': '"0"' });
    expect(made.body.data).toMatchObject({ version: 1, general: { zero: { afterDays: 20, severity: 'warn' } } });
    expect((await put({}, { 'if-match': '"0"' })).status).toBe(412);
    expect((await stack.call('vee-foreign', settings, 'GET', settingsPath)).body.data.version).toBe(0);
  });

  it.each<[string, object]>([
    ['a limit out of range', { general: { zero: { afterDays: 0 } } }],
    ['a class nobody is of', { classes: { martian: {} } }],
    ['a method that is not known', { general: { estimation: { order: ['guess'] } } }],
    ['a high limit below the low one', { classes: { commercial: { history: { lowPercent: 90, highPercent: 80 } } } }],
  ])('refuse %s', async (_, body) => {
    const { status } = await put(body);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
  });

  it('of a class decide what is billed to that class alone', async () => {
    await put({ classes: { commercial: { spike: { percentAboveThird: 1000 } } } });
    const [shop, home] = [await setUp(spiked, { customer: { type: 'commercial' } }), await setUp(spiked)];
    expect((await bill(shop.customerId)).invoices).toHaveLength(1);
    expect((await bill(home.customerId)).problems).toMatchObject([{ reason: 'validation_failed', checks: ['spike'] }]);
  });

  it('say what such a customer uses, for who has no readings and no earlier bills', async () => {
    await put({ classes: { agricultural: { estimation: { classUnitsPerDay: 4_000_000 } } } });
    const [farm, home] = [await setUp([], { customer: { type: 'agricultural' } }), await setUp([])];
    const [made] = (await bill(farm.customerId, april, { mayEstimate: true })).invoices[0].bills;
    expect(made).toMatchObject({
      bill: { importKwh: '120', estimated: true },
      estimates: [{ method: 'class_average', basis: 'the class uses 4000000 a day', kwh: '120' }],
    });
    expect((await bill(home.customerId, april, { mayEstimate: true })).problems).toMatchObject([
      { reason: 'estimation_impossible' },
    ]);
  });

  it('can make a high bill a failure, which is usually a remark', async () => {
    await put({ classes: { industrial: { history: { severity: 'fail' } } } });
    const mayHigh: [string, number][] = [['2026-06-01T00:00', 1150 + 31 * 20]];
    const [plant, home] = [
      await setUp(aprilReadings, { customer: { type: 'industrial' } }),
      await setUp(aprilReadings),
    ];
    for (const { customerId, meterId } of [plant, home]) {
      await bill(customerId);
      await stack.read(tenant, meterId, mayHigh);
    }
    expect((await bill(plant.customerId, may)).problems).toMatchObject([{ checks: ['high'] }]);
    const { findings } = (await bill(home.customerId, may)).invoices[0].bills[0];
    expect(findings).toEqual([expect.stringMatching(/^high: /)]);
  });
});

describe('an exception', () => {
  it('is one however often runs meet it, and closed by the bill that follows its acceptance', async () => {
    const { supplyId, customerId, meterId } = await setUp(spiked);
    await run();
    const runId = await run();
    const [exception, ...more] = await exceptionOf(supplyId);
    expect(more).toEqual([]);
    expect(exception).toMatchObject({
      ...{ customerId, meterId, ...april, reason: 'validation_failed', checks: ['spike'], version: 1 },
      runId: expect.not.stringContaining(runId),
    });
    expect((await resolve(exception.id, 'accept')).body.data).toMatchObject({
      ...{ status: 'decided', decision: 'accept', decisionReason: 'Looked at the meter' },
    });
    expect((await resolve(exception.id, 'estimate')).status).toBe(409);
    await run();
    const [invoice] = await invoicesOf(customerId);
    expect(invoice).toMatchObject({ estimated: false, bills: [{ bill: { importKwh: '195' }, estimatedKwh: '0' }] });
    expect(await exceptionOf(supplyId, 'closed')).toMatchObject([{ id: exception.id, invoiceId: invoice.id }]);
    // Made anew, it still stands on the decision.
    const rebill = await stack.call(tenant, invoices, 'POST', `/api/billing/invoices/${invoice.id}/rebill`, {
      body: {},
    });
    expect(rebill.body.data.note).toBeNull();
  });

  it('may be estimated, and the bill says by what method and of what', async () => {
    const { supplyId, customerId, meterId } = await setUp(aprilReadings);
    await bill(customerId);
    // The tenth of May leaps; on that weekday of April 5 kWh were used.
    const days = Array.from({ length: 31 }, (_, i) => i + 1);
    await stack.read(
      tenant,
      meterId,
      days.map((day): [string, number] => [
        day < 31 ? `2026-05-${String(day + 1).padStart(2, '0')}T00:00` : '2026-06-01T00:00',
        1150 + 5 * day + (day < 10 ? 0 : 45),
      ]),
    );
    expect((await bill(customerId, may)).invoices).toEqual([]);
    const [{ id }] = await exceptionOf(supplyId);
    await resolve(id, 'estimate');
    const [made] = (await bill(customerId, may)).invoices[0].bills;
    expect(made).toMatchObject({ bill: { importKwh: '155', estimated: true }, estimatedKwh: '5' });
    expect(made.estimates).toMatchObject([{ method: 'like_days', intervals: 1, kwh: '5' }]);
    expect(made.estimates[0].basis).not.toBe('');
  });

  it('cannot be accepted where nothing was measured, and is closed without a decision once readings are there', async () => {
    const { supplyId, customerId, meterId } = await setUp([]);
    await bill(customerId);
    const [{ id, reason }] = await exceptionOf(supplyId);
    expect(reason).toBe('no_readings');
    expect((await resolve(id, 'accept')).status).toBe(409);
    await stack.read(tenant, meterId, aprilReadings);
    await bill(customerId);
    expect(await exceptionOf(supplyId)).toEqual([]);
    expect(await exceptionOf(supplyId, 'closed')).toMatchObject([{ id }]);
  });

  it('is asked about anew when the next bill would reach further than what was decided', async () => {
    const { supplyId, customerId, meterId } = await setUp(spiked);
    await bill(customerId);
    const [{ id }] = await exceptionOf(supplyId);
    await resolve(id, 'accept');
    await stack.read(tenant, meterId, [['2026-06-01T00:00', 1350]]);
    await bill(customerId, { ...april, to: '2026-06-01' });
    const [again] = await exceptionOf(supplyId);
    expect(again).toMatchObject({ id, to: '2026-06-01' });
    expect(again.decision).toBeUndefined();
  });

  it('is closed when its supply ends where its bills do, and stays while days are left to bill', async () => {
    const { supplyId, customerId, meterId } = await setUp(aprilReadings);
    await bill(customerId);
    await bill(customerId, may);
    const [{ id }] = await exceptionOf(supplyId);
    const end = (of: string, to: string) =>
      stack.call(tenant, supplies, 'POST', `/api/billing/supplies/${of}/end`, { body: { to } });
    expect((await end(supplyId, '2026-05-01')).status).toBe(200);
    expect(await exceptionOf(supplyId)).toEqual([]);
    expect(await exceptionOf(supplyId, 'closed')).toMatchObject([{ id, closedFor: 'supply_ended' }]);
    await bill(customerId, may);
    expect(await exceptionOf(supplyId)).toEqual([]);
    const other = await setUp(aprilReadings);
    await bill(other.customerId);
    await bill(other.customerId, may);
    await end(other.supplyId, '2026-05-10');
    expect(await exceptionOf(other.supplyId)).toMatchObject([{ ...may }]);
    await bill(other.customerId, may);
    // What is left to bill is shorter now.
    expect(await exceptionOf(other.supplyId)).toMatchObject([{ from: '2026-05-01', to: '2026-05-10' }]);
    await stack.read(tenant, other.meterId, [['2026-05-10T00:00', 1195]]);
    await bill(other.customerId, may);
    expect(await exceptionOf(other.supplyId, 'closed')).toMatchObject([{ closedFor: 'billed' }]);
    expect(meterId).not.toBe(other.meterId);
  });

  it('of days that another one covers, because the bill before was cancelled, is closed', async () => {
    const { supplyId, customerId, meterId } = await setUp(aprilReadings);
    const [invoice] = (await bill(customerId)).invoices;
    await bill(customerId, may);
    const [later] = await exceptionOf(supplyId);
    await stack.call(tenant, invoices, 'POST', `/api/billing/invoices/${invoice.id}/cancel`, { body: { reason: 'x' } });
    await bill(customerId, { from: '2026-04-01', to: may.to });
    expect(await exceptionOf(supplyId)).toMatchObject([{ from: '2026-04-01', to: may.to }]);
    expect(await exceptionOf(supplyId, 'closed')).toMatchObject([{ id: later.id, closedFor: 'replaced' }]);
    // Billed up to May again, the later days are an exception of their own again.
    await stack.read(tenant, meterId, [['2026-05-02T00:00', 1155]]);
    await bill(customerId);
    await bill(customerId, may);
    expect(await exceptionOf(supplyId)).toMatchObject([{ id: later.id, from: may.from }]);
    expect((await exceptionOf(supplyId))[0].closedFor).toBeUndefined();
  });

  it('is asked about anew when another interval fails than those that were decided on', async () => {
    const { supplyId, customerId, meterId } = await setUp(spiked);
    await bill(customerId);
    const [{ id, failures }] = await exceptionOf(supplyId);
    expect(failures).toEqual(['spike 2026-04-09T21:00:00.000Z 50000000']);
    await resolve(id, 'accept');
    // The leap is larger than what was looked at.
    const edit = (body: object) =>
      stack.call(tenant, edits, 'POST', '/api/billing/reading-edits', {
        as: { permissions: ['metering:*'] },
        body: { meterId, action: 'correct', time: '2026-04-09T21:00:00.000Z', reason: 'Photo', ...body },
      });
    expect((await edit({ registerKwh: '1045', newRegisterKwh: '1041' })).status).toBe(201);
    expect((await bill(customerId)).invoices).toEqual([]);
    const [again] = await exceptionOf(supplyId);
    expect(again).toMatchObject({ id, checks: ['spike'], failures: ['spike 2026-04-09T21:00:00.000Z 54000000'] });
    expect(again.decision).toBeUndefined();
    await resolve(id, 'accept');
    expect((await bill(customerId)).invoices).toHaveLength(1);
  });

  it('is found by customer, supply or meter; of another tenant does not exist', async () => {
    const { supplyId, customerId, meterId } = await setUp(spiked);
    await bill(customerId);
    const [{ id }] = await exceptionOf(supplyId);
    const found = async (query: Record<string, string>) =>
      (await stack.call(tenant, exceptions, 'GET', base, { query })).body.data.map((each: any) => each.id);
    for (const query of [{ customerId }, { supplyId }, { meterId }]) expect(await found(query as any)).toEqual([id]);
    expect(await found({ meterId: 'NOBODY' })).toEqual([]);
    expect(await found({ meterId, status: 'closed' })).toEqual([]);
    expect(await listed('open', 'vee-foreign')).toEqual([]);
    expect((await stack.call('vee-foreign', exceptions, 'GET', `${base}/${id}`)).status).toBe(404);
    expect((await resolve(id, 'accept', 'vee-foreign')).status).toBe(404);
  });
});
