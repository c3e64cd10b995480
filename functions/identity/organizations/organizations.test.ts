import { beforeAll, describe, expect, it } from 'vitest';
import type { Principal } from '../../../layers/kernel/auth/principal.ts';
import { handler as auth } from '../auth/handler.ts';
import { findUser } from '../log-in-names/find-user.ts';
import { permissionsOf } from '../roles/system-roles.ts';
import { handler as signUp } from '../sign-up/handler.ts';
import { handler as tenants } from '../tenants/handler.ts';
import { principal } from '../test-support/identity-stack.ts';
import { useMessageStack } from '../test-support/message-stack.ts';
import { tenantOfBin } from './bin-entity.ts';
import { handler } from './handler.ts';

const stack = useMessageStack();
let owner: Principal;
let foreign: Principal;
beforeAll(async () => {
  const [a, b] = [await stack.addTenant('org-a'), await stack.addTenant('org-b')];
  owner = principal('org-a', { subject: a.userId, permissions: permissionsOf(['OWNER']), workspaces: ['*'] });
  foreign = principal('org-b', { subject: b.userId, permissions: permissionsOf(['OWNER']) });
});
const call = (method: string, path: string, body?: unknown, as = owner) =>
  stack.call(handler, method, `/api/v1/organizations${path}`, { as, ...(body === undefined ? {} : { body }) });
const bin = '970740000838';

describe('an organisation', () => {
  it('shows and changes its company data, and nothing of others', async () => {
    const company = { legalName: 'ТОО Компания', bin, address: 'Алматы', phone: '+77271234567' };
    expect((await call('PUT', '/org-a', company)).body.data).toMatchObject({ ...company, binIsPlausible: true });
    expect((await call('GET', '')).body.data).toMatchObject([{ id: 'org-a', timeZone: 'Asia/Aden' }]);
    expect((await call('GET', '/org-a')).body.data).toMatchObject(company);
    for (const [method, path, body] of [
      ['GET', '/org-a', undefined],
      ['PUT', '/org-a', { name: 'Mine' }],
      ['GET', '/org-a/employees', undefined],
      ['POST', '/org-a/employees/usr_1/approve', undefined],
      ['POST', '/org-a/employees/usr_1/reject', undefined],
    ] as const)
      expect((await call(method, path, body, foreign)).status, path).toBe(404);
  });

  it('has a number that no other has, which is free again when it is given up', async () => {
    expect(await call('PUT', '/org-b', { bin }, foreign)).toMatchObject({
      status: 409,
      body: { code: 'already_exists' },
    });
    expect(await tenantOfBin(bin)).toBe('org-a');
    expect((await call('PUT', '/org-a', { bin: null })).body.data.bin).toBeUndefined();
    const answers = await Promise.all([call('PUT', '/org-b', { bin }, foreign), call('PUT', '/org-a', { bin })]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  });

  it.each([{ bin: '12' }, { phone: '123' }, { name: '' }, { address: 'x'.repeat(501) }])(
    'refuses data that is none: %j',
    async (body) => {
      expect((await call('PUT', '/org-a', body)).status).toBe(400);
    },
  );

  it('can be a further one, whose owner is invited and shares nothing with the first', async () => {
    const email = 'boss@further.example';
    const made = await call('POST', '', { name: 'Further', owner: { name: 'Boss', email } });
    expect(made).toMatchObject({
      status: 201,
      body: { data: { organization: { name: 'Further', status: 'active' } } },
    });
    const { id } = made.body.data.organization;
    expect((await call('GET', `/${id}`)).status).toBe(404);
    await stack.deliver();
    const token = /inv_\w{26}\.[\w-]{43}/.exec(stack.lastMessage(email))![0];
    const accepted = await stack.call(auth, 'POST', '/api/v1/auth/accept-invitation', {
      body: { token, password: 'violet kettle at noon' },
    });
    expect(accepted.body).toMatchObject({ organizationId: id, organizationRole: 'owner' });
    expect(await call('POST', '', { name: 'Third', owner: { name: 'Boss', email } })).toMatchObject({ status: 409 });
    const key = { ...owner, kind: 'api_key' as const };
    expect((await call('POST', '', { name: 'X', owner: { name: 'B', email: 'x@y.example' } }, key)).status).toBe(403);
  });
});

describe('employees', () => {
  let count = 0;
  async function register(): Promise<{ id: string; email: string }> {
    await call('PUT', '/org-a', { bin: '940140000385' });
    const email = `emp${++count}@org.example`;
    const body = { email, password: 'violet kettle at noon', firstName: 'A', lastName: 'B', organizationId: 'org-a' };
    const { status } = await stack.call(signUp, 'POST', '/api/v1/users/register-employee', { body });
    if (status !== 201) throw new Error(String(status));
    return { id: (await findUser(email))!.user.id, email };
  }
  const logIn = (email: string) =>
    stack.call(auth, 'POST', '/api/v1/auth/login', { body: { email, password: 'violet kettle at noon' } });

  it('wait until they are approved, and get in with the roles they are given', async () => {
    const { id, email } = await register();
    expect((await logIn(email)).status).toBe(403);
    const waiting = await call('GET', '/org-a/employees');
    expect(waiting.body.data).toContainEqual(expect.objectContaining({ id, status: 'pending', roles: ['EMPLOYEE'] }));
    const approved = await call('POST', `/org-a/employees/${id}/approve`, { roles: ['OPERATOR'] });
    expect(approved.body.data).toMatchObject({ status: 'active', roles: ['OPERATOR'] });
    expect((await logIn(email)).body).toMatchObject({ success: true, organizationRole: 'employee' });
    expect((await call('POST', `/org-a/employees/${id}/approve`)).status).toBe(200);
    expect(await call('POST', `/org-a/employees/${id}/reject`)).toMatchObject({ status: 409 });
  });

  it('are approved by who may, with roles that are his to give', async () => {
    const { id } = await register();
    const manager = principal('org-a', { permissions: permissionsOf(['MANAGER']) });
    expect((await call('POST', `/org-a/employees/${id}/approve`, undefined, manager)).status).toBe(403);
    const clerk = principal('org-a', { permissions: [...permissionsOf(['EMPLOYEE']), 'identity:employees:approve'] });
    expect((await call('POST', `/org-a/employees/${id}/approve`, { roles: ['ADMIN'] }, clerk)).status).toBe(403);
    expect((await call('POST', `/org-a/employees/${id}/approve`, undefined, clerk)).status).toBe(200);
  });

  it('who are turned down leave nothing, and may ask again', async () => {
    const { id, email } = await register();
    expect((await call('POST', `/org-a/employees/${id}/reject`)).status).toBe(200);
    expect(await findUser(email)).toBeUndefined();
    expect((await call('POST', `/org-a/employees/${id}/approve`)).status).toBe(404);
  });

  it('judged by two at once are in or out, and not both', async () => {
    for (let i = 0; i < 3; i++) {
      const { id, email } = await register();
      const answers = await Promise.all([
        call('POST', `/org-a/employees/${id}/approve`),
        call('POST', `/org-a/employees/${id}/reject`),
      ]);
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      expect((await findUser(email)) !== undefined).toBe(answers[0]!.status === 200);
    }
  });
});

describe('tenants, for who runs the installation', () => {
  const installer = principal('org-a', { permissions: ['system:*', 'identity:*'] });
  const at = (method: string, path: string, as = installer) =>
    stack.call(tenants, method, `/api/core/tenants${path}`, { as });

  it('are all in the list, and everybody else sees their own', async () => {
    const all = (await at('GET', '')).body.data.map(({ id }: { id: string }) => id);
    expect(all).toEqual(expect.arrayContaining(['org-a', 'org-b']));
    expect(all.some((id: string) => id.startsWith('tnt-'))).toBe(true);
    expect((await at('GET', '/org-b')).status).toBe(200);
    expect((await at('GET', '', foreign)).body.data.map(({ id }: { id: string }) => id)).toEqual(['org-b']);
    expect((await at('GET', '/no-such')).status).toBe(404);
  });

  it('are suspended and come back; nobody suspends the own, or without the permission', async () => {
    expect((await at('POST', '/org-b/suspend', foreign)).status).toBe(403);
    expect((await at('POST', '/org-a/suspend')).status).toBe(409);
    expect((await at('POST', '/org-b/suspend')).body.data.status).toBe('suspended');
    const body = { email: 'owner@org-b.example', password: 'correct horse battery staple' };
    expect((await stack.call(auth, 'POST', '/api/v1/auth/login', { body })).status).toBe(403);
    expect((await at('POST', '/org-b/reactivate')).body.data.status).toBe('active');
    expect((await stack.call(auth, 'POST', '/api/v1/auth/login', { body })).status).toBe(200);
  });

  it('keep settings that a change does not name', async () => {
    const as = principal('org-a');
    const put = (body: object) => stack.call(tenants, 'PUT', '/api/core/tenants/org-a', { as, body });
    await put({ timeZone: 'Asia/Riyadh', currency: 'SAR' });
    expect((await put({ name: 'Renamed' })).body.data).toMatchObject({ timeZone: 'Asia/Riyadh', currency: 'SAR' });
  });
});
