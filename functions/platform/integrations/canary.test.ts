/** A canary is planted in every secret setting of every provider, and searched for in everything that leaves a function. */
import { expect, it, vi } from 'vitest';
import { secretForms } from '../../../layers/integrations/engine/redact.ts';
import { sendSms } from '../contract.ts';
import { handler as testHandler } from '../integration-tests/handler.ts';
import { captureOutput } from '../test-support/captured-output.ts';
import { caller } from '../test-support/fixtures.ts';
import { usePlatformStack } from '../test-support/platform-stack.ts';
import { simulateProvider } from '../test-support/test-provider.ts';
import { handler } from './handler.ts';

vi.mock('node:timers/promises', () => ({ setTimeout: () => Promise.resolve() }));

const stack = usePlatformStack();
const tenantId = 'tenant-canary';
const call = caller(handler, '/api/v1/developer/integrations', { tenantId });
const test = caller(testHandler, '/api/integrations/test', { tenantId });

it('no answer, log line, event or row ever holds a secret', async () => {
  const output = captureOutput();
  const outputs = output.lines;
  const answer = async (...given: Parameters<typeof call>) => {
    const result = await call(...given);
    outputs.push(JSON.stringify(result.body ?? null));
    return result;
  };
  const canaries: string[] = [];
  const planted = new Map<string, number>();
  try {
    const simulated = await simulateProvider();
    const { data: providers } = await answer('GET', '/providers');
    for (const { provider, settings } of providers) {
      const { data } = await answer('POST', '', { code: `c_${provider}`, provider, nameAr: 'x' });
      for (const spec of settings) {
        // Addresses lead to a server that echoes what it gets, the rest stands where credentials stand.
        const canary = `CANARY-${provider}-${spec.key}-0123456789`;
        const value = /host/.test(spec.key)
          ? '127.0.0.1'
          : /url|address|endpoint/.test(spec.key)
            ? simulated.url
            : spec.isSecret && spec.valueType === 'json'
              ? JSON.stringify({ private_key: canary })
              : canary;
        const set = await answer('PUT', `/${data.id}/configs`, {
          environment: 'development',
          values: { [spec.key]: value },
        });
        if (set.status !== 200 || !spec.isSecret || !value.includes(canary)) continue;
        canaries.push(canary);
        planted.set(provider, (planted.get(provider) ?? 0) + 1);
      }
      await answer('POST', `/${data.id}/test`, {});
      outputs.push(
        JSON.stringify(
          (
            await test('POST', '', {
              integration_config_id: data.id,
              integration_type: provider,
              config: { password: 'CANARY-typed-0123456789' },
            })
          ).body,
        ),
      );
    }
    canaries.push('CANARY-typed-0123456789');
    // Three providers of messages: their ways of failing, with a server that echoes keys into errors and bodies.
    simulated.modes = [400, 401, 500, 500, 500, 'garbage'];
    for (const reference of ['k1', 'k2', 'k3'])
      await sendSms(stack.session(tenantId), { to: '+967770000000', text: 'hello', reference }).then(
        (result) => outputs.push(String(result.provider)),
        (error: Error & { details?: unknown }) =>
          outputs.push(`${error.message} ${error.stack} ${JSON.stringify(error.details)}`),
      );
    for (const { id } of (await answer('GET', '?limit=200')).data)
      for (const path of ['', '/configs', '/logs', '/tests', '/stats', '/history'])
        await answer('GET', `/${id}${path}`);
  } finally {
    output.restore();
  }
  expect(planted.size).toBeGreaterThan(20);
  expect(planted.get('test_sms_a')).toBe(3);
  const rows = JSON.stringify(stack.rows('platform'));
  const forms = secretForms(canaries);
  for (const form of forms) {
    const at = rows.indexOf(form);
    expect(at < 0 ? '' : rows.slice(Math.max(0, at - 700), at + 100), `a row holds ${form}`).toBe('');
    const found = outputs.find((text) => text.includes(form));
    expect(found?.slice(0, 400), `an output holds ${form}`).toBeUndefined();
  }
});
