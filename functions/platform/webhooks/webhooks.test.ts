import { Webhook as Verifier } from 'standardwebhooks';
import { beforeEach, describe, expect, it } from 'vitest';
import { caller, type HttpAnswer, startReceiver } from '../test-support/fixtures.ts';
import { usePlatformStack } from '../test-support/platform-stack.ts';
import { handler } from './handler.ts';
import { webhookEntity } from './webhook-entity.ts';

const stack = usePlatformStack();
const base = '/api/v1/developer/webhooks';
let tenant = 0;
let tenantId: string;
let call: (method: string, path: string, body?: unknown) => Promise<HttpAnswer>;

beforeEach(() => {
  tenantId = `tenant-w${++tenant}`;
  call = caller(handler, base, { tenantId });
});

const valid = { name: 'Accounting', url: 'https://partner.example/hooks', subscribedEvents: ['station.*'] };
const create = async (changes: object = {}) => (await call('POST', '', { ...valid, ...changes })).data;
const problemsOf = async (changes: object): Promise<Record<string, string>> => {
  const { status, body } = await call('POST', '', { ...valid, ...changes });
  expect(status).toBe(400);
  return Object.fromEntries(body.errors.map(({ path, message }: any) => [path, message]));
};

describe('a webhook', () => {
  it('is created with the documented defaults and a secret that is shown', async () => {
    const { status, data } = await call('POST', '', valid);
    expect(status).toBe(201);
    expect(data).toMatchObject({
      ...valid,
      isActive: true,
      timeoutSeconds: 30,
      maxRetries: 3,
      headers: {},
      lastTriggeredAt: null,
      consecutiveFailures: 0,
      createdBy: 'usr_1',
      version: 1,
      secret: expect.stringMatching(/^whsec_/),
    });
    expect((await call('GET', `/${data.id}`)).data).not.toHaveProperty('secret');
    expect((await call('GET', `/${data.id}/secret`)).data).toEqual({ secret: data.secret, signature: 'hmac' });
  });

  it('stores no secret and no header value in the clear', async () => {
    const { id, secret } = await create({ headers: { Authorization: 'Bearer top-secret' } });
    const row = JSON.stringify(await stack.session(tenantId).require(webhookEntity, { id }));
    expect(row).not.toContain(secret.slice(6));
    expect(row).not.toContain('top-secret');
    expect((await call('GET', `/${id}`)).data.headers).toEqual({ Authorization: '•••' });
  });

  it('shows the secret only to those who may see it', async () => {
    const { id } = await create();
    const reader = caller(handler, base, {
      tenantId,
      permissions: ['platform:webhooks:read', 'platform:webhooks:write'],
    });
    expect((await reader('GET', `/${id}`)).status).toBe(200);
    expect((await reader('GET', `/${id}/secret`)).status).toBe(403);
    expect((await reader('POST', `/${id}/rotate-secret`, {})).status).toBe(403);
  });

  it('is refused with the place and the reason of every mistake', async () => {
    expect(await problemsOf({ url: 'https://169.254.169.254/x' })).toEqual({
      '/url': expect.stringContaining('metadata'),
    });
    expect(await problemsOf({ url: 'http://partner.example/' })).toEqual({ '/url': expect.stringContaining('https') });
    expect(await problemsOf({ subscribedEvents: ['station.*', 'staton.created'] })).toEqual({
      '/subscribedEvents/1': expect.stringContaining('Did you mean "station.created"'),
    });
    expect(await problemsOf({ subscribedEvents: [] })).toHaveProperty('/subscribedEvents');
    expect(await problemsOf({ filter: { data: { a: [{ regex: 'x' }] } } })).toHaveProperty('/filter/data/a/0');
    expect(await problemsOf({ timeoutSeconds: 31 })).toHaveProperty('/timeoutSeconds');
    expect(await problemsOf({ maxRetries: 12 })).toHaveProperty('/maxRetries');
    expect(await problemsOf({ headers: { 'webhook-signature': 'x' } })).toHaveProperty('/headers');
    expect(await problemsOf({ headers: { a: 'x\r\nhost: y' } })).toHaveProperty('/headers/a');
    expect(await problemsOf({ ordering: 'aggregate', batch: { maxEvents: 5, maxWaitSeconds: 5 } })).toHaveProperty(
      '/batch',
    );
  });

  it('changes field by field, guarded by its version', async () => {
    const { id } = await create({ headers: { 'x-key': 'one' }, filter: { data: { a: [1] } } });
    const { data } = await call('PUT', `/${id}`, {
      name: 'Ledger',
      filter: null,
      headers: { 'x-key': '•••', 'x-new': '2' },
    });
    expect(data).toMatchObject({ name: 'Ledger', filter: null, url: valid.url, version: 2 });
    expect(Object.keys(data.headers)).toEqual(['x-key', 'x-new']);
    expect((await call('PUT', `/${id}`, { url: 'https://10.0.0.1/' })).status).toBe(400);
    expect((await call('PUT', `/${id}`, { signature: 'ed25519' })).status).toBe(400);
    expect((await call('DELETE', `/${id}`)).status).toBe(204);
    expect((await call('GET', `/${id}`)).status).toBe(404);
  });

  it('belongs to its tenant', async () => {
    const { id } = await create();
    const other = caller(handler, base, { tenantId: 'tenant-other' });
    for (const [method, path] of [
      ['GET', ''],
      ['GET', '/secret'],
      ['GET', '/deliveries'],
      ['GET', '/stats'],
      ['DELETE', ''],
    ] as const)
      expect((await other(method, `/${id}${path}`)).status, path).toBe(404);
    expect((await other('GET', '')).data).toEqual([]);
  });

  it('sends a sample on request, signed, and keeps its outcome', async () => {
    const receiver = await startReceiver();
    const { id, secret } = await create({ url: receiver.url });
    const { status, data } = await call('POST', `/${id}/test`, { eventType: 'station.updated' });
    expect(status).toBe(200);
    expect(data).toMatchObject({ status: 'success', responseStatus: 200, eventType: 'station.updated', isTest: true });
    const [request] = receiver.received;
    stack.advance(0);
    expect(request!.headers['mizan-test']).toBe('true');
    expect(new Verifier(secret).verify(request!.body, request!.headers as Record<string, string>)).toMatchObject({
      type: 'station.updated',
      data: { name: 'North substation' },
    });
    const { data: detail } = await call('GET', `/deliveries/${data.id}`);
    expect(detail.requestBody).toEqual(JSON.parse(request!.body));
    expect((await call('POST', `/${id}/test`, { eventType: 'no.such' })).status).toBe(422);
  });

  it('reports a failing test as it is', async () => {
    const receiver = await startReceiver();
    receiver.answers.push((_, outgoing) => void outgoing.writeHead(302, { location: 'http://169.254.169.254/' }).end());
    const { id } = await create({ url: receiver.url });
    const { data } = await call('POST', `/${id}/test`, {});
    expect(data).toMatchObject({ status: 'failed', responseStatus: 302 });
    expect(data.errorMessage).toContain('not followed');
    expect(receiver.received).toHaveLength(1);
  });

  it('signs with both secrets during a rotation, and with the new one alone afterwards', async () => {
    const receiver = await startReceiver();
    const { id, secret: old } = await create({ url: receiver.url });
    const { data } = await call('POST', `/${id}/rotate-secret`, {});
    expect(Date.parse(data.previousSecretValidUntil) - Date.now()).toBe(86_400_000);
    await call('POST', `/${id}/test`, {});
    stack.advance(86_400_001);
    await call('POST', `/${id}/test`, {});
    const verifies = (secret: string, i: number): boolean => {
      const { body, headers } = receiver.received[i]!;
      try {
        // The library refuses messages older than five minutes by its own clock.
        const now = Date.now();
        stackTime(Number(headers['webhook-timestamp']) * 1000);
        new Verifier(secret).verify(body, headers as Record<string, string>);
        stackTime(now);
        return true;
      } catch {
        return false;
      }
    };
    expect([verifies(old, 0), verifies(data.secret, 0)]).toEqual([true, true]);
    expect([verifies(old, 1), verifies(data.secret, 1)]).toEqual([false, true]);
  });

  it('signs with every secret whose overlap is not over, however often it is rotated', async () => {
    const receiver = await startReceiver();
    const { id, secret: first } = await create({ url: receiver.url });
    const rotate = async (overlapSeconds?: number) =>
      (await call('POST', `/${id}/rotate-secret`, { overlapSeconds })).data;
    const second = (await rotate()).secret;
    const { secret: third, previousSecretValidUntil } = await rotate(3600);
    expect(Date.parse(previousSecretValidUntil) - Date.now()).toBe(86_400_000);
    expect((await call('GET', `/${id}`)).data).toMatchObject({ previousSecretValidUntil });
    const signing = async (): Promise<string[]> => {
      await call('POST', `/${id}/test`, {});
      const { body, headers } = receiver.received.at(-1)!;
      stackTime(Number(headers['webhook-timestamp']) * 1000);
      return [first, second, third].filter((secret) => {
        try {
          return Boolean(new Verifier(secret).verify(body, headers as Record<string, string>));
        } catch {
          return false;
        }
      });
    };
    expect(await signing()).toEqual([first, second, third]);
    stack.advance(3_600_001);
    expect(await signing()).toEqual([first, third]);
    for (let left = 3; left > 0; left--) await rotate();
    expect((await call('POST', `/${id}/rotate-secret`, {})).body).toMatchObject({ code: 'unprocessable' });
    await rotate(0);
    expect(await signing()).toEqual([]);
    expect((await call('GET', `/${id}`)).data.previousSecretValidUntil).toBeNull();
  });

  it('hands out a public key for Ed25519 and keeps the private one', async () => {
    const { id, secret } = await create({ signature: 'ed25519' });
    expect(secret).toMatch(/^whpk_/);
    expect((await call('GET', `/${id}/secret`)).data).toEqual({ secret, signature: 'ed25519' });
  });

  it('publishes its retry schedule', async () => {
    const { data } = await call('GET', '/retry-schedule');
    expect(data.retryDelaysSeconds).toEqual([5, 30, 120, 600, 1800, 7200, 18000, 36000, 50400, 72000, 86400]);
  });
});

function stackTime(ms: number): void {
  stack.setDate(ms);
}
