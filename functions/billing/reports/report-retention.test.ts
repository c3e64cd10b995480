/** How long reports are kept: every row of one says when it goes, what is over is not shown, and the books stay. */
import { beforeAll, expect, it, vi } from 'vitest';
import { handler as customers } from '../customers/handler.ts';
import { handler as payments } from '../payments/handler.ts';
import { startTime, useBillingStack } from '../test-support/billing-stack.ts';
import { april, lossReporting } from '../test-support/loss-reporting.ts';
import { oweInvoice } from '../test-support/owe-invoice.ts';
import { useReportClock } from '../test-support/report-clock.ts';
import { handler } from './handler.ts';

const stack = useBillingStack();
const clock = useReportClock(stack);
const losses = lossReporting(stack, 'kept');
const day = 86_400_000;
const call = (method: string, path = '', more: object = {}) =>
  stack.call('kept', handler, method, `/api/billing/reports${path}`, more);
const setDays = (keepReportsDays: number, keepMeterLinesDays: number) =>
  call('PUT', '/settings', { body: { keepReportsDays, keepMeterLinesDays } });
let scheduleId = '';
let reportId = '';
let lossId = '';

/** Seconds since the epoch at which rows go, by their kind, of those whose key names an id. */
const expiries = (id: string): Record<string, number[]> => {
  const rows = stack.tables.scan('billing').filter((row) => row['pk'].S.includes(id) && row['_type'].S !== 'audit');
  const byType = Map.groupBy(rows, (row): string => row['_type'].S);
  const times = (own: typeof rows) => [...new Set(own.map((row) => Number(row['expiresAt']?.N)))];
  return Object.fromEntries([...byType].map(([type, own]) => [type, times(own)]));
};
const inDays = (days: number): number => startTime / 1000 + days * 86_400;

beforeAll(async () => {
  await stack.addTenant('kept');
  await stack.addMeter('kept', 'IN');
  await stack.addMeter('kept', 'OUT');
  for (const [id, kwh] of [
    ['IN', 1000],
    ['OUT', 900],
  ] as const)
    await stack.read('kept', id, [
      ['2026-04-01T00:00', 0],
      ['2026-05-01T00:00', kwh],
    ]);
  const { body } = await stack.call('kept', customers, 'POST', '/api/billing/customers', { body: { name: 'Ahmed' } });
  await oweInvoice('kept', body.data.id, '70.00', { dueDate: '2026-05-01' });
  await stack.call('kept', payments, 'POST', '/api/billing/payments', {
    body: { customerId: body.data.id, amount: '20', method: 'cash' },
  });
  reportId = (await call('POST', '', { body: { kind: 'ageing' } })).body.data.id;
  const area = await losses.addArea({ inputMeters: [{ meterId: 'IN', from: '2026-01-01' }] });
  await losses.assign(area, { OUT: [{ from: '2026-01-01' }] });
  lossId = (await losses.report([area])).id;
  scheduleId = (await clock.add('kept', { name: 'Debt', report: { kind: 'ageing' }, repeat: { every: 'day' } })).id;
  await clock.work();
});

it('says on every row of a report when it goes: the lines of meters first, and no row is left behind', async () => {
  expect((await call('GET', '/settings')).body.data).toEqual({
    keepReportsDays: 1830,
    keepMeterLinesDays: 400,
    ageingDays: [30, 60, 90, 120],
  });
  expect(expiries(reportId)).toEqual({
    'billing report': [inDays(1830)],
    'part of a billing report': [inDays(1830)],
  });
  expect(expiries(lossId)).toEqual({
    'loss report': [inDays(1830)],
    'part of a loss report': [inDays(1830)],
    'page of a loss report': [inDays(400)],
    'meter of a loss report': [inDays(400)],
  });
  expect((await call('GET', `/${reportId}`)).body.data).toMatchObject({
    keptUntil: new Date(startTime + 1830 * day).toISOString(),
  });
  expect(await losses.read(lossId)).toMatchObject({ linesKeptUntil: new Date(startTime + 400 * day).toISOString() });
});

it('keeps bills, payments, receipts and accounts without an end', () => {
  const kept = stack.tables.scan('billing').filter((row) => row['expiresAt'] === undefined);
  const types = new Set(kept.map((row) => row['_type'].S));
  for (const type of ['invoice', 'payment', 'account entry', 'customer']) expect(types).toContain(type);
  expect([...types].filter((type) => type.includes('report') && !type.startsWith('report schedule'))).toEqual([]);
});

it('refuses lines that outlive their report, and less than a month', async () => {
  expect((await setDays(100, 101)).status).toBe(400);
  expect((await setDays(29, 29)).status).toBe(400);
  expect(
    (
      await stack.call('kept', handler, 'PUT', '/api/billing/reports/settings', {
        body: { keepReportsDays: 100, keepMeterLinesDays: 100 },
        as: { permissions: ['billing:reports:*'] },
      })
    ).status,
  ).toBe(403);
});

it('hides the lines of meters when their time is over, and then the report, with the runs of its schedule', async () => {
  stack.advance(day);
  await clock.tick('kept');
  await clock.work();
  expect(await clock.runs('kept', scheduleId)).toHaveLength(1);
  expect(expiries(scheduleId)['run of a report schedule']).toEqual([Math.ceil(Date.now() / 1000) + 1830 * 86_400]);
  vi.setSystemTime(startTime + 400 * day + 1000);
  expect((await losses.call('GET', `/reports/${lossId}/meters`)).body).toMatchObject({ code: 'gone' });
  expect((await losses.read(lossId)).result).toHaveLength(1);
  vi.setSystemTime(startTime + 1832 * day);
  expect((await call('GET', `/${reportId}`)).status).toBe(404);
  expect((await call('GET', `/${reportId}/csv`)).status).toBe(404);
  expect((await call('POST', `/${reportId}/resume`)).status).toBe(404);
  expect((await losses.call('GET', `/reports/${lossId}`)).status).toBe(404);
  expect((await call('GET')).body.data).toEqual([]);
  expect((await call('GET', '/overview')).body.data).toEqual({ months: [], overdue: [] });
  expect((await losses.call('GET', '/reports')).body.data).toEqual([]);
  expect(await clock.runs('kept', scheduleId)).toEqual([]);
});

it('hides what is older at once when the time is set shorter, and what was made before goes no later than it said', async () => {
  vi.setSystemTime(startTime + 50 * day);
  expect((await losses.linesOf(lossId)).length).toBe(2);
  await setDays(60, 40);
  expect((await losses.call('GET', `/reports/${lossId}/meters`)).status).toBe(410);
  expect((await call('GET', `/${reportId}`)).status).toBe(200);
  await setDays(45, 40);
  expect((await call('GET', `/${reportId}`)).status).toBe(404);
  expect((await losses.call('GET', '/reports')).body.data).toEqual([]);
  const later = (await call('POST', '', { body: { kind: 'ageing' } })).body.data;
  expect(later.keptUntil).toBe(new Date(Date.now() + 45 * day).toISOString());
  expect((await call('GET')).body.data).toHaveLength(1);
  await setDays(3650, 3650);
  vi.setSystemTime(startTime + 401 * day);
  expect((await losses.call('GET', `/reports/${lossId}/meters`)).status).toBe(410);
});

it('shows no report whose rows are being deleted, also where the time was set longer since: its sums would lack some', async () => {
  vi.setSystemTime(startTime + 500 * day);
  const rate = { kind: 'collection_rate', from: '2026-06-01', to: '2026-06-30' };
  await setDays(30, 30);
  const { id } = (await call('POST', '', { body: rate })).body.data;
  await clock.work();
  const { id: loss } = (await losses.call('POST', '/reports', { body: april })).body.data;
  await losses.work();
  expect((await call('GET', '/overview', { query: { months: '24' } })).body.data.months).toMatchObject([
    { reportId: id },
  ]);
  vi.setSystemTime(startTime + 531 * day);
  await setDays(3650, 3650);
  expect((await call('GET', `/${id}`)).status).toBe(404);
  expect((await losses.call('GET', `/reports/${loss}`)).status).toBe(404);
  expect((await call('GET', '/overview', { query: { months: '24' } })).body.data.months).toEqual([]);
  const listed = [...(await call('GET')).body.data, ...(await losses.call('GET', '/reports')).body.data];
  expect(listed.map((each) => each.id)).not.toEqual(expect.arrayContaining([id]));
  expect(listed.map((each) => each.id)).not.toEqual(expect.arrayContaining([loss]));
});
