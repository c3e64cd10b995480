import { expect, it } from 'vitest';
import { sendSms } from '../contract.ts';
import { handler as integrationsHandler } from '../integrations/handler.ts';
import { handler as recordAlert } from '../subscribers/record-alerts.ts';
import { busBatch, caller, makeEvent } from '../test-support/fixtures.ts';
import { usePlatformStack } from '../test-support/platform-stack.ts';
import { simulateProvider } from '../test-support/test-provider.ts';
import { handler } from './handler.ts';

const stack = usePlatformStack();
const tenantId = 'tenant-o1';
const read = caller(handler, '/api/v1/developer/overview', { tenantId });

it('adds up what there is, for the tenant alone', async () => {
  const nothing = { successes: 0, failures: 0, successRate: null };
  expect((await read('GET', '')).data).toEqual({
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
