import { beforeEach, describe, expect, it } from 'vitest';
import { callHandler, type HandlerAnswer } from '../../../test/support/call-handler.ts';
import { caller, startReceiver } from '../test-support/fixtures.ts';
import {
  bus,
  call as callWebhooks,
  create,
  own,
  receiver,
  stack,
  tenantId,
  work,
} from '../test-support/webhook-scene.ts';
import { handler as webhooksHandler } from '../webhooks/handler.ts';
import { handler } from './handler.ts';
import { newLinkToken } from './link-entity.ts';

const base = '/api/v1/developer/webhook-portal';
const ask = (token: string | undefined, method: string, path: string, body?: unknown): Promise<HandlerAnswer> =>
  callHandler(handler, {
    method,
    path: base + path,
    body,
    ...(token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } }),
  });

let endpoint: any;
beforeEach(async () => {
  endpoint = await create({ name: 'Partner', description: 'internal note' });
});
const link = async (body: object = {}, id = endpoint.id): Promise<any> => {
  const answer = await callHandler(webhooksHandler, {
    method: 'POST',
    path: `/api/v1/developer/webhooks/${id}/portal-link`,
    headers: { host: 'api.example.com' },
    body: { name: 'Acme', ...body },
    as: {
      tenantId,
      subject: 'usr_1',
      kind: 'user',
      name: 'Amal',
      permissions: ['platform:*'],
      workspaces: [],
      limits: { perMinute: 1e6, perDay: 1e7 },
      allowedIps: [],
      allowedOrigins: [],
    },
  });
  expect(answer.status, answer.text).toBe(201);
  return answer.body.data;
};

describe('a portal link', () => {
  it('shows a partner their endpoint, its deliveries and attempts, and nothing of the tenant', async () => {
    const { token, url, expiresAt } = await link();
    expect(url).toBe(`https://api.example.com${base}#${token}`);
    expect(Date.parse(expiresAt)).toBe(stack.now() + 7 * 86_400_000);
    await bus(own());
    await work();
    const { status, body } = await ask(token, 'GET', '/endpoint');
    expect(status).toBe(200);
    expect(body.data).toMatchObject({
      id: endpoint.id,
      name: 'Partner',
      link: { name: 'Acme', abilities: ['replay', 'test', 'rotate_secret'] },
    });
    const shown = JSON.stringify(body);
    for (const hidden of [tenantId, 'internal note', 'usr_1', endpoint.secret]) expect(shown).not.toContain(hidden);
    const [delivery] = (await ask(token, 'GET', '/deliveries')).body.data;
    expect(delivery).toMatchObject({ webhookId: endpoint.id, status: 'success' });
    expect((await ask(token, 'GET', `/deliveries/${delivery.id}`)).body.data.attempts).toHaveLength(1);
    expect((await ask(token, 'GET', '/stats')).body.data.successes).toBe(1);
    expect((await ask(token, 'POST', `/deliveries/${delivery.id}/replay`)).status).toBe(202);
    await work();
    expect(receiver.received).toHaveLength(2);
    expect((await ask(token, 'POST', '/test', {})).body.data.isTest).toBe(true);
    const rotated = await ask(token, 'POST', '/rotate-secret', {});
    expect(rotated.body.data.secret).toMatch(/^whsec_/);
    const history = await callWebhooks('GET', `/${endpoint.id}/history`);
    expect(JSON.stringify(history.data)).toContain('Acme');
    // What leaves the table is no token.
    expect(JSON.stringify(stack.rows('platform'))).not.toContain(token);
  });

  it('does what its abilities say, and no more than its maker could', async () => {
    const { token } = await link({ abilities: [] });
    await bus(own());
    await work();
    const [{ id }] = (await ask(token, 'GET', '/deliveries')).body.data;
    for (const path of ['/test', '/rotate-secret', `/deliveries/${id}/replay`])
      expect([path, (await ask(token, 'POST', path, path.endsWith('replay') ? undefined : {})).status]).toEqual([
        path,
        403,
      ]);
    const narrow = ['platform:webhooks:portal', 'platform:webhooks:read', 'platform:webhooks:replay'];
    const maker = caller(webhooksHandler, '/api/v1/developer/webhooks', { tenantId, permissions: narrow });
    expect((await maker('POST', `/${endpoint.id}/portal-link`, { name: 'x' })).status).toBe(403);
    expect((await maker('POST', `/${endpoint.id}/portal-link`, { name: 'x', abilities: ['replay'] })).status).toBe(201);
    const key = caller(webhooksHandler, '/api/v1/developer/webhooks', {
      tenantId,
      kind: 'api_key',
      permissions: ['platform:*'],
    });
    expect((await key('POST', `/${endpoint.id}/portal-link`, { name: 'x' })).status).toBe(403);
    const long = await callWebhooks('POST', `/${endpoint.id}/portal-link`, {
      name: 'x',
      expiresInSeconds: 31 * 86_400,
    });
    expect(long.status).toBe(400);
  });

  it('ends at its time, and at once when it is revoked', async () => {
    const short = await link({ expiresInSeconds: 300 });
    const revoked = await link();
    expect((await callWebhooks('DELETE', `/${endpoint.id}/portal-links/${revoked.id}`)).data).toMatchObject({
      isActive: false,
      revokedBy: 'usr_1',
    });
    expect((await ask(revoked.token, 'GET', '/endpoint')).status).toBe(401);
    expect((await ask(short.token, 'GET', '/endpoint')).status).toBe(200);
    stack.advance(300_000);
    expect((await ask(short.token, 'GET', '/endpoint')).status).toBe(401);
    const listed = (await callWebhooks('GET', `/${endpoint.id}/portal-links`)).data;
    expect(listed.map(({ isActive }: any) => isActive)).toEqual([false, false]);
    expect(JSON.stringify(listed)).not.toMatch(/token/i);
  });

  it('ends with its endpoint and is limited in how often it asks', async () => {
    const { token } = await link();
    const answers = [];
    for (let i = 0; i < 125; i++) answers.push((await ask(token, 'GET', '/endpoint')).status);
    expect(answers.slice(0, 120).every((status) => status === 200)).toBe(true);
    expect(answers.at(-1)).toBe(429);
    stack.advance(60_000);
    await callWebhooks('DELETE', `/${endpoint.id}`);
    expect((await ask(token, 'GET', '/endpoint')).status).toBe(404);
  });
});

describe('attacks on a portal link', () => {
  it('cannot reach the deliveries of another endpoint of the tenant', async () => {
    const second = await startReceiver();
    const other = await create({ name: 'Other', url: second.url });
    await bus(own());
    await work();
    const { token } = await link();
    const [foreign] = (await callWebhooks('GET', `/${other.id}/deliveries`)).data;
    expect((await ask(token, 'GET', `/deliveries/${foreign.id}`)).status).toBe(404);
    expect((await ask(token, 'POST', `/deliveries/${foreign.id}/replay`)).status).toBe(404);
    const listed = (await ask(token, 'GET', `/deliveries?webhookId=${other.id}`)).body;
    expect(JSON.stringify(listed)).not.toContain(other.id);
    // A link of the other endpoint cannot be revoked through this one.
    const theirs = await link({}, other.id);
    expect((await callWebhooks('DELETE', `/${endpoint.id}/portal-links/${theirs.id}`)).status).toBe(404);
  });

  it('opens nothing with a changed tenant, link or secret, or with no token', async () => {
    const { token, id } = await link();
    const [tenant, linkId, secret] = Buffer.from(token.slice(4), 'base64url').toString().split('/');
    const forged = (...parts: (string | undefined)[]) => `mzl_${Buffer.from(parts.join('/')).toString('base64url')}`;
    expect(forged(tenant, linkId, secret)).toBe(token);
    for (const wrong of [
      undefined,
      '',
      'mzl_',
      token.slice(0, -1),
      `${token}=`,
      forged('tenant-other', linkId, secret),
      forged(tenant, `${id.slice(0, -1)}${id.endsWith('0') ? 1 : 0}`, secret),
      forged(tenant, linkId, 'A'.repeat(43)),
      forged(`${tenant}/x`, linkId, secret),
      newLinkToken(tenantId, id).token,
      'mzn_local_aaaaaaaaaa_bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb',
    ])
      expect([wrong, (await ask(wrong, 'GET', '/endpoint')).status]).toEqual([wrong, 401]);
  });

  it('is no credential anywhere else: routes of the tenant refuse it as nobody', async () => {
    const { token } = await link();
    const answer = await callHandler(webhooksHandler, {
      method: 'GET',
      path: '/api/v1/developer/webhooks',
      headers: { authorization: `Bearer ${token}` },
    });
    expect(answer.status).toBe(401);
  });

  it('of another tenant’s endpoint cannot be made, listed or revoked', async () => {
    const { id } = await link();
    const stranger = caller(webhooksHandler, '/api/v1/developer/webhooks', { tenantId: 'tenant-stranger' });
    expect((await stranger('POST', `/${endpoint.id}/portal-link`, { name: 'x' })).status).toBe(404);
    expect((await stranger('GET', `/${endpoint.id}/portal-links`)).status).toBe(404);
    expect((await stranger('DELETE', `/${endpoint.id}/portal-links/${id}`)).status).toBe(404);
  });
});

describe('the page', () => {
  it('comes without a log-in, under a policy that lets in nothing from elsewhere', async () => {
    const page = await ask(undefined, 'GET', '');
    expect(page.status).toBe(200);
    expect(page.text).toContain('portal.js');
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    expect(page.headers['referrer-policy']).toBe('no-referrer');
    for (const file of ['portal.js', 'page.css', 'portal.css'])
      expect((await ask(undefined, 'GET', `/assets/${file}`)).status).toBe(200);
    for (const file of ['handler.ts', 'console.css', '__proto__', 'constructor'])
      expect((await ask(undefined, 'GET', `/assets/${file}`)).status).toBe(404);
  });
});
