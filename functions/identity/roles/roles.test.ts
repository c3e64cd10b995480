import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { Principal } from '../../../layers/kernel/auth/principal.ts';
import { permissionCatalogue } from '../../../layers/kernel/openapi/permission-catalogue.ts';
import { authenticate } from '../authorizers/authenticate.ts';
import { identity } from '../domain.ts';
import { handler as permissions } from '../permissions/handler.ts';
import { principal, useIdentityStack } from '../test-support/identity-stack.ts';
import { issueAccessToken } from '../tokens/access-token.ts';
import { handler as users } from '../users/handler.ts';
import { handler } from './handler.ts';
import { compact } from './resolve-permissions.ts';
import { roleTitles } from './role-titles.ts';
import { permissionsOf, systemRoleNames, systemRoles } from './system-roles.ts';

// The file beside the bundle holds the permissions of every domain; those of this one are enough here.
vi.mock('node:fs', async (load) => {
  const real = await load<typeof import('node:fs')>();
  const readFileSync = (path: string, ...rest: []) =>
    String(path).endsWith('/permissions.json')
      ? JSON.stringify(permissionCatalogue([identity]))
      : real.readFileSync(path, ...rest);
  return { ...real, readFileSync };
});

const stack = useIdentityStack();
let owner: Principal;
beforeAll(async () => {
  const { userId } = await stack.addTenant('roles-a');
  owner = principal('roles-a', { subject: userId, permissions: permissionsOf(['OWNER']) });
  await stack.addTenant('roles-b');
});
const call = (method: string, path: string, body?: unknown, as = owner, headers: Record<string, string> = {}) =>
  stack.call(handler, method, `/api/core/roles${path}`, { as, headers, ...(body === undefined ? {} : { body }) });
const reader = { name: 'Reader', nameAr: 'قارئ', permissions: ['identity:users:read', 'identity:roles:*'] };
const add = async (given: object = {}) => (await call('POST', '', { ...reader, ...given })).body.data;

describe('system roles', () => {
  it('have names and descriptions in both languages, and every one of the documents is there', async () => {
    for (const name of systemRoleNames) {
      expect(roleTitles[name].name.ar, name).toMatch(/[\u0600-\u06ff]/);
      expect(roleTitles[name].description.ar, name).toMatch(/[\u0600-\u06ff]/);
    }
    expect(systemRoleNames).toEqual(
      expect.arrayContaining([
        'OWNER',
        'ADMIN',
        'MANAGER',
        'EMPLOYEE',
        'ACCOUNTANT',
        'USER',
        'SUPER_ADMIN',
        'CUSTOMER',
      ]),
    );
  });

  it('but one hold nothing of the installation', () => {
    for (const [name, held] of Object.entries(systemRoles))
      if (name !== 'SUPER_ADMIN')
        expect(
          held.filter((one) => /^(system|\*)/.test(one)),
          name,
        ).toEqual([]);
  });

  it('are listed with the tenant’s own and cannot be changed', async () => {
    const { id } = await add();
    const { body } = await call('GET', '');
    expect(body.data.map((role: { id: string }) => role.id)).toEqual(expect.arrayContaining(['OWNER', id]));
    expect((await call('GET', '/OWNER')).body.data).toMatchObject({ isSystem: true, name: 'Owner' });
    expect(await call('PUT', '/OWNER', { name: 'Mine' })).toMatchObject({ status: 409 });
    expect(await call('DELETE', '/OWNER')).toMatchObject({ status: 409 });
  });
});

describe('a role of the tenant’s own', () => {
  it('gives its users what it holds, until it is changed', async () => {
    const { id } = await add();
    const made = await stack.call(users, 'POST', '/api/core/users', {
      as: owner,
      body: { name: 'R', email: 'r@roles.example', password: 'violet kettle at noon', roles: [id] },
    });
    const userId = made.body.data.id;
    const shown = await stack.call(users, 'GET', `/api/core/users/${userId}/permissions`, { as: owner });
    expect(shown.body.data.permissions).toEqual(reader.permissions);
    await call('PUT', `/${id}`, { permissions: ['identity:users:read'] });
    const { body } = await stack.call(users, 'GET', `/api/core/users/${userId}/permissions`, { as: owner });
    expect(body.data).toMatchObject({ permissions: ['identity:users:read'], roles: [{ id, name: 'Reader' }] });
    expect(await call('DELETE', `/${id}`)).toMatchObject({ status: 409, body: { code: 'conflict' } });
    await stack.call(users, 'POST', `/api/core/users/${userId}/roles`, { as: owner, body: { roles: [] } });
    expect((await call('DELETE', `/${id}`)).status).toBe(204);
    const again = { as: owner, body: { roles: [id] } };
    expect((await stack.call(users, 'POST', `/api/core/users/${userId}/roles`, again)).status).toBe(404);
    const token = await issueAccessToken(
      { userId, tenantId: 'roles-a', name: 'R', roles: [id], sessionId: 'ses_1' },
      Date.now(),
    );
    expect((await authenticate(`Bearer ${token}`, Date.now()))?.permissions).toEqual([]);
  });

  it.each<[string, string[]]>([
    ['a permission that does not exist', ['identity:users:fly']],
    ['a domain that does not exist', ['magic:*']],
    ['permissions of the installation', ['system:tenants:read']],
    ['all of them', ['system:*']],
    ['a star', ['*']],
    ['a star in front', ['*:users:read']],
    ['none', []],
    ['a name with a space', ['identity: users']],
  ])('cannot hold %s', async (_, wrong) => {
    const { status, body } = await call('POST', '', { ...reader, permissions: wrong });
    expect(status).toBe(400);
    expect(body.code).toBe('validation_failed');
  });

  it('says which string is wrong, in the reader’s language', async () => {
    const { body } = await call('POST', '', { ...reader, permissions: ['identity:*', 'magic:*'] }, owner, {
      'accept-language': 'ar',
    });
    expect(body.errors).toEqual([
      { in: 'body', path: '/permissions/1', message: expect.stringMatching(/[\u0600-\u06ff].*magic:\*/) },
    ]);
  });

  it('is made and changed only by who holds all of it', async () => {
    const clerk = principal('roles-a', { permissions: ['identity:roles:*', 'identity:users:read'] });
    const forbidden = { status: 403, body: { code: 'forbidden' } };
    expect(await call('POST', '', { ...reader, permissions: ['identity:users:write'] }, clerk)).toMatchObject(
      forbidden,
    );
    expect((await call('POST', '', reader, clerk)).status).toBe(201);
    const strong = await add({ permissions: ['identity:*'] });
    expect(await call('PUT', `/${strong.id}`, { permissions: ['identity:users:read'] }, clerk)).toMatchObject(
      forbidden,
    );
    expect(await call('DELETE', `/${strong.id}`, undefined, clerk)).toMatchObject(forbidden);
    const weak = await add();
    expect(await call('PUT', `/${weak.id}`, { permissions: ['identity:*'] }, clerk)).toMatchObject(forbidden);
  });

  it('of another tenant is not there, to read, change or give', async () => {
    const { id } = await add();
    const foreign = principal('roles-b', { permissions: permissionsOf(['OWNER']) });
    for (const [method, body] of [
      ['GET', undefined],
      ['PUT', { name: 'Mine' }],
      ['DELETE', undefined],
    ] as const)
      expect((await call(method, `/${id}`, body, foreign)).status).toBe(404);
    const grant = { as: foreign, body: { name: 'R', email: 'r2@roles.example', roles: [id] } };
    expect((await stack.call(users, 'POST', '/api/core/users', grant)).status).toBe(404);
  });

  it('cannot be changed on an older version, and keeps its history', async () => {
    const { id } = await add();
    expect((await call('PUT', `/${id}`, { name: 'Two' }, owner, { 'if-match': '"1"' })).status).toBe(200);
    expect((await call('PUT', `/${id}`, { name: 'Three' }, owner, { 'if-match': '"1"' })).status).toBe(412);
    expect((await call('GET', `/${id}/history`)).body.data).toHaveLength(2);
  });

  it('is one of fifty', async () => {
    let answer = await call('POST', '', reader);
    for (let i = 0; answer.status === 201 && i < 60; i++) answer = await call('POST', '', reader);
    expect(answer).toMatchObject({ status: 422, body: { code: 'unprocessable' } });
    const own = (await call('GET', '')).body.data.filter(({ isSystem }: { isSystem: boolean }) => !isSystem);
    expect(own).toHaveLength(50);
  });
});

describe('the catalogue', () => {
  it('says every permission with what it opens, and which a tenant can hand out', async () => {
    const { body } = await stack.call(permissions, 'GET', '/api/core/permissions', { as: owner });
    expect(body.data).toContainEqual({
      permission: 'identity:users:ban',
      domain: 'identity',
      resource: 'users',
      action: 'ban',
      isAssignable: true,
      operations: ['banUser', 'unbanUser'],
    });
    expect(body.data).toContainEqual(
      expect.objectContaining({ permission: 'system:tenants:write', isAssignable: false }),
    );
  });
});

describe('permissions of a request', () => {
  it('leave out what others cover', () => {
    expect(compact(['a:b:c', 'a:*', 'a:b:*', 'x:y:z', 'x:y:z'])).toEqual(['a:*', 'x:y:z']);
    expect(compact([])).toEqual([]);
  });
});
