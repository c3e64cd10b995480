import { beforeEach, describe, expect, it } from 'vitest';
import { caller, type HttpAnswer } from '../../platform/test-support/fixtures.ts';
import { operator, useMonitoringStack } from '../test-support/monitoring-stack.ts';
import { handler } from './handler.ts';

useMonitoringStack();
const base = '/api/v1/developer/alert-rules';
let tenant = 0;
let tenantId: string;
let call: (method: string, path: string, body?: unknown) => Promise<HttpAnswer>;
const operate = caller(handler, base, { tenantId: operator, permissions: ['platform:*', 'system:*'] });

beforeEach(() => {
  tenantId = `tenant-ar${++tenant}`;
  call = caller(handler, base, { tenantId });
});

const overdue = {
  name: 'Invoices overdue',
  conditionType: 'pattern',
  conditionConfig: { eventTypes: ['invoice.overdue'], count: 2 },
  alertType: 'business',
  severity: 'warning',
  titleTemplate: { en: '{count} invoices are overdue', ar: '{count} فواتير متأخرة' },
};
const slow = {
  ...overdue,
  conditionType: 'threshold',
  conditionConfig: { metric: 'api_latency', operator: '>', value: 500 },
};

describe('alert rules', () => {
  it('come with the five technical ones for who runs the installation, and with those on events for everybody', async () => {
    const ids = async (of: typeof call) => (await of('GET', '')).data.map(({ id }: any) => id);
    const onEvents = ['storage-low', 'security-incidents'];
    expect(await ids(operate)).toEqual(['high-error-rate', 'slow-response', 'service-down', ...onEvents]);
    expect(await ids(call)).toEqual(onEvents);
    const { data } = await operate('GET', '');
    expect(data.map(({ severity }: any) => severity)).toEqual(['error', 'warning', 'critical', 'warning', 'critical']);
    expect((await call('GET', '/high-error-rate')).status).toBe(404);
  });

  it('are made with what was left out filled in, read, changed whole and deleted', async () => {
    const { status, data } = await call('POST', '', { ...overdue, description: 'Tell us.', escalateAfterMinutes: 60 });
    expect(status).toBe(201);
    expect(data).toMatchObject({
      id: expect.stringMatching(/^alr_/),
      conditionConfig: { eventTypes: ['invoice.overdue'], count: 2, windowMinutes: 60, groupBy: 'rule' },
      cooldownMinutes: 15,
      isActive: true,
      isDefault: false,
      createdBy: 'usr_1',
      version: 1,
    });
    const changed = await call('PUT', `/${data.id}`, { ...overdue, name: 'Late payers', isActive: false });
    expect(changed.data).toMatchObject({
      name: 'Late payers',
      isActive: false,
      description: null,
      escalateAfterMinutes: null,
      version: 2,
    });
    expect((await call('GET', '')).data.at(-1)).toEqual(changed.data);
    expect((await call('DELETE', `/${data.id}`)).status).toBe(204);
    expect((await call('GET', `/${data.id}`)).status).toBe(404);
  });

  it('that come with the product are changed, not deleted, and come back', async () => {
    const { data } = await call('GET', '/security-incidents');
    const { id, isDefault, createdAt, updatedAt, createdBy, version, description, expiresAfterMinutes, ...rest } = data;
    const input = { ...rest, descriptionTemplate: undefined, isActive: false };
    expect((await call('DELETE', '/security-incidents')).status).toBe(409);
    expect((await call('PUT', '/security-incidents', input)).data).toMatchObject({ isActive: false, version: 1 });
    expect((await call('GET', '')).data[1]).toMatchObject({
      id: 'security-incidents',
      isActive: false,
      isDefault: true,
    });
    expect((await call('DELETE', '/security-incidents')).status).toBe(204);
    expect((await call('GET', '/security-incidents')).data).toEqual(data);
  });

  it('keep secrets of their actions to themselves, also in their history', async () => {
    const url = 'https://hooks.slack.com/services/T0/B0/CANARY';
    const actions = [
      { type: 'slack', url },
      { type: 'webhook', url: 'https://partner.example.com/in?token=CANARY', on: 'escalate' },
      { type: 'email', to: 'amal@example.com', locale: 'ar' },
    ];
    const made = await call('POST', '', { ...overdue, actions });
    expect(made.data.actions).toMatchObject([
      { type: 'slack', url: 'https://hooks.slack.com/•••', on: 'raise', locale: 'en' },
      { url: 'https://partner.example.com/•••', on: 'escalate' },
      { to: 'amal@example.com', url: null, locale: 'ar' },
    ]);
    const masked = [{ type: 'slack', url: 'https://hooks.slack.com/•••', on: 'both' }];
    const kept = await call('PUT', `/${made.data.id}`, { ...overdue, actions: masked });
    expect(kept.data.actions).toMatchObject([{ id: made.data.actions[0].id, on: 'both' }]);
    const history = await call('GET', `/${made.data.id}/history`);
    expect(history.data).toHaveLength(2);
    expect(JSON.stringify([made, kept, history])).not.toContain('CANARY');
  });

  it('belong to their tenant', async () => {
    const { data } = await call('POST', '', overdue);
    const other = caller(handler, base, { tenantId: 'somebody' });
    expect((await other('GET', `/${data.id}`)).status).toBe(404);
    expect((await other('PUT', `/${data.id}`, overdue)).status).toBe(404);
    expect((await other('DELETE', `/${data.id}`)).status).toBe(404);
    expect((await other('GET', `/${data.id}/actions`)).status).toBe(404);
    expect((await other('GET', '')).data.map(({ id }: any) => id)).not.toContain(data.id);
  });

  it('on metrics are for who runs the installation', async () => {
    expect((await call('POST', '', slow)).status).toBe(403);
    const elsewhere = caller(handler, base, { tenantId, permissions: ['platform:*', 'system:*'] });
    expect((await elsewhere('POST', '', slow)).status).toBe(422);
    expect((await operate('POST', '', slow)).status).toBe(201);
  });

  it('on counters of its own are for every tenant', async () => {
    const conditionConfig = { scope: 'tenant', metric: 'readings', operator: '<', value: 1, periodMinutes: 60 };
    const { status, data } = await call('POST', '', { ...slow, conditionConfig });
    expect([status, data.conditionConfig]).toEqual([201, { ...conditionConfig, periods: 1 }]);
    const blind = caller(handler, base, { tenantId, permissions: ['platform:alert_rules:*'] });
    expect((await blind('POST', '', { ...slow, conditionConfig })).status).toBe(403);
    for (const [field, value] of [
      ['metric', 'api_latency'],
      ['statistic', 'p99'],
      ['periodMinutes', 5],
    ] as const) {
      const { status, body } = await call('POST', '', {
        ...slow,
        conditionConfig: { ...conditionConfig, [field]: value },
      });
      expect([status, body.errors[0].path]).toEqual([400, `/conditionConfig/${field}`]);
    }
    const days = { ...conditionConfig, operator: undefined, value: undefined, periodMinutes: 1440 };
    expect((await call('POST', '', { ...slow, conditionType: 'anomaly', conditionConfig: days })).status).toBe(400);
  });

  it.each<[string, object]>([
    ['no pattern', { conditionConfig: { eventTypes: ['Not A Type'] } }],
    ['no event types', { conditionConfig: { eventTypes: [] } }],
    ['a bad filter', { conditionConfig: { eventTypes: ['*'], filter: { a: [{ like: 1 }] } } }],
    ['a count beyond bounds', { conditionConfig: { eventTypes: ['*'], count: 5000 } }],
    ['another kind of condition', { conditionConfig: { metric: 'api_latency', operator: '>', value: 1 } }],
    ['an unknown kind', { conditionType: 'magic' }],
    ['an unknown placeholder', { titleTemplate: { en: '{password}', ar: 'x' } }],
    ['one language only', { titleTemplate: { en: 'x' } }],
    ['unknown fields', { owner: 'me' }],
    ['a phone number without country', { actions: [{ type: 'sms', to: '0777' }] }],
    ['an address inside the network', { actions: [{ type: 'webhook', url: 'https://10.0.0.1/' }] }],
    ['an unencrypted address', { actions: [{ type: 'webhook', url: 'http://partner.example.com/' }] }],
    ['a mask with nothing behind', { actions: [{ type: 'webhook', url: '•••' }] }],
    ['a cooldown of nothing', { cooldownMinutes: 0 }],
  ])('with %s are refused', async (_, changes) => {
    const { status, body } = await call('POST', '', { ...overdue, ...changes });
    expect([status, body.code]).toEqual([400, 'validation_failed']);
    expect(body.errors[0].message).not.toBe('');
  });

  it('with a statistic the metric does not know are refused', async () => {
    const conditionConfig = { metric: 'api_requests', statistic: 'p99', operator: '>', value: 1 };
    expect((await operate('POST', '', { ...slow, conditionConfig })).status).toBe(400);
  });
});
