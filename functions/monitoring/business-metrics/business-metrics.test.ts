import { beforeEach, describe, expect, it } from 'vitest';
import { busBatch, caller, makeEvent } from '../../platform/test-support/fixtures.ts';
import { handler as evaluateEvents } from '../evaluation/evaluate-events.ts';
import { useMonitoringStack } from '../test-support/monitoring-stack.ts';
import { handler } from './handler.ts';

const stack = useMonitoringStack();
const base = '/api/v1/developer/metrics/business';
const hourMs = 3_600_000;
let tenantId: string;
let tenant = 0;
beforeEach(() => {
  tenantId = `tenant-bm${++tenant}`;
});

const call = (method: string, path: string, body?: unknown, of = tenantId) =>
  caller(handler, base, { tenantId: of })(method, path, body);
const happened = (type: string, payload: object = {}, of = tenantId) => makeEvent({ tenantId: of, type, payload });
const bus = async (...events: ReturnType<typeof makeEvent>[]) =>
  expect((await evaluateEvents(busBatch(events))).batchItemFailures).toEqual([]);
const totalOf = async (name: string, of = tenantId) => (await call('GET', `/${name}`, undefined, of)).data.total;

describe('business metrics', () => {
  it('count invoices, payments, alarms and each reading of a batch', async () => {
    const readings = [{ meterId: 'M-1' }, { meterId: 'M-2' }, { meterId: 'M-3' }];
    const twice = happened('invoice.created');
    await bus(
      happened('meter.reading', { readings }),
      happened('invoice.created'),
      twice,
      twice,
      happened('payment.received'),
      happened('alert.raised'),
      happened('station.updated'),
    );
    for (const [name, total] of [
      ['readings', 3],
      ['invoices_created', 2],
      ['payments_received', 1],
      ['alarms_raised', 1],
      ['invoices_paid', 0],
    ] as const)
      expect(await totalOf(name), name).toBe(total);
  });

  it('are the own tenant’s alone', async () => {
    const other = `${tenantId}-other`;
    await bus(happened('invoice.created'), happened('invoice.created', {}, other), happened('invoice.paid', {}, other));
    expect([await totalOf('invoices_created'), await totalOf('invoices_paid')]).toEqual([1, 0]);
    expect(await totalOf('invoices_created', other)).toBe(1);
  });

  it('are read by the hour and by the day, over the end of a month', async () => {
    const at = (time: string) => bus({ ...happened('invoice.paid'), occurredAt: time });
    await at('2025-12-31T22:10:00.000Z');
    await at('2025-12-31T22:50:00.000Z');
    await at('2025-12-31T23:59:59.000Z');
    await at('2026-01-01T00:00:00.000Z');
    const path = '/invoices_paid?from=2025-12-31T00:00:00Z&to=2026-01-02T00:00:00Z';
    expect((await call('GET', path)).data.points).toEqual([
      { at: '2025-12-31T22:00:00.000Z', value: 2 },
      { at: '2025-12-31T23:00:00.000Z', value: 1 },
      { at: '2026-01-01T00:00:00.000Z', value: 1 },
    ]);
    expect((await call('GET', `${path}&period=day`)).data).toMatchObject({
      total: 4,
      points: [
        { at: '2025-12-31T00:00:00.000Z', value: 3 },
        { at: '2026-01-01T00:00:00.000Z', value: 1 },
      ],
    });
  });

  it('are kept as long as the tenant says, and vanish from answers at once', async () => {
    expect((await call('GET', '/settings')).data).toEqual({ retentionDays: 400 });
    expect((await call('PUT', '/settings', { retentionDays: 30 })).status).toBe(200);
    await bus(happened('invoice.overdue'));
    const hour = new Date(Math.floor(stack.now() / hourMs) * hourMs).toISOString();
    const rows = stack
      .rows('monitoring')
      .filter(({ pk, sk }) => `${pk}${sk}`.includes(tenantId) && `${sk}`.includes(hour));
    expect(rows.map(({ expiresAt }) => Number(expiresAt))).toEqual([Date.parse(hour) / 1000 + 30 * 86_400]);
    const from = new Date(stack.now() - hourMs).toISOString();
    stack.advance(29 * 24 * hourMs);
    expect((await call('GET', `/invoices_overdue?from=${from}`)).data.total).toBe(1);
    stack.advance(2 * 24 * hourMs);
    expect((await call('GET', `/invoices_overdue?from=${from}`)).data.total).toBe(0);
  });

  it.each([
    ['GET', '/unknown', undefined, 400],
    ['GET', '/readings?from=2027-01-01T00:00:00Z', undefined, 422],
    ['GET', '/readings?from=2020-01-01T00:00:00Z', undefined, 422],
    ['GET', '/readings?period=minute', undefined, 400],
    ['PUT', '/settings', { retentionDays: 7 }, 400],
    ['PUT', '/settings', { retentionDays: 3651 }, 400],
  ])('%s %s %j answers %i', async (method, path, body, status) => {
    expect((await call(method, path, body)).status).toBe(status);
  });

  it('need permission, and another to change settings', async () => {
    const as = (permissions: string[]) => caller(handler, base, { tenantId, permissions });
    expect((await as(['platform:logs:read'])('GET', '')).status).toBe(403);
    const reader = as(['platform:metrics:read']);
    expect((await reader('GET', '')).data).toHaveLength(8);
    expect((await reader('PUT', '/settings', { retentionDays: 90 })).status).toBe(403);
  });
});
