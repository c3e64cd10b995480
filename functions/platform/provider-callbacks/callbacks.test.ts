import { createHmac } from 'node:crypto';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { logger } from '../../../layers/kernel/observability/logger.ts';
import { handler as integrationsHandler } from '../integrations/handler.ts';
import { caller, publicCaller } from '../test-support/fixtures.ts';
import { usePlatformStack } from '../test-support/platform-stack.ts';
import '../test-support/test-provider.ts';
import { handler } from './handler.ts';

const stack = usePlatformStack();
const send = publicCaller(handler);
let tenant = 0;
let tenantId: string;
let call: ReturnType<typeof caller>;

beforeEach(() => {
  tenantId = `tenant-n${++tenant}`;
  call = caller(integrationsHandler, '/api/v1/developer/integrations', { tenantId });
});

async function integrate(provider = 'test_pay_a', secret = 'notify-secret-123', more: object = {}) {
  const { data } = await call('POST', '', { code: provider, provider, nameAr: 'x', ...more });
  await call('PUT', `/${data.id}/configs`, {
    environment: 'development',
    values: { api_url: 'https://pay.example.com', api_key: 'some-api-key-1', webhook_secret: secret },
  });
  const callback = (await call('POST', `/${data.id}/callback-token`)).data;
  return { id: data.id as string, path: callback.callbackPath as string, token: callback.token as string };
}

const event = (id: string, type = 'payment') =>
  JSON.stringify({ id, type, data: { providerReference: 'pi_1', status: 'captured' } });
const sign = (body: string, secret = 'notify-secret-123') => ({
  'x-signature': createHmac('sha256', secret).update(body).digest('hex'),
});
const emitted = () => stack.takeOutbox(tenantId).map(({ type, payload }) => ({ type, payload: JSON.parse(payload!) }));

describe('a notification', () => {
  it('leaves its token in no log line, also where the path is none of ours', async () => {
    const { path, token } = await integrate();
    const lines: string[] = [];
    const spy = vi.spyOn(logger, 'info').mockImplementation((...line) => void lines.push(JSON.stringify(line)));
    try {
      await send('POST', path, event('l1'), sign(event('l1')));
      await send('PUT', path, event('l1'));
      await send('POST', `${path}/`, event('l1'));
    } finally {
      spy.mockRestore();
    }
    expect(lines[0]).toContain('/api/v1/developer/callbacks/test_pay_a/{token}');
    expect(lines).toHaveLength(3);
    expect(lines.join()).not.toContain(token);
  });

  it('is published once, by the id its provider gave it', async () => {
    const { id, path } = await integrate();
    for (let i = 0; i < 3; i++)
      expect(await send('POST', path, event('n1'), sign(event('n1')))).toMatchObject({ status: 200, text: 'ok' });
    expect(emitted()).toEqual([
      {
        type: 'payment.notified',
        payload: expect.objectContaining({
          integrationId: id,
          notificationId: 'n1',
          data: { providerReference: 'pi_1', status: 'captured' },
        }),
      },
    ]);
    expect((await call('GET', `/${id}/logs?direction=incoming`)).data).toHaveLength(3);
  });

  it.each([
    ['delivery', 'message.delivered'],
    ['message', 'message.received'],
    ['other', 'integration.notified'],
  ])('of the type %s becomes %s', async (type, expected) => {
    const { path } = await integrate('test_sms_a');
    const body = event(`t-${type}`, type);
    await send('POST', path, body, sign(body));
    expect(emitted().map((e) => e.type)).toEqual([expected]);
  });

  it('with a bad signature is refused and logged', async () => {
    const { id, path } = await integrate();
    for (const headers of [{}, sign('other'), sign(event('n2'), 'another-secret')])
      expect((await send('POST', path, event('n2'), headers as Record<string, string>)).status).toBe(401);
    expect(emitted()).toEqual([]);
    expect((await call('GET', `/${id}/logs?status=failed`)).data).toHaveLength(3);
  });

  it('is refused with any token but the present one', async () => {
    const { id, path, token } = await integrate();
    const body = event('n3');
    const swap = (from: string, to: string) =>
      Buffer.from(Buffer.from(token, 'base64url').toString().replace(from, to)).toString('base64url');
    for (const wrong of [
      `${token}a`,
      token.slice(0, -3),
      swap(tenantId, 'tenant-x'),
      swap(id, 'int_01JGFJJZ00ABCDEFGHJKMNPQRS'),
      'x',
    ])
      expect(
        (await send('POST', `/api/v1/developer/callbacks/test_pay_a/${wrong}`, body, sign(body))).status,
        wrong,
      ).toBe(401);
    expect((await send('POST', path.replace('test_pay_a', 'test_pay_b'), body, sign(body))).status).toBe(401);
    const { path: renewed } = (await call('POST', `/${id}/callback-token`)).data as {
      path: string;
      callbackPath: string;
    };
    expect(renewed).toBeUndefined();
    expect((await send('POST', path, body, sign(body))).status).toBe(401);
  });

  it('is taken from allowed addresses only', async () => {
    const { path } = await integrate('test_pay_a', 'notify-secret-123', { allowedIps: ['198.51.100.0/24'] });
    const body = event('n4');
    expect((await send('POST', path, body, sign(body), '203.0.113.7')).status).toBe(403);
    expect((await send('POST', path, body, sign(body), '198.51.100.9')).status).toBe(200);
  });

  it('may be signed with the secret before a rotation', async () => {
    const { id, path } = await integrate();
    await call('PUT', `/${id}/configs`, {
      environment: 'development',
      values: { webhook_secret: 'rotated-secret-99' },
    });
    for (const [i, secret] of ['notify-secret-123', 'rotated-secret-99'].entries()) {
      const body = event(`r${i}`);
      expect((await send('POST', path, body, sign(body, secret))).status).toBe(200);
    }
  });

  it('of an integration that is switched off is refused', async () => {
    const { id, path } = await integrate();
    await call('PUT', `/${id}`, { isActive: false });
    expect((await send('POST', path, event('n5'), sign(event('n5')))).status).toBe(401);
  });
});
