import { beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../../layers/kernel/ids.ts';
import { addTenant } from '../../identity/tenants/add-tenant.ts';
import { alertEntity, openAlertEntity } from '../../platform/alerts/alert-entity.ts';
import { handler as recordAlerts } from '../../platform/subscribers/record-alerts.ts';
import { busBatch, caller, makeEvent, startReceiver } from '../../platform/test-support/fixtures.ts';
import { handler as runActions } from '../actions/run-actions.ts';
import { handler as rules } from '../alert-rules/handler.ts';
import { ruleStateEntity } from '../alert-rules/rule-entity.ts';
import { operator, useMonitoringStack } from '../test-support/monitoring-stack.ts';
import { handler as evaluateBusinessMetrics } from './evaluate-business-metrics.ts';
import { handler as evaluateEvents } from './evaluate-events.ts';
import { handler as evaluateMetrics } from './evaluate-metrics.ts';

const stack = useMonitoringStack();
const minute = 60_000;
const base = '/api/v1/developer/alert-rules';
let tenant = 0;
let tenantId: string;

beforeEach(() => {
  tenantId = `tenant-ev${++tenant}`;
});

const overdue = {
  name: 'Invoices overdue',
  conditionType: 'pattern',
  conditionConfig: { eventTypes: ['invoice.*'], filter: { status: ['overdue'] }, count: 2 },
  alertType: 'business',
  severity: 'warning',
  titleTemplate: { en: '{count} invoices: {aggregateId}', ar: '{count} فواتير: {aggregateId}' },
};
const create = async (rule: object, as: object = {}): Promise<string> => {
  const { status, data, body } = await caller(rules, base, { tenantId, ...as })('POST', '', rule);
  expect(status, JSON.stringify(body)).toBe(201);
  return data.id;
};
const invoice = (id: string, status = 'overdue') =>
  makeEvent({ tenantId, type: 'invoice.updated', aggregateType: 'invoice', aggregateId: id, payload: { status } });
const bus = async (...events: ReturnType<typeof makeEvent>[]) =>
  expect((await evaluateEvents(busBatch(events))).batchItemFailures).toEqual([]);
const raised = (of = tenantId) => stack.takeEvents(of);

describe('rules on events', () => {
  it('raise one alert when enough of them come within the window, in both languages', async () => {
    const ruleId = await create(overdue);
    await bus(invoice('I-1'));
    expect(raised()).toEqual([]);
    await bus(invoice('I-2'));
    expect(raised()).toMatchObject([
      {
        type: 'system.alert',
        payload: {
          severity: 'warning',
          sourceRuleId: ruleId,
          title: { en: '2 invoices: I-2', ar: '2 فواتير: I-2' },
          dedupeKey: `rule/${ruleId}/all`,
        },
      },
    ]);
  });

  it('count an event once that comes again, before and after the alert', async () => {
    await create(overdue);
    const [first, second] = [invoice('I-1'), invoice('I-2')];
    await bus(first, first, first);
    expect(raised()).toEqual([]);
    await bus(second);
    stack.advance(20 * minute);
    await bus(first, second, second);
    expect(raised()).toHaveLength(1);
  });

  it('look at their type, their filter, their window and their tenant alone', async () => {
    await create(overdue);
    await bus(invoice('I-1'), invoice('I-2', 'paid'), makeEvent({ tenantId, payload: { status: 'overdue' } }));
    await bus({ ...invoice('I-3'), tenantId: 'somebody' });
    stack.advance(61 * minute);
    await bus(invoice('I-4'));
    expect([...raised(), ...raised('somebody')]).toEqual([]);
    await bus(invoice('I-5'));
    expect(raised()).toHaveLength(1);
  });

  it('hold their peace during the cooldown, and count each aggregate by itself', async () => {
    const conditionConfig = { eventTypes: ['invoice.*'], groupBy: 'aggregate' };
    await create({ ...overdue, conditionConfig, cooldownMinutes: 30 });
    await bus(invoice('I-1'), invoice('I-2'), invoice('I-1'));
    expect(
      raised()
        .map(({ payload }) => payload.title.en)
        .sort(),
    ).toEqual(['1 invoices: I-1', '1 invoices: I-2']);
    stack.advance(31 * minute);
    await bus(invoice('I-1'));
    expect(raised()).toHaveLength(1);
  });

  it('that are switched off raise nothing', async () => {
    await create({ ...overdue, conditionConfig: { eventTypes: ['*'] }, isActive: false });
    await bus(invoice('I-1'));
    expect(raised()).toEqual([]);
  });

  it('cannot set each other off without end', async () => {
    await create({ ...overdue, conditionConfig: { eventTypes: ['*'] }, cooldownMinutes: 1 });
    await bus(invoice('I-1'));
    const [alert] = raised();
    stack.advance(2 * minute);
    await bus(alert!);
    expect(raised()).toEqual([]);
  });

  it('come ready for security and storage', async () => {
    const alert = (payload: object) =>
      makeEvent({ tenantId, type: 'system.alert', aggregateType: 'alert', aggregateId: 'ST-1/disk', payload });
    const guessing = () => alert({ alertType: 'security', dedupeKey: 'security/guessing/usr_1' });
    await bus(guessing(), guessing(), alert({ alertType: 'system', dedupeKey: 'storage-low/ST-1' }));
    expect(raised()).toMatchObject([{ payload: { sourceRuleId: 'storage-low' } }]);
    await bus(guessing());
    expect(raised()).toMatchObject([
      { payload: { sourceRuleId: 'security-incidents', severity: 'critical', escalateAfterMinutes: 15 } },
    ]);
  });
});

describe('rules on metrics', () => {
  const put = (name: string, value: number, times = 1, ApiId = 'api1') => {
    for (let i = 0; i < times; i++) stack.cloudwatch().putMetric('AWS/ApiGateway', name, { ApiId }, value);
  };
  const nextPeriod = () => stack.advance(5 * minute - (stack.now() % (5 * minute)));
  const evaluate = async () => {
    stack.advance(2 * minute);
    const outcome = await evaluateMetrics();
    nextPeriod();
    return { ...outcome, titles: raised(operator).map(({ payload }) => payload.sourceRuleId) };
  };

  it('come ready: error rate over all APIs, slow answers, a service that is down', async () => {
    nextPeriod();
    put('Count', 1, 60);
    put('Count', 1, 40, 'api2');
    put('5xx', 1, 6, 'api2');
    put('Latency', 100, 100);
    nextPeriod();
    expect(await evaluate()).toMatchObject({ failed: 0, titles: ['high-error-rate'] });
    for (let i = 0; i < 3; i++) {
      put('Count', 1, 30);
      put('5xx', 1, 20);
      put('Latency', 5000, 30);
      if (i < 2) nextPeriod();
    }
    nextPeriod();
    expect(await evaluate()).toMatchObject({ titles: ['high-error-rate', 'slow-response', 'service-down'] });
    // Well again: nothing more.
    put('Count', 1, 30);
    nextPeriod();
    expect((await evaluate()).titles).toEqual([]);
  });

  it('do not speak of a handful of requests, nor of silence', async () => {
    nextPeriod();
    put('Count', 1, 5);
    put('5xx', 1, 5);
    nextPeriod();
    expect((await evaluate()).titles).toEqual([]);
    expect((await evaluate()).titles).toEqual([]);
  });

  it('find what is unusual for the series itself', async () => {
    const conditionConfig = { metric: 'readings_accepted', season: 'none', historyDays: 1, direction: 'below' };
    const id = await create(
      { ...overdue, conditionType: 'anomaly', conditionConfig, titleTemplate: { en: '{value}/{expected}', ar: '-' } },
      { tenantId: operator, permissions: ['platform:*', 'system:*'] },
    );
    const readings = (count: number) =>
      stack.cloudwatch().putMetric('Mizan', 'ReadingsAccepted', { service: 'metering' }, count);
    for (let i = 0; i < 12; i++) {
      readings(1000 + (i % 3) * 10);
      nextPeriod();
    }
    expect((await evaluate()).titles).toEqual([]);
    readings(400);
    nextPeriod();
    expect((await evaluate()).titles).toEqual([id]);
  });
});

describe('rules on counters of a tenant', () => {
  const hour = 60 * minute;
  const nextHour = () => stack.advance(hour - (stack.now() % hour) + 15 * minute);
  const open = (id: string) =>
    stack.session(id).transact('identity', (unit) =>
      addTenant(unit, {
        id,
        name: id,
        timeZone: 'Asia/Aden',
        currency: 'YER',
        locale: 'en',
        status: 'active',
      } as never),
    );
  const bill = (times: number) =>
    bus(
      ...Array.from({ length: times }, () =>
        makeEvent({ ...invoice('I-1'), id: newId('evt'), type: 'invoice.created' }),
      ),
    );
  const rule = (conditionConfig: object, conditionType = 'threshold') =>
    create({
      ...overdue,
      conditionType,
      conditionConfig: { scope: 'tenant', metric: 'invoices_created', periodMinutes: 60, ...conditionConfig },
      titleTemplate: { en: '{metric}: {value}', ar: '-' },
    });
  const judge = async () => {
    expect((await evaluateBusinessMetrics()).failed).toBe(0);
    return raised().map(({ payload }) => payload.title.en);
  };

  it('are judged an hour at a time, also where nothing was counted, once for an hour', async () => {
    await open(tenantId);
    await rule({ operator: '<', value: 2, periods: 2 });
    nextHour();
    await bill(2);
    nextHour();
    await bill(1);
    nextHour();
    expect(await judge()).toEqual([]);
    nextHour();
    expect(await judge()).toEqual(['invoices_created: 0']);
    expect(await judge()).toEqual([]);
    // The schedule of the installation leaves them alone.
    expect((await evaluateMetrics()).failed).toBe(0);
    expect(raised()).toEqual([]);
  });

  it('find an unusual hour and an unusual day, of their tenant alone', async () => {
    const other = `${tenantId}-other`;
    await Promise.all([open(tenantId), open(other)]);
    await rule({ historyDays: 1, season: 'none', direction: 'above' }, 'anomaly');
    for (let i = 0; i < 10; i++) {
      await bill(2 + (i % 2));
      nextHour();
    }
    expect(await judge()).toEqual([]);
    await bill(20);
    nextHour();
    expect(await judge()).toEqual(['invoices_created: 20']);
    expect(raised(other)).toEqual([]);
  });

  it('add up the hours of a day', async () => {
    await open(tenantId);
    await rule({ operator: '>', value: 4, periodMinutes: 1440 });
    stack.advance(24 * hour - (stack.now() % (24 * hour)));
    await bill(3);
    nextHour();
    await bill(2);
    stack.advance(24 * hour - (stack.now() % (24 * hour)) + 15 * minute);
    expect(await judge()).toEqual(['invoices_created: 5']);
    // The same day is looked at every hour of the next.
    nextHour();
    expect(await judge()).toEqual([]);
    await bill(6);
    stack.advance(24 * hour - (stack.now() % (24 * hour)) + 15 * minute);
    expect(await judge()).toEqual(['invoices_created: 6']);
  });
});

it('what a rule remembers goes some days after it was last written, not after it was first', () => {
  const state = { ruleId: 'r', group: 'all', hits: [], spentEventIds: [] };
  const times = { createdAt: '2026-01-01T00:00:00.000Z', updatedAt: '2026-03-01T00:00:00.000Z' };
  expect(ruleStateEntity.expiresAt!({ ...state, ...times })! * 1000).toBe(Date.parse('2026-03-09T00:00:00.000Z'));
});

describe('actions of a rule', () => {
  const raise = async (url: string, changes: object = {}) => {
    const conditionConfig = { eventTypes: ['invoice.*'] };
    const ruleId = await create({ ...overdue, conditionConfig, ...changes, actions: [{ type: 'webhook', url }] });
    await bus(invoice('I-<1>'));
    return { ruleId, alert: raised()[0]! };
  };
  const outcomes = async (ruleId: string) =>
    (await caller(rules, base, { tenantId })('GET', `/${ruleId}/actions`)).data;

  it('are carried out once for an event, and what came of them can be read', async () => {
    const receiver = await startReceiver();
    const { ruleId, alert } = await raise(receiver.url);
    for (let i = 0; i < 2; i++) expect((await runActions(busBatch([alert]))).batchItemFailures).toEqual([]);
    expect(receiver.received).toHaveLength(1);
    expect(JSON.parse(receiver.received[0]!.body)).toMatchObject({
      ruleId,
      severity: 'warning',
      title: { en: '1 invoices: I-<1>' },
      data: { aggregateId: 'I-<1>' },
    });
    expect(await outcomes(ruleId)).toMatchObject([{ eventId: alert.id, type: 'webhook', status: 'sent' }]);
    expect((await caller(rules, base, { tenantId: 'somebody' })('GET', `/${ruleId}/actions`)).status).toBe(404);
  });

  it('that fail come again, without repeating those that did not', async () => {
    const [broken, well] = [await startReceiver(), await startReceiver()];
    broken.answers.push(500);
    const actions = [broken, well].map(({ url }) => ({ type: 'webhook', url }));
    const ruleId = await create({ ...overdue, conditionConfig: { eventTypes: ['invoice.*'] }, actions });
    await bus(invoice('I-1'));
    const [alert] = raised();
    expect((await runActions(busBatch([alert!]))).batchItemFailures).toHaveLength(1);
    expect((await outcomes(ruleId)).map(({ status }: any) => status).sort()).toEqual(['failed', 'sent']);
    expect((await runActions(busBatch([alert!]))).batchItemFailures).toEqual([]);
    expect([broken.received.length, well.received.length]).toEqual([2, 1]);
  });

  it('write to Slack without giving a value power over the formatting', async () => {
    const receiver = await startReceiver();
    const conditionConfig = { eventTypes: ['invoice.*'] };
    await create({ ...overdue, conditionConfig, actions: [{ type: 'slack', url: receiver.url, locale: 'ar' }] });
    await bus(invoice('<!channel>'));
    await runActions(busBatch(raised()));
    const { text } = JSON.parse(receiver.received[0]!.body);
    expect(text).toContain('تحذير: 1 فواتير: &lt;!channel&gt;');
  });

  it('are left out while the alert is suppressed', async () => {
    const receiver = await startReceiver();
    const { ruleId, alert } = await raise(receiver.url);
    await recordAlerts(busBatch([alert]));
    const session = stack.session(tenantId);
    const { dedupeKey } = alert.payload;
    const open = await session.require(openAlertEntity, { dedupeKey });
    const stored = await session.require(alertEntity, { id: open.alertId });
    await session.transact('platform', (unit) => unit.update(alertEntity, stored, { status: 'suppressed' }));
    await runActions(busBatch([alert]));
    expect(receiver.received).toEqual([]);
    expect(await outcomes(ruleId)).toMatchObject([{ status: 'suppressed' }]);
  });
});
