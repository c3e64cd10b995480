import { beforeAll, describe, expect, it } from 'vitest';
import type { Principal } from '../../../layers/kernel/auth/principal.ts';
import { handler as apiKeys } from '../api-keys/handler.ts';
import { authenticate } from '../authorizers/authenticate.ts';
import { permissionsOf } from '../roles/system-roles.ts';
import { principal, useIdentityStack } from '../test-support/identity-stack.ts';
import { handler as users } from '../users/handler.ts';
import { handler } from './handler.ts';

const stack = useIdentityStack();
let owner: Principal;
let foreign: Principal;
beforeAll(async () => {
  const [a, b] = [await stack.addTenant('wsp-a'), await stack.addTenant('wsp-b')];
  owner = principal('wsp-a', { subject: a.userId, permissions: permissionsOf(['OWNER']) });
  foreign = principal('wsp-b', { subject: b.userId, permissions: permissionsOf(['OWNER']) });
});

const call = (method: string, path: string, as: Principal, body?: unknown) =>
  stack.call(handler, method, `/api/v1/workspaces${path}`, { as, ...(body === undefined ? {} : { body }) });
let count = 0;
async function addUser(roles: string[], workspaces: string[] = []): Promise<Principal> {
  const email = `u${++count}@wsp.example`;
  const body = { name: `U${count}`, email, password: 'violet kettle at noon', roles, workspaces };
  const made = await stack.call(users, 'POST', '/api/core/users', { as: owner, body });
  if (made.status !== 201) throw new Error(JSON.stringify(made.body));
  return principal('wsp-a', { subject: made.body.data.id, permissions: permissionsOf(roles), workspaces });
}
const add = async (given: object = {}, as = owner): Promise<string> =>
  (await call('POST', '', as, { name: 'Sales', ...given })).body.data.id;
/** Longer than an instance remembers whom it let in. */
const settle = (): void => stack.advance(10_001);
const ids = async (as: Principal): Promise<string[]> =>
  (await call('GET', '', as)).body.data.map(({ id }: { id: string }) => id);

describe('a corporate workspace', () => {
  it('is entered by its members and by who enters all; its first member is who made it', async () => {
    const admin = await addUser(['ADMIN']);
    const other = await addUser(['EMPLOYEE']);
    const id = await add({}, admin);
    expect((await call('GET', `/${id}`, admin)).body.data).toMatchObject({ kind: 'corporate', status: 'active' });
    expect((await call('GET', `/${id}`, owner)).status).toBe(200);
    expect((await call('GET', `/${id}`, other)).status).toBe(404);
    expect(await ids(other)).not.toContain(id);
    expect(await ids(admin)).toEqual([id]);
  });

  it('is made with the permission, and changed with it', async () => {
    const employee = await addUser(['EMPLOYEE']);
    expect((await call('POST', '', employee, { name: 'Mine' })).status).toBe(403);
    const id = await add();
    await call('POST', `/${id}/members`, owner, { userId: employee.subject });
    expect((await call('PUT', `/${id}`, employee, { name: 'Mine' })).status).toBe(403);
    expect((await call('PUT', `/${id}`, owner, { name: 'Renamed' })).body.data.name).toBe('Renamed');
    expect((await call('GET', `/${id}/history`, owner)).body.data).toHaveLength(2);
  });

  it('lets new members in at once and keeps removed ones out within ten seconds', async () => {
    const manager = await addUser(['MANAGER']);
    const id = await add();
    expect((await call('GET', `/${id}/members`, manager)).status).toBe(404);
    expect((await call('POST', `/${id}/members`, owner, { userId: manager.subject })).status).toBe(201);
    const listed = await call('GET', `/${id}/members`, manager);
    expect(listed.body.data).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ userId: manager.subject, entersAll: false }),
        expect.objectContaining({ userId: owner.subject, entersAll: true }),
      ]),
    );
    expect((await call('DELETE', `/${id}/members/${manager.subject}`, owner)).status).toBe(204);
    settle();
    expect((await call('GET', `/${id}/members`, manager)).status).toBe(404);
  });

  it('of another tenant, or of none, is not there on any route', async () => {
    const id = await add();
    for (const target of [id, 'wsp_01JGFJJZ00ABCDEFGHJKMNPQRS', '..', '%23']) {
      for (const [method, path, body] of [
        ['GET', '', undefined],
        ['PUT', '', { name: 'Mine' }],
        ['GET', '/members', undefined],
        ['POST', '/members', { userId: foreign.subject }],
        ['DELETE', `/members/${owner.subject}`, undefined],
      ] as const)
        expect((await call(method, `/${target}${path}`, foreign, body)).status, `${method} ${target}${path}`).toBe(404);
    }
    expect((await call('POST', `/${id}/members`, owner, { userId: foreign.subject })).status).toBe(404);
  });

  it('that is archived can be read and not written to', async () => {
    const id = await add();
    expect((await call('PUT', `/${id}`, owner, { status: 'archived' })).status).toBe(200);
    settle();
    const member = await addUser(['EMPLOYEE']);
    expect(await call('POST', `/${id}/members`, owner, { userId: member.subject })).toMatchObject({ status: 409 });
    expect((await call('GET', `/${id}/members`, owner)).status).toBe(200);
    expect((await call('PUT', `/${id}`, owner, { status: 'active' })).status).toBe(200);
    settle();
    expect((await call('POST', `/${id}/members`, owner, { userId: member.subject })).status).toBe(201);
  });

  it('gets two members at once, and one of them two workspaces at once', async () => {
    const [one, two] = [await addUser(['EMPLOYEE']), await addUser(['EMPLOYEE'])];
    const [a, b] = [await add(), await add()];
    const answers = await Promise.all([
      call('POST', `/${a}/members`, owner, { userId: one.subject }),
      call('POST', `/${a}/members`, owner, { userId: two.subject }),
      call('POST', `/${b}/members`, owner, { userId: one.subject }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect((await ids(one)).sort()).toEqual([a, b].sort());
  });

  it('is one of fifty that a user may be a member of', async () => {
    const member = await addUser(['EMPLOYEE']);
    const last = await add();
    const many = await Promise.all(Array.from({ length: 50 }, () => add()));
    const put = { as: owner, body: { workspaces: many } };
    expect((await stack.call(users, 'PUT', `/api/core/users/${member.subject}/workspaces`, put)).status).toBe(200);
    expect(await call('POST', `/${last}/members`, owner, { userId: member.subject })).toMatchObject({ status: 422 });
  });
});

describe('a personal workspace', () => {
  it('is one for each person, and nobody else enters it, not even who enters all', async () => {
    const employee = await addUser(['EMPLOYEE']);
    const id = await add({ kind: 'personal', name: 'Notes' }, employee);
    expect(await call('POST', '', employee, { name: 'Second', kind: 'personal' })).toMatchObject({ status: 409 });
    expect((await call('GET', `/${id}`, employee)).status).toBe(200);
    expect((await call('GET', `/${id}`, owner)).status).toBe(404);
    expect((await call('GET', `/${id}/members`, owner)).status).toBe(404);
    expect(await ids(owner)).not.toContain(id);
    const members = await call('GET', `/${id}/members`, employee);
    expect(members.body.data.map(({ userId }: { userId: string }) => userId)).toEqual([employee.subject]);
    const put = { as: owner, body: { workspaces: [id] } };
    expect((await stack.call(users, 'PUT', `/api/core/users/${employee.subject}/workspaces`, put)).status).toBe(404);
  });

  it('of others is closed to a key whose maker may not enter it', async () => {
    const employee = await addUser(['EMPLOYEE']);
    const maker = { ...employee, permissions: [...employee.permissions, 'identity:api_keys:write'] };
    const [inside, outside] = [await add(), await add()];
    await call('POST', `/${inside}/members`, owner, { userId: employee.subject });
    const made = await stack.call(apiKeys, 'POST', '/api/v1/developer/api-keys', {
      as: maker,
      body: { name: 'k', scopes: ['identity:workspaces:read'] },
    });
    expect(made.body.data.workspaces).toEqual([inside]);
    const key = (await authenticate(`Bearer ${made.body.data.key}`, Date.now()))!;
    expect((await call('GET', `/${inside}/members`, key)).status).toBe(200);
    expect((await call('GET', `/${outside}/members`, key)).status).toBe(404);
  });

  it('is not for keys', async () => {
    const key = principal('wsp-a', { kind: 'api_key', subject: 'key_1', workspaces: ['*'] });
    expect((await call('POST', '', key, { name: 'x', kind: 'personal' })).status).toBe(403);
    const id = await add();
    expect((await call('GET', `/${id}`, key)).status).toBe(200);
  });
});

describe('membership', () => {
  it('is given by who has it: nobody lets others in where he may not go', async () => {
    const manager = await addUser(['MANAGER']);
    const employee = await addUser(['EMPLOYEE']);
    const id = await add();
    const put = (workspaces: string[], as: Principal) =>
      stack.call(users, 'PUT', `/api/core/users/${employee.subject}/workspaces`, { as, body: { workspaces } });
    expect((await put([id], manager)).status).toBe(404);
    expect((await put(['*'], manager)).status).toBe(403);
    expect((await put([id], owner)).body.data.workspaces).toEqual([id]);
    expect((await put([], manager)).status).toBe(404);
    expect((await put(['*'], owner)).status).toBe(200);
  });

  it('is listed in pages', async () => {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const { body } = await stack.call(
        (event: any, context: any) =>
          handler({ ...event, queryStringParameters: { limit: '7', ...(cursor ? { cursor } : {}) } }, context),
        'GET',
        '/api/v1/workspaces',
        { as: owner },
      );
      seen.push(...body.data.map(({ id }: { id: string }) => id));
      cursor = body.pagination.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBeGreaterThan(50);
  });

  it.each([{}, { name: '' }, { name: 'x', kind: 'secret' }, { name: 'x'.repeat(101) }])(
    'of a workspace that is none is refused: %j',
    async (body) => {
      expect((await call('POST', '', owner, body)).status).toBe(400);
    },
  );
});
