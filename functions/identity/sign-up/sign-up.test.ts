import type * as crypto from 'node:crypto';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { handler as auth } from '../auth/handler.ts';
import { findUser } from '../log-in-names/find-user.ts';
import { tenantOfBin } from '../organizations/bin-entity.ts';
import { tenantEntity } from '../tenants/tenant-entity.ts';
import { useMessageStack } from '../test-support/message-stack.ts';
import { changeUser } from '../users/change-user.ts';
import { userEntity } from '../users/user-entity.ts';
import { handler } from './handler.ts';

const derivations = vi.hoisted(() => ({ count: 0 }));
vi.mock('node:crypto', async (load) => {
  const real = await load<typeof crypto>();
  const argon2 = (algorithm: any, parameters: any, done: any): void => {
    derivations.count += 1;
    real.argon2(algorithm, parameters, done);
  };
  return { ...real, argon2 };
});

const stack = useMessageStack();
const post = (path: string, body: unknown, ip?: string) =>
  stack.call(handler, 'POST', `/api/v1/users/${path}`, ip === undefined ? { body } : { body, ip });
const check = (path: string, body: unknown, ip?: string) =>
  stack.call(auth, 'POST', `/api/v1/auth/${path}`, ip === undefined ? { body } : { body, ip });
const logIn = (email: string, password: string) => check('login', { email, password });

/** Exactly the documented body. */
const owner = {
  email: 'owner@company.kz',
  password: 'SecurePassword123',
  firstName: 'Имя',
  lastName: 'Фамилия',
  bin: '123456789012',
  companyName: 'ТОО Компания',
};
const employee = {
  email: 'employee@company.kz',
  password: 'a Kettle in the Garden',
  firstName: 'Имя',
  lastName: 'Фамилия',
  position: 'Менеджер',
};

describe('a company', () => {
  it('is not known before it registers', async () => {
    expect((await check('check-email', { email: owner.email })).body).toEqual({
      success: true,
      data: { email: owner.email, exists: false },
    });
    expect((await check('check-bin', { bin: owner.bin })).body.data).toMatchObject({ exists: false });
    expect((await check('check-bin-employee', { bin: owner.bin })).body.data).toEqual({
      bin: owner.bin,
      exists: false,
      organizationId: null,
      organizationName: null,
    });
  });

  it('registers with its owner, who gets in with the code of the e-mail', async () => {
    expect(await post('register-owner', owner)).toMatchObject({
      status: 201,
      body: { success: true, data: { email: owner.email, status: 'pending', next: 'verify-email' } },
    });
    expect(await logIn(owner.email, owner.password)).toMatchObject({ status: 403 });
    expect(await logIn(owner.email, 'wrong')).toMatchObject({ status: 401 });
    const code = await stack.codeFor(owner.email);
    expect(await post('verify-email', { email: owner.email, code })).toMatchObject({
      status: 200,
      body: { data: { verified: true } },
    });
    expect(await logIn(owner.email, owner.password)).toMatchObject({
      status: 200,
      body: { success: true, organizationRole: 'owner', organizationId: await tenantOfBin(owner.bin) },
    });
    expect((await post('verify-email', { email: owner.email, code })).status).toBe(400);
  });

  it('is found by its number from then on', async () => {
    expect((await check('check-bin', { bin: owner.bin })).body.data).toMatchObject({ exists: true });
    expect((await check('check-bin-employee', { bin: owner.bin })).body.data).toMatchObject({
      organizationId: await tenantOfBin(owner.bin),
      organizationName: owner.companyName,
    });
  });

  it('has a number nobody else registers, and nothing is written then', async () => {
    const before = stack.tables.scan('identity').length;
    const answer = await post('register-owner', { ...owner, email: 'thief@company.kz' });
    expect(answer).toMatchObject({ status: 409, body: { code: 'already_exists' } });
    expect(stack.tables.scan('identity')).toHaveLength(before);
  });

  it('cannot be asked about without end', async () => {
    const statuses = [];
    for (let i = 0; i < 11; i++)
      statuses.push((await check('check-email', { email: `${i}@x.kz` }, '192.0.2.77')).status);
    expect(statuses).toEqual([...Array(10).fill(200), 429]);
  });
});

describe('a registration with an e-mail that is taken', () => {
  it('says and costs the same; only its owner hears of it', async () => {
    const fresh = { ...owner, email: 'fresh@company.kz', bin: '222222222222' };
    const taken = { ...owner, bin: '333333333333' };
    const answers = [];
    const work = [];
    for (const body of [fresh, taken]) {
      derivations.count = 0;
      stack.forgetQueue();
      const { status, body: said } = await post('register-owner', body);
      answers.push({ status, ...said, data: { ...said.data, email: '' } });
      work.push([derivations.count, (await stack.deliver()).length]);
    }
    expect(answers[1]).toEqual(answers[0]);
    expect(work).toEqual([
      [1, 1],
      [1, 1],
    ]);
    expect(await tenantOfBin(taken.bin)).toBeUndefined();
    expect(stack.lastMessage(owner.email)).toMatch(/already/);
  });
});

describe('an employee', () => {
  let organizationId: string;
  beforeAll(async () => {
    organizationId = (await tenantOfBin(owner.bin))!;
  });

  it('asks to join, and gets in when the owner approves', async () => {
    expect(await post('register-employee', { ...employee, organizationId })).toMatchObject({
      status: 201,
      body: { data: { status: 'pending', next: 'approval' } },
    });
    expect(await logIn(employee.email, employee.password)).toMatchObject({
      status: 403,
      body: { detail: expect.stringMatching(/approved/) },
    });
    // Confirming the e-mail is no approval.
    const code = await stack.codeFor(employee.email);
    expect((await post('verify-email', { email: employee.email, code })).status).toBe(200);
    expect((await logIn(employee.email, employee.password)).status).toBe(403);
    const { user } = (await findUser(employee.email))!;
    expect(user).toMatchObject({ status: 'pending', roles: ['EMPLOYEE'], position: 'Менеджер' });
    await changeUser(openSession(organizationId), user.id, () => ({ status: 'active' }));
    expect(await logIn(employee.email, employee.password)).toMatchObject({
      status: 200,
      body: { organizationRole: 'employee', organizationId },
    });
  });

  it('joins no organisation without a number, none that is suspended, and none that does not exist', async () => {
    await stack.addTenant('signup-hidden');
    const session = openSession(organizationId);
    const tenant = await session.require(tenantEntity, { id: organizationId });
    const suspended = await session.transact('identity', (unit) =>
      unit.update(tenantEntity, tenant, { status: 'suspended' }),
    );
    for (const id of ['signup-hidden', organizationId, 'nowhere', '../x', 'T#x'])
      expect(
        await post('register-employee', { ...employee, email: 'e2@company.kz', organizationId: id }),
      ).toMatchObject({
        status: 404,
      });
    await session.transact('identity', (unit) => unit.update(tenantEntity, suspended, { status: 'active' }));
  });

  it('gives themselves no roles and no state', async () => {
    await post('register-employee', {
      ...{ ...employee, email: 'e3@company.kz', organizationId },
      ...{ roles: ['OWNER'], status: 'active', workspaces: ['*'], tenantId: 'other' },
    });
    expect((await findUser('e3@company.kz'))!.user).toMatchObject({
      roles: ['EMPLOYEE'],
      status: 'pending',
      workspaces: [],
    });
  });
});

describe('passwords of registrations', () => {
  it.each(['short', 'password1', 'Password123', 'фамилия-фамилия', 'company-in-almaty'])(
    'that are weak are refused with the reason: %s',
    async (password) => {
      const answer = await post('register-owner', {
        ...owner,
        email: 'weak@company.kz',
        bin: '444444444444',
        password,
      });
      expect(answer).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
      expect(answer.body.errors[0].path).toBe('/password');
    },
  );

  it('are stored as hashes alone and told to nobody', async () => {
    const rows = JSON.stringify(stack.tables.scan('identity'));
    expect(rows).not.toContain(owner.password);
    const outbox = stack.tables.scan('identity').filter(({ _type }) => _type?.S === 'outbox');
    expect(outbox.length).toBeGreaterThan(0);
    expect(JSON.stringify(outbox)).not.toContain('argon2id');
    const { tenantId, user } = (await findUser(owner.email))!;
    expect((await openSession(tenantId).require(userEntity, { id: user.id })).passwordHash).toMatch(/^\$argon2id/);
  });
});
