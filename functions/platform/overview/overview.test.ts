import { expect, it } from 'vitest';
import { sendSms } from '../contract.ts';
import { handler as integrationsHandler } from '../integrations/handler.ts';
import { handler as recordAlert } from '../subscribers/record-alerts.ts';
import { handler as record } from '../subscribers/record-events.ts';
import { busBatch, caller, makeEvent } from '../test-support/fixtures.ts';
import { usePlatformStack } from '../test-support/platform-stack.ts';
import { simulateProvider } from '../test-support/test-provider.ts';
import { handler } from './handler.ts';

const stack = usePlatformStack(['identity']);
const tenantId = 'tenant-o1';
const read = caller(handler, '/api/v1/developer/overview', { tenantId });

it('adds up what there is, for the tenant alone', async () => {
  const nothing = { successes: 0, failures: 0, successRate: null };
  expect((await read('GET', '')).data).toEqual({
    events: { today: 0, total: 0, byType: {}, days: [] },
    subscriptions: { total: 0, active: 0, byHandler: { webhook: 0, queue: 0, function: 0 } },
    apiCalls: { keys: 0, activeKeys: 0, usageCount: 0, clientErrors: 0, serverErrors: 0, days: [] },
    integrations: { total: 0, active: 0, byHealth: { healthy: 0, degraded: 0, down: 0, unknown: 0 }, calls: nothing },
    webhooks: { total: 0, active: 0, failing: 0, deliveries: nothing },
    alerts: { active: 0, bySeverity: { info: 0, warning: 0, error: 0, critical: 0 } },
  });
  const provider = await simulateProvider();
  const call = caller(integrationsHandler, '/api/v1/developer/integrations', { tenantId });
  const { data } = await call('POST', '', { code: 'sms', provider: 'test_sms_a', nameAr: 'x' });
  await call('POST', '', { code: 'off', provider: 'test_sms_b', nameAr: 'x', isActive: false });
  const values = { api_url: provider.url, api_key: 'key-12345678' };
  await call('PUT', `/${data.id}/configs`, { environment: 'development', values });
  await call('POST', `/${data.id}/test`, {});
  await sendSms(stack.session(tenantId), { to: '+967770000000', text: 'x', reference: 'r' });
  const payload = {
    alertType: 'system',
    severity: 'warning',
    title: { en: 'x', ar: 'x' },
    sourceSystem: 's',
    dedupeKey: 'k',
  };
  await recordAlert(busBatch([makeEvent({ tenantId, type: 'system.alert', payload })]));
  expect((await read('GET', '')).data).toMatchObject({
    integrations: {
      total: 2,
      active: 1,
      byHealth: { healthy: 1, degraded: 0, down: 0, unknown: 1 },
      calls: { successes: 1, failures: 0, successRate: 1 },
    },
    alerts: { active: 1, bySeverity: { warning: 1 } },
  });
  const stranger = caller(handler, '/api/v1/developer/overview', { tenantId: 'tenant-o2' });
  expect((await stranger('GET', '')).data.integrations.total).toBe(0);
});

it('counts events by day and type, one that comes twice, in a batch or later, once', async () => {
  const own = { tenantId: 'tenant-o3' };
  const event = makeEvent(own);
  const yesterday = new Date(stack.now() - 86_400_000).toISOString();
  await record(
    busBatch([event, event, makeEvent(own), makeEvent({ ...own, type: 'invoice.paid', occurredAt: yesterday })]),
  );
  await record(busBatch([event]));
  const longAgo = new Date(stack.now() - 8 * 86_400_000).toISOString();
  await record(busBatch([makeEvent({ ...own, occurredAt: longAgo })]));
  const { data } = await caller(handler, '/api/v1/developer/overview', own)('GET', '');
  expect(data.events).toEqual({
    today: 2,
    total: 3,
    byType: { 'station.created': 2, 'invoice.paid': 1 },
    days: [
      { day: new Date(stack.now()).toISOString().slice(0, 10), total: 2, byType: { 'station.created': 2 } },
      { day: yesterday.slice(0, 10), total: 1, byType: { 'invoice.paid': 1 } },
    ],
  });
});

it('counts what was recorded beside an event that could not be, and once when the batch comes again', async () => {
  const own = { tenantId: 'tenant-o5' };
  const good = makeEvent(own);
  const tooLong = makeEvent({ ...own, metadata: { note: 'x'.repeat(420_000) } as never });
  for (let time = 0; time < 2; time++)
    expect((await record(busBatch([good, tooLong]))).batchItemFailures).toEqual([{ itemIdentifier: 'message-1' }]);
  const { data } = await caller(handler, '/api/v1/developer/overview', own)('GET', '');
  expect(data.events).toMatchObject({ total: 1, byType: { 'station.created': 1 } });
});

it('adds up the requests of all keys', async () => {
  const { addApiKey } = await import('../../identity/api-keys/operations.ts');
  const key = {
    name: 'k',
    keyHash: 'h',
    scopes: [],
    allowedIps: [],
    allowedOrigins: [],
    stationIds: [],
    createdBy: 'x',
  };
  const limits = { rateLimitPerMinute: 10, rateLimitPerDay: 100 };
  await stack.session('tenant-o4').transact('identity', (unit) => {
    addApiKey(unit, 'tenant-o4', { ...key, ...limits, id: 'key_1', keyPrefix: 'aaaaaaaaaa', isActive: true });
    addApiKey(unit, 'tenant-o4', { ...key, ...limits, id: 'key_2', keyPrefix: 'bbbbbbbbbb', isActive: false });
  });
  const as = { tenantId: 'tenant-o4', kind: 'api_key', subject: 'key_1' } as const;
  const byKey = caller(handler, '/api/v1/developer/overview', as);
  await byKey('GET', '');
  await caller(handler, '/api/v1/developer/overview', { ...as, permissions: [] })('GET', '');
  expect((await byKey('GET', '')).data.apiCalls).toMatchObject({
    keys: 2,
    activeKeys: 1,
    usageCount: 3,
    clientErrors: 1,
  });
});
