import { beforeAll, describe, expect, it } from 'vitest';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { roleEntity } from '../roles/role-entity.ts';
import { tenantEntity } from '../tenants/tenant-entity.ts';
import { useIdentityStack } from '../test-support/identity-stack.ts';
import { issueAccessToken } from '../tokens/access-token.ts';
import { type User, userEntity } from '../users/user-entity.ts';
import { authenticate } from './authenticate.ts';

const stack = useIdentityStack();
const tenantId = 'authn-a';
const session = () => openSession(tenantId);
let userId: string;
beforeAll(async () => {
  ({ userId } = await stack.addTenant(tenantId));
});

const change = async (changes: Partial<{ [K in keyof User]: User[K] | null }>): Promise<void> => {
  const user = await session().require(userEntity, { id: userId });
  await session().transact('identity', (unit) => void unit.update(userEntity, user, changes));
};
const tokenOf = (sessionId = newId('ses')) =>
  issueAccessToken({ userId, tenantId, name: 'n', roles: ['OWNER'], sessionId }, Date.now());
const caller = async (token: string) => authenticate(`Bearer ${token}`, Date.now());

describe('an access token whose signature is good', () => {
  it('says who; the user’s row says the rest', async () => {
    await change({ workspaces: ['wsp_1'], email: 'new@authn.example' });
    expect(await caller(await tokenOf('ses_1'))).toMatchObject({
      subject: userId,
      name: 'new@authn.example',
      workspaces: ['wsp_1'],
      sessionId: 'ses_1',
      permissions: expect.arrayContaining(['identity:*']),
    });
  });

  it.each(['pending', 'inactive', 'banned'] as const)('is nobody’s while the user is %s', async (status) => {
    const token = await tokenOf();
    await change({ status });
    expect(await caller(token)).toBeUndefined();
    await change({ status: 'active' });
    expect(await caller(token)).toBeDefined();
  });

  it('gives the roles the user has now', async () => {
    const token = await tokenOf();
    await change({ roles: ['EMPLOYEE'] });
    expect((await caller(token))?.permissions).not.toContain('identity:*');
    await change({ roles: ['OWNER'] });
    expect((await caller(token))?.permissions).toContain('identity:*');
  });

  it('is over when its log-in is, for one and for all', async () => {
    const [one, two] = [newId('ses'), newId('ses')];
    const tokens = [await tokenOf(one), await tokenOf(two)] as const;
    await change({ endedSessions: [{ id: one, endedAt: new Date().toISOString() }] });
    expect(await caller(tokens[0])).toBeUndefined();
    expect(await caller(tokens[1])).toBeDefined();
    stack.advance(1000);
    await change({ tokensNotBefore: new Date(Date.now()).toISOString() });
    expect(await caller(tokens[1])).toBeUndefined();
    stack.advance(1000);
    expect(await caller(await tokenOf())).toBeDefined();
  });

  it('is nobody’s while the tenant is suspended', async () => {
    const token = await tokenOf();
    const set = async (status: 'active' | 'suspended') => {
      const tenant = await session().require(tenantEntity, { id: tenantId });
      await session().transact('identity', (unit) => void unit.update(tenantEntity, tenant, { status }));
    };
    await set('suspended');
    expect(await caller(token)).toBeUndefined();
    await set('active');
    expect(await caller(token)).toBeDefined();
  });

  it('allows nothing until a password that another set is changed', async () => {
    await change({ mustChangePassword: true });
    expect((await caller(await tokenOf()))?.permissions).toEqual([]);
    await change({ mustChangePassword: null });
  });

  it('gives what the tenant’s own roles hold, a change of which is seen within ten seconds', async () => {
    const id = newId('rol');
    const role = await session().transact('identity', (unit) =>
      unit.create(roleEntity, { id, name: 'Reader', permissions: ['billing:*', 'billing:invoices:read'] }),
    );
    await change({ roles: [id, 'rol_gone', '__proto__', 'EMPEROR'] });
    const token = await tokenOf();
    expect((await caller(token))?.permissions).toEqual(['billing:*']);
    await session().transact('identity', (unit) => void unit.update(roleEntity, role, { permissions: ['scada:*'] }));
    expect((await caller(token))?.permissions).toEqual(['billing:*']);
    stack.advance(10_001);
    expect((await caller(token))?.permissions).toEqual(['scada:*']);
  });

  it('is nobody’s once the user is gone from the table', async () => {
    const token = await issueAccessToken(
      { userId: 'usr_gone', tenantId, name: 'n', roles: ['OWNER'], sessionId: 's' },
      Date.now(),
    );
    expect(await caller(token)).toBeUndefined();
  });
});
