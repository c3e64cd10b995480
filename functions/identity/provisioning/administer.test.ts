import { beforeAll, describe, expect, it } from 'vitest';
import { handler as auth } from '../auth/handler.ts';
import { authenticate } from '../authorizers/authenticate.ts';
import { findUser } from '../log-in-names/find-user.ts';
import { useMessageStack } from '../test-support/message-stack.ts';
import { handler } from './administer.ts';

const stack = useMessageStack();
const order = async (action: string, given: object = {}): Promise<any> => handler({ action, by: 'tester', ...given });
const owner = { name: 'Sara', email: 'sara@adm.example', password: 'violet kettle at noon' };
beforeAll(() => stack.addTenant('adm-other'));

describe('the administrator', () => {
  it('creates a tenant whose owner logs in with the password', async () => {
    const made = await order('create-tenant', { tenant: { id: 'adm-a', name: 'A' }, owner });
    expect(made).toMatchObject({ ok: true, result: { tenantId: 'adm-a' } });
    const { email, password } = owner;
    const login = await stack.call(auth, 'POST', '/api/v1/auth/login', { body: { email, password } });
    expect(login.body).toMatchObject({ organizationId: 'adm-a', organizationRole: 'owner' });
    expect(await order('create-tenant', { tenant: { id: 'adm-a', name: 'A' }, owner })).toMatchObject({
      ok: false,
      error: { code: 'already_exists' },
    });
    const trail = stack.tables.scan('identity').filter(({ _type }) => _type?.S === 'audit');
    expect(JSON.stringify(trail)).toContain('installation (tester)');
    expect(JSON.stringify(trail)).not.toContain('$argon2id');
  });

  it('invites an owner who is told no password', async () => {
    const boss = { name: 'Boss', email: 'boss@adm.example' };
    expect((await order('create-owner', { tenantId: 'adm-a', owner: boss })).ok).toBe(true);
    await stack.deliver();
    expect(stack.messagesTo('boss@adm.example')).toBe(1);
    expect((await findUser('boss@adm.example'))?.user).toMatchObject({ status: 'pending', roles: ['OWNER'] });
  });

  it('makes a key that works, with no more than an owner could give', async () => {
    const made = await order('create-api-key', {
      tenantId: 'adm-a',
      key: { name: 'k', scopes: ['scada:stations:read'] },
    });
    expect(await authenticate(`Bearer ${made.result.key}`, Date.now())).toMatchObject({
      tenantId: 'adm-a',
      permissions: ['scada:stations:read'],
    });
    for (const scope of ['system:*', '*'])
      expect(await order('create-api-key', { tenantId: 'adm-a', key: { name: 'k', scopes: [scope] } })).toMatchObject({
        ok: false,
        error: { code: 'forbidden' },
      });
  });

  it('lists tenants, suspends one and lets it in again, as often as told', async () => {
    const { result } = await order('list-tenants');
    expect(result.tenants.map(({ id }: { id: string }) => id)).toEqual(expect.arrayContaining(['adm-a', 'adm-other']));
    for (const [action, status] of [
      ['suspend-tenant', 'suspended'],
      ['suspend-tenant', 'suspended'],
      ['reactivate-tenant', 'active'],
    ] as const)
      expect(await order(action, { tenantId: 'adm-a' })).toMatchObject({ ok: true, result: { tenant: { status } } });
  });

  it('rotates the signing key and sees at once which one signs', async () => {
    const before = (await order('signing-key-status')).result;
    const after = (await order('rotate-signing-key', { isStolen: false })).result;
    expect(after.active).not.toBe(before.active);
    expect(after.kid).not.toBe(before.kid);
    expect(after.accepted).toEqual(expect.arrayContaining([before.kid, after.kid]));
    expect(await order('rotate-signing-key', { isStolen: false })).toMatchObject({
      ok: false,
      error: { code: 'conflict' },
    });
    expect((await order('rotate-signing-key', { isStolen: true })).result.accepted).toEqual([before.kid]);
    expect((await order('trust-signing-keys')).result.accepted).toHaveLength(2);
  });

  it.each<[string, unknown, string]>([
    ['nothing', null, 'validation_failed'],
    ['no command', { by: 'x' }, 'validation_failed'],
    ['a command that does not exist', { action: 'fly', by: 'x' }, 'validation_failed'],
    ['nobody who orders', { action: 'list-tenants' }, 'validation_failed'],
    ['a tenant that does not exist', { action: 'suspend-tenant', by: 'x', tenantId: 'nowhere' }, 'not_found'],
    [
      'a password everybody tries',
      {
        action: 'create-owner',
        by: 'x',
        tenantId: 'adm-a',
        owner: { name: 'X', email: 'x@adm.example', password: 'password1234' },
      },
      'validation_failed',
    ],
    [
      'a station of another tenant',
      {
        action: 'create-api-key',
        by: 'x',
        tenantId: 'adm-a',
        key: { name: 'k', scopes: ['scada:*'], stationIds: ['S1'] },
      },
      'not_found',
    ],
  ])('is told what is wrong with %s', async (_, event, code) => {
    expect(await handler(event)).toMatchObject({ ok: false, error: { code, message: expect.stringMatching(/./) } });
  });

  it('is told in the own language', async () => {
    const refused = await order('suspend-tenant', { tenantId: 'nowhere', locale: 'ar' });
    expect(refused.error.message).toMatch(/[\u0600-\u06ff]/);
  });
});
