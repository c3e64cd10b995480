import { beforeAll, describe, expect, it } from 'vitest';
import type { Principal } from '../../../layers/kernel/auth/principal.ts';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { handler as auth } from '../auth/handler.ts';
import { authenticate } from '../authorizers/authenticate.ts';
import { findUser } from '../log-in-names/find-user.ts';
import { permissionsOf } from '../roles/system-roles.ts';
import { password, principal } from '../test-support/identity-stack.ts';
import { useMessageStack } from '../test-support/message-stack.ts';
import { handler } from './handler.ts';
import { isActiveOwner } from './last-owner.ts';
import { userEntity } from './user-entity.ts';

const stack = useMessageStack();
const chosen = 'violet kettle at noon';
let owner: Principal;
let ownerEmail: string;

const person = (tenantId: string, subject: string, roles: string[]): Principal =>
  principal(tenantId, { subject, permissions: permissionsOf(roles), workspaces: ['*'] });
beforeAll(async () => {
  const made = await stack.addTenant('users-a');
  owner = person('users-a', made.userId, ['OWNER']);
  ownerEmail = made.email;
  await stack.addTenant('users-b');
});

const call = (method: string, path: string, body?: unknown, as = owner, headers: Record<string, string> = {}) =>
  stack.call(handler, method, `/api/core/users${path}`, { as, headers, ...(body === undefined ? {} : { body }) });
let count = 0;
async function add(given: object = {}): Promise<{ id: string; email: string; as: Principal }> {
  const email = `user${++count}@users.example`;
  const { body, status } = await call('POST', '', { name: 'Sara Ali', email, password: chosen, ...given });
  if (status !== 201) throw new Error(JSON.stringify(body));
  return { id: body.data.id, email, as: person('users-a', body.data.id, body.data.roles) };
}
const row = (id: string) => openSession('users-a').require(userEntity, { id });
const events = () =>
  stack.tables
    .scan('identity')
    .filter(({ _type }) => _type?.S === 'outbox')
    .map(({ type, payload }) => ({ type: type.S, payload: JSON.parse(payload.S) }));
const logIn = (email: string, pass = chosen) =>
  stack.call(auth, 'POST', '/api/v1/auth/login', { body: { email, password: pass } });

describe('a user', () => {
  it('is added with a password that they change before anything else', async () => {
    const { id, email } = await add({ roles: ['OPERATOR'] });
    const { body } = await logIn(email);
    expect(body.mustChangePassword).toBe(true);
    const caller = () => authenticate(`Bearer ${body.accessToken}`, Date.now());
    expect((await caller())?.permissions).toEqual([]);
    const as = (await caller())!;
    const changed = await call(
      'PUT',
      `/${id}/password`,
      { currentPassword: chosen, newPassword: 'another kettle 9' },
      as,
    );
    expect(changed.status).toBe(200);
    expect((await caller())?.permissions).toContain('scada:*');
    expect(
      events().find(({ type, payload }) => type === 'user.created' && payload.id === id)?.payload,
    ).not.toHaveProperty('passwordHash');
  });

  it('without a password waits for an invitation, which is sent', async () => {
    const email = 'invited@users.example';
    const { body } = await call('POST', '', { name: 'Nadia', email });
    expect(body.data).toMatchObject({ status: 'pending', roles: ['EMPLOYEE'] });
    await stack.deliver();
    expect(stack.messagesTo(email)).toBe(1);
    expect(await call('POST', `/${body.data.id}/activate`)).toMatchObject({ status: 409 });
  });

  it.each<[string, object, number]>([
    ['no address', { name: 'X', password: chosen }, 400],
    ['no name', { email: 'x@users.example', password: chosen }, 400],
    ['an e-mail that is none', { name: 'X', email: 'x@', password: chosen }, 400],
    ['a phone without a country', { name: 'X', phone: '771234567', password: chosen }, 400],
    ['a password everybody tries', { name: 'X', email: 'x@users.example', password: 'password1234' }, 400],
    ['a role that does not exist', { name: 'X', email: 'x@users.example', roles: ['EMPEROR'] }, 404],
    ['a role twice', { name: 'X', email: 'x@users.example', roles: ['OWNER', 'OWNER'] }, 400],
    ['a workspace that does not exist', { name: 'X', email: 'x@users.example', workspaces: ['wsp_x'] }, 404],
    ['an age of nobody', { name: 'X', email: 'x@users.example', age: 300 }, 400],
    ['a user name of signs', { name: 'X', email: 'x@users.example', username: '<b>' }, 400],
  ])('is refused with %s', async (_, body, status) => {
    expect((await call('POST', '', body)).status).toBe(status);
  });

  it('has names nobody else in the installation has', async () => {
    expect(await call('POST', '', { name: 'X', email: 'OWNER@users-b.example', password: chosen })).toMatchObject({
      status: 409,
      body: { code: 'already_exists' },
    });
  });

  it('keeps names when they move, frees them when they are given up', async () => {
    const one = await add({ phone: '+967771000001', username: 'Sara.One' });
    const two = await add();
    expect((await call('PUT', `/${two.id}`, { username: 'sara.one' })).status).toBe(409);
    expect((await call('PUT', `/${one.id}`, { username: null, email: 'New@users.example' })).status).toBe(200);
    expect((await call('PUT', `/${two.id}`, { username: 'sara.one' })).status).toBe(200);
    expect((await findUser('new@users.example'))?.user.id).toBe(one.id);
    expect(await findUser(one.email)).toBeUndefined();
    expect((await findUser('sara.one'))?.user.id).toBe(two.id);
    expect(await call('PUT', `/${two.id}`, { email: null })).toMatchObject({ status: 422 });
  });

  it('with a new e-mail has not confirmed it', async () => {
    const { id, email } = await add();
    const session = openSession('users-a');
    const before = await row(id);
    await session.transact('identity', (unit) => void unit.update(userEntity, before, { emailVerifiedAt: 'x' }));
    await call('PUT', `/${id}`, { email, position: 'Chief' });
    expect((await row(id)).emailVerifiedAt).toBe('x');
    await call('PUT', `/${id}`, { email: `other-${email}` });
    expect((await row(id)).emailVerifiedAt).toBeUndefined();
  });

  it('cannot be changed on an older version', async () => {
    const { id } = await add();
    const { headers } = await call('GET', `/${id}`);
    const put = (name: string) => call('PUT', `/${id}`, { name }, owner, { 'if-match': headers['etag']! });
    expect((await put('One')).status).toBe(200);
    expect(await put('Two')).toMatchObject({ status: 412 });
  });

  it('of another tenant is not there', async () => {
    const foreign = (await findUser('owner@users-b.example'))!.user.id;
    for (const [method, path, body] of [
      ['GET', '', undefined],
      ['PUT', '', { name: 'Mine' }],
      ['DELETE', '', undefined],
      ['POST', '/ban', {}],
      ['POST', '/roles', { roles: ['EMPLOYEE'] }],
      ['PUT', '/password', { newPassword: 'another kettle 9' }],
      ['GET', '/permissions', undefined],
    ] as const)
      expect((await call(method, `/${foreign}${path}`, body)).status, path).toBe(404);
  });
});

describe('the list of users', () => {
  it('is filtered by status, role and the beginning of a name, an e-mail or a phone', async () => {
    await add({ name: 'Zaynab Hasan', lastName: 'Hasan', phone: '+967733555000', roles: ['CASHIER'] });
    await add({ name: 'زينب', roles: ['CASHIER'] });
    const names = async (query: string) =>
      (await call2(query)).body.data.map(({ name }: { name: string }) => name).sort();
    const call2 = (query: string) =>
      stack.call(
        (event: any, context: any) =>
          handler({ ...event, queryStringParameters: Object.fromEntries(new URLSearchParams(query)) }, context),
        'GET',
        '/api/core/users',
        { as: owner },
      );
    expect(await names('role=CASHIER')).toEqual(['Zaynab Hasan', 'زينب']);
    expect(await names('search=zay')).toEqual(['Zaynab Hasan']);
    expect(await names('search=ḤASAN zayn')).toEqual(['Zaynab Hasan']);
    expect(await names('search=زَي')).toEqual(['زينب']);
    expect(await names('search=00967733')).toEqual(['Zaynab Hasan']);
    expect(await names('search=OWNER@users-a')).toHaveLength(1);
    expect(await names('search=owner@users-b')).toEqual([]);
    expect(await names('status=banned')).toEqual([]);
    expect((await call2('status=dead')).status).toBe(400);
    const seen: string[] = [];
    let cursor = '';
    do {
      const { body } = await call2(`limit=3${cursor && `&cursor=${cursor}`}`);
      expect(body.data.length).toBeLessThanOrEqual(3);
      seen.push(...body.data.map(({ id }: { id: string }) => id));
      cursor = body.pagination.nextCursor ?? '';
    } while (cursor !== '');
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBeGreaterThan(6);
  });
});

describe('keeping users out', () => {
  it('ends every log-in at once, by a ban and by deactivation', async () => {
    for (const [out, back] of [
      ['ban', 'unban'],
      ['deactivate', 'activate'],
    ]) {
      const { id, email } = await add();
      const { accessToken, refreshToken } = (await logIn(email)).body;
      stack.advance(1000);
      expect((await call('POST', `/${id}/${out}`, { reason: 'left' })).body.data.statusReason).toBe('left');
      expect(await authenticate(`Bearer ${accessToken}`, Date.now())).toBeUndefined();
      expect((await logIn(email)).status).toBe(401);
      expect((await call('POST', `/${id}/${back}`)).body.data).toMatchObject({ status: 'active' });
      expect(await authenticate(`Bearer ${accessToken}`, Date.now())).toBeUndefined();
      const refreshed = await stack.call(auth, 'POST', '/api/v1/auth/refresh', { body: { refreshToken } });
      expect(refreshed.status).toBe(401);
      stack.advance(1000);
      expect((await logIn(email)).status).toBe(200);
    }
  });

  it('is not done to oneself; a ban is lifted and not activated away', async () => {
    for (const act of ['ban', 'deactivate'])
      expect(await call('POST', `/${owner.subject}/${act}`, {})).toMatchObject({ status: 409 });
    expect(await call('DELETE', `/${owner.subject}`)).toMatchObject({ status: 409 });
    const { id } = await add();
    expect(await call('POST', `/${id}/unban`)).toMatchObject({ status: 200 });
    await call('POST', `/${id}/ban`, {});
    expect(await call('POST', `/${id}/activate`)).toMatchObject({ status: 409 });
    expect(await call('POST', `/${id}/deactivate`, {})).toMatchObject({ status: 409 });
  });

  it('twice at once is one change and one event', async () => {
    const { id } = await add();
    await call('POST', `/${id}/deactivate`, {});
    const before = (await row(id)).version;
    const answers = await Promise.all(Array.from({ length: 4 }, () => call('POST', `/${id}/activate`)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect((await row(id)).version).toBe(before + 1);
    const told = events().filter(({ type, payload }) => type === 'user.updated' && payload.id === id);
    expect(told.filter(({ payload }) => payload.status === 'active')).toHaveLength(1);
  });
});

describe('deleting a user', () => {
  it('frees the names, keeps the row without what is personal, and the trail', async () => {
    const { id, email } = await add({ phone: '+967771000009', address: 'Street 5' });
    const { accessToken } = (await logIn(email)).body;
    expect((await call('DELETE', `/${id}`)).status).toBe(204);
    expect(await authenticate(`Bearer ${accessToken}`, Date.now())).toBeUndefined();
    expect((await call('GET', `/${id}`)).status).toBe(404);
    expect((await call('DELETE', `/${id}`)).status).toBe(404);
    const left = JSON.stringify(await row(id));
    for (const secret of [email, '771000009', 'Street 5', 'Sara Ali', '$argon2id']) expect(left).not.toContain(secret);
    expect((await call('GET', `/${id}/history`)).body.data.length).toBeGreaterThan(1);
    expect((await call('POST', '', { name: 'New', email, password: chosen })).status).toBe(201);
    const listed = (await call('GET', '')).body.data.map((user: { id: string }) => user.id);
    expect(listed).not.toContain(id);
  });
});

describe('passwords', () => {
  it('of oneself need the present one, end other log-ins and keep this one', async () => {
    const { id, email } = await add();
    const [one, two] = [(await logIn(email)).body, (await logIn(email)).body];
    stack.advance(1000);
    const as = (await authenticate(`Bearer ${one.accessToken}`, Date.now()))!;
    const put = (currentPassword: string | undefined, newPassword: string) =>
      call('PUT', `/${id}/password`, { currentPassword, newPassword }, as);
    expect(await put('wrong', 'another kettle 9')).toMatchObject({
      status: 401,
      body: { code: 'invalid_credentials' },
    });
    expect(await put(undefined, 'another kettle 9')).toMatchObject({ status: 401 });
    expect(await put(chosen, 'short')).toMatchObject({ status: 400 });
    expect((await put(chosen, 'another kettle 9')).status).toBe(200);
    expect(await authenticate(`Bearer ${one.accessToken}`, Date.now())).toBeDefined();
    expect(await authenticate(`Bearer ${two.accessToken}`, Date.now())).toBeUndefined();
    const later = await logIn(email, 'another kettle 9');
    expect(later.status).toBe(200);
    expect(later.body).not.toHaveProperty('mustChangePassword');
  });

  it('of others need the permission, end their log-ins and have to be changed', async () => {
    const { id, email } = await add({ roles: ['EMPLOYEE'] });
    const employee = (await add()).as;
    const body = { newPassword: 'another kettle 9' };
    expect(await call('PUT', `/${id}/password`, body, employee)).toMatchObject({ status: 403 });
    expect((await call('PUT', `/${id}/password`, body)).status).toBe(200);
    expect((await logIn(email)).status).toBe(401);
    expect((await row(id)).mustChangePassword).toBe(true);
    expect(JSON.stringify((await call('GET', `/${id}/history`)).body)).not.toContain('$argon2id');
  });

  it('cannot be guessed at with a stolen token', async () => {
    const { id, as } = await add();
    const statuses: number[] = [];
    for (let i = 0; i < 12; i++) {
      const options = {
        as,
        ip: '203.0.113.7',
        body: { currentPassword: `guess ${i}`, newPassword: 'another kettle 9' },
      };
      statuses.push((await stack.call(handler, 'PUT', `/api/core/users/${id}/password`, options)).status);
    }
    expect(statuses.at(-1)).toBe(429);
  });
});

describe('nobody gives what he does not hold', () => {
  it('neither to a new user, nor to one that is there, nor by taking over somebody stronger', async () => {
    const manager = { ...(await add({ roles: ['MANAGER'] })).as };
    manager.permissions = [...manager.permissions, 'identity:users:*'];
    const forbidden = { status: 403, body: { code: 'forbidden' } };
    const invite = { name: 'X', email: 'x@users.example', roles: ['OWNER'] };
    expect(await call('POST', '', invite, manager)).toMatchObject(forbidden);
    const { id } = await add({ roles: ['EMPLOYEE'] });
    expect(await call('POST', `/${id}/roles`, { roles: ['ADMIN'] }, manager)).toMatchObject(forbidden);
    expect(await call('POST', `/${manager.subject}/roles`, { roles: ['OWNER'] }, manager)).toMatchObject(forbidden);
    for (const [method, path, body] of [
      ['PUT', '/password', { newPassword: 'another kettle 9' }],
      ['PUT', '', { email: 'mine@users.example' }],
      ['POST', '/ban', {}],
      ['POST', '/deactivate', {}],
      ['POST', '/roles', { roles: [] }],
      ['DELETE', '', undefined],
    ] as const)
      expect(await call(method, `/${owner.subject}${path}`, body, manager), path).toMatchObject(forbidden);
    expect((await call('POST', `/${owner.subject}/roles`, { roles: ['OWNER', 'SUPER_ADMIN'] })).status).toBe(403);
  });

  it('not even an administrator makes owners, or acts on one', async () => {
    const admin = (await add({ roles: ['ADMIN'] })).as;
    const forbidden = { status: 403, body: { code: 'forbidden' } };
    expect(await call('POST', `/${admin.subject}/roles`, { roles: ['ADMIN', 'OWNER'] }, admin)).toMatchObject(
      forbidden,
    );
    expect(await call('POST', '', { name: 'X', email: 'xo@users.example', roles: ['OWNER'] }, admin)).toMatchObject(
      forbidden,
    );
    expect(await call('POST', `/${owner.subject}/ban`, {}, admin)).toMatchObject(forbidden);
    expect((await call('POST', `/${admin.subject}/roles`, { roles: ['ADMIN', 'OWNER'] })).status).toBe(200);
  });

  it('but an owner makes customers without being one, and gives a customer another role', async () => {
    const { id } = await add({ roles: ['CUSTOMER'] });
    expect((await call('POST', `/${id}/roles`, { roles: ['USER'] })).status).toBe(200);
    expect((await call('POST', `/${id}/roles`, { roles: ['USER', 'CASHIER'] })).status).toBe(200);
    const clerk = (await add({ roles: ['USER'] })).as;
    clerk.permissions = ['identity:users:*'];
    expect((await call('POST', `/${id}/roles`, { roles: ['USER'] }, clerk)).status).toBe(403);
  });

  it('but roles that are there already may stay', async () => {
    const { id } = await add({ roles: ['EMPLOYEE', 'CASHIER'] });
    expect((await call('POST', `/${id}/roles`, { roles: ['CASHIER'] })).body.data.roles).toEqual(['CASHIER']);
    const { body } = await call('GET', `/${id}/permissions`);
    expect(body.data).toEqual({
      permissions: permissionsOf(['CASHIER']),
      roles: [{ id: 'CASHIER', name: 'Cashier', permissions: permissionsOf(['CASHIER']) }],
    });
  });
});

describe('the last owner', () => {
  const tenantId = 'users-owners';
  const everything = principal(tenantId, { subject: 'usr_installer', permissions: ['*'] });
  let first: { userId: string };
  const of = (method: string, path: string, body?: unknown) => call(method, path, body, everything);
  const addOwner = async (i: number): Promise<string> =>
    (await of('POST', '', { name: 'O', email: `o${i}@owners.example`, password: chosen, roles: ['OWNER'] })).body.data
      .id;
  const owners = () =>
    stack.tables
      .scan('identity')
      .filter(({ pk, _type }) => _type?.S === 'user' && pk.S.startsWith(`T#${tenantId}#`))
      .map(({ status, roles }) => ({ status: status.S, roles: roles.L.map(({ S }: { S: string }) => S) }))
      .filter(isActiveOwner).length;
  beforeAll(async () => {
    first = await stack.addTenant(tenantId);
  });

  it('can be neither deactivated, banned, demoted nor deleted', async () => {
    for (const [method, path, body] of [
      ['POST', '/deactivate', {}],
      ['POST', '/ban', {}],
      ['POST', '/roles', { roles: ['ADMIN'] }],
      ['DELETE', '', undefined],
    ] as const)
      expect(await of(method, `/${first.userId}${path}`, body), path).toMatchObject({
        status: 409,
        body: { code: 'conflict', detail: expect.stringContaining('last owner') },
      });
    expect(owners()).toBe(1);
  });

  it('is still there after all owners were removed at once', async () => {
    const ids = [first.userId, ...(await Promise.all([1, 2, 3, 4].map(addOwner)))];
    const acts: [string, string, unknown][] = [
      ['POST', '/deactivate', {}],
      ['POST', '/roles', { roles: ['ADMIN'] }],
      ['DELETE', '', undefined],
      ['POST', '/ban', {}],
      ['POST', '/deactivate', {}],
    ];
    const answers = await Promise.all(ids.map((id, i) => of(acts[i]![0], `/${id}${acts[i]![1]}`, acts[i]![2])));
    expect(owners()).toBeGreaterThanOrEqual(1);
    expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
    expect(answers.filter(({ status }) => status < 300).length).toBe(ids.length - owners());
  });
});

describe('two role changes at once', () => {
  it('leave one of the two, never a mixture, and the loser who named a version hears of it', async () => {
    const { id } = await add();
    const { headers } = await call('GET', `/${id}`);
    const set = (roles: string[], guarded: boolean) =>
      call('POST', `/${id}/roles`, { roles }, owner, guarded ? { 'if-match': headers['etag']! } : {});
    const answers = await Promise.all([set(['OPERATOR', 'CASHIER'], true), set(['ENGINEER'], true)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
    await Promise.all([set(['OPERATOR', 'CASHIER'], false), set(['ENGINEER'], false)]);
    expect([['OPERATOR', 'CASHIER'], ['ENGINEER']]).toContainEqual((await row(id)).roles);
  });
});

it('log-in names of the owner stay as they were', async () => {
  expect((await logIn(ownerEmail, password)).status).toBe(200);
});
