import { beforeAll, describe, expect, it } from 'vitest';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { handler as apiKeys } from '../api-keys/handler.ts';
import { handler as auth } from '../auth/handler.ts';
import { authenticate } from '../authorizers/authenticate.ts';
import { password, principal, useIdentityStack } from '../test-support/identity-stack.ts';
import { tenantEntity } from './tenant-entity.ts';

const stack = useIdentityStack();
const post = (path: string, body: unknown) => stack.call(auth, 'POST', `/api/v1/auth/${path}`, { body });

describe('a suspended tenant', () => {
  let owner: { tenantId: string; userId: string; email: string };
  let key: string;
  let refreshToken: string;
  const setStatus = async (status: 'active' | 'suspended'): Promise<void> => {
    const session = openSession(owner.tenantId);
    const tenant = await session.require(tenantEntity, { id: owner.tenantId });
    await session.transact('identity', (unit) => unit.update(tenantEntity, tenant, { status }));
  };
  beforeAll(async () => {
    owner = await stack.addTenant('suspend-a');
    const made = await stack.call(apiKeys, 'POST', '/api/v1/developer/api-keys', {
      as: principal('suspend-a'),
      body: { name: 'k', scopes: ['metering:meters:read'] },
    });
    key = made.body.data.key;
    refreshToken = (await post('login', { email: owner.email, password })).body.refreshToken;
    await setStatus('suspended');
  });

  it('lets nobody in: no person, no refresh, no key', async () => {
    expect(await post('login', { email: owner.email, password })).toMatchObject({
      status: 403,
      body: { code: 'forbidden' },
    });
    expect(await post('refresh', { refreshToken })).toMatchObject({ status: 403 });
    expect(await authenticate(`Bearer ${key}`, Date.now())).toBeUndefined();
  });

  it('tells nothing to who does not know the password', async () => {
    expect(await post('login', { email: owner.email, password: 'guess' })).toMatchObject({
      status: 401,
      body: { code: 'invalid_credentials' },
    });
  });

  it('comes back with everything', async () => {
    await setStatus('active');
    expect(await authenticate(`Bearer ${key}`, Date.now())).toBeDefined();
    expect((await post('login', { email: owner.email, password })).status).toBe(200);
  });
});
