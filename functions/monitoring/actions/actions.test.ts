/** From what happened to what people get, through the services of the local runtime as the SDK's clients speak to them. */
import { beforeEach, describe, expect, it } from 'vitest';
import { busBatch, caller, makeEvent, startReceiver } from '../../platform/test-support/fixtures.ts';
import { handler as rules } from '../alert-rules/handler.ts';
import { handler as evaluateEvents } from '../evaluation/evaluate-events.ts';
import { useMonitoringStack } from '../test-support/monitoring-stack.ts';
import { handler as runActions } from './run-actions.ts';

const stack = useMonitoringStack();
const minute = 60_000;
let tenantId: string;
let tenant = 0;
beforeEach(() => {
  tenantId = `tenant-ac${++tenant}`;
});

const call = (method: string, path: string, body?: unknown) =>
  caller(rules, '/api/v1/developer/alert-rules', { tenantId })(method, path, body);
/** The gateway of a station says that it runs out of room. */
const fillsUp = (stationId: string) =>
  makeEvent({
    tenantId,
    type: 'system.alert',
    source: 'scada',
    aggregateType: 'alert',
    aggregateId: `storage-low/${stationId}`,
    payload: {
      alertType: 'system',
      severity: 'warning',
      title: { en: 'x', ar: 'x' },
      sourceSystem: 'scada',
      dedupeKey: `storage-low/${stationId}`,
    },
  });
/** Everything after the event, until somebody has been told. @returns how many alerts were raised */
async function follow(...events: ReturnType<typeof makeEvent>[]): Promise<number> {
  expect((await evaluateEvents(busBatch(events))).batchItemFailures).toEqual([]);
  const raised = stack.takeEvents(tenantId);
  expect((await runActions(busBatch(raised))).batchItemFailures).toEqual([]);
  return raised.length;
}
async function changeStorageRule(changes: object): Promise<void> {
  const { data } = await call('GET', '/storage-low');
  const { name, conditionType, conditionConfig, alertType, severity, titleTemplate } = data;
  const rule = { name, conditionType, conditionConfig, alertType, severity, titleTemplate, ...changes };
  const { status, body } = await call('PUT', '/storage-low', rule);
  expect(status, JSON.stringify(body)).toBe(200);
}

describe('who is told of an alert', () => {
  it('gets an e-mail, a text, a webhook and a line in Slack, each in the language asked for', async () => {
    const [webhook, slack] = [await startReceiver(), await startReceiver()];
    await changeStorageRule({
      cooldownMinutes: 60,
      titleTemplate: { en: 'Storage runs low: {aggregateId}', ar: 'مساحة التخزين منخفضة: {aggregateId}' },
      descriptionTemplate: { en: 'Look at {aggregateId}.', ar: 'افحص {aggregateId}.' },
      actions: [
        { type: 'email', to: 'ops@example.com' },
        { type: 'email', to: 'ar@example.com', locale: 'ar' },
        { type: 'sms', to: '+967777000001', locale: 'ar' },
        { type: 'sms', to: '+967777000002' },
        { type: 'webhook', url: webhook.url },
        { type: 'slack', url: slack.url },
      ],
    });
    expect(await follow(fillsUp('ST-7'))).toBe(1);

    const mail = (to: string) => stack.emails().filter((email) => email.to.includes(to));
    expect(mail('ops@example.com')).toMatchObject([{ subject: '[Warning] Storage runs low: storage-low/ST-7' }]);
    expect(mail('ops@example.com')[0]!.text).toContain('Look at storage-low/ST-7.');
    expect(mail('ar@example.com')).toMatchObject([{ subject: '[تحذير] مساحة التخزين منخفضة: storage-low/ST-7' }]);
    expect(mail('ar@example.com')[0]!.html).toContain('dir="rtl"');
    const text = (to: string) => stack.texts().flatMap((sent) => (sent.to === to ? [sent.text] : []));
    expect(text('+967777000001')).toEqual(['تحذير: مساحة التخزين منخفضة: storage-low/ST-7']);
    expect(text('+967777000002')).toEqual(['Warning: Storage runs low: storage-low/ST-7']);
    expect(JSON.parse(webhook.received[0]!.body)).toMatchObject({ ruleId: 'storage-low', severity: 'warning' });
    expect(JSON.parse(slack.received[0]!.body).text).toContain('Warning: Storage runs low: storage-low/ST-7');
    const { data: outcomes } = await call('GET', '/storage-low/actions');
    expect(outcomes.map(({ type, status }: any) => `${type} ${status}`).sort()).toEqual(
      ['email sent', 'email sent', 'slack sent', 'sms sent', 'sms sent', 'webhook sent'].sort(),
    );
  });

  it('is told again only after the cooldown, and of another station at once', async () => {
    const to = `${tenantId}@example.com`;
    const told = () => stack.emails().filter((email) => email.to.includes(to)).length;
    await changeStorageRule({ cooldownMinutes: 60, actions: [{ type: 'email', to }] });
    expect([await follow(fillsUp('ST-1')), told()]).toEqual([1, 1]);
    stack.advance(30 * minute);
    expect([await follow(fillsUp('ST-1')), told()]).toEqual([0, 1]);
    expect([await follow(fillsUp('ST-2')), told()]).toEqual([1, 2]);
    stack.advance(31 * minute);
    expect([await follow(fillsUp('ST-1')), told()]).toEqual([1, 3]);
  });

  it('is not told when the rule is switched off', async () => {
    const to = `${tenantId}@example.com`;
    await changeStorageRule({ isActive: false, actions: [{ type: 'email', to }] });
    expect(await follow(fillsUp('ST-1'))).toBe(0);
    expect(stack.emails().some((email) => email.to.includes(to))).toBe(false);
  });
});
