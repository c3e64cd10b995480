import { beforeAll, describe, expect, it } from 'vitest';
import { principalFromContext } from '../../../layers/kernel/auth/principal.ts';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { handler as account } from '../account/handler.ts';
import { handler as auth } from '../auth/handler.ts';
import { handler as authorize } from '../authorizers/authorize-request.ts';
import { permissionsOf } from '../roles/system-roles.ts';
import { tenantEntity } from '../tenants/tenant-entity.ts';
import { password, principal } from '../test-support/identity-stack.ts';
import { useMessageStack } from '../test-support/message-stack.ts';
import { handler as users } from '../users/handler.ts';
import { codeOfStep, stepAt, stepSeconds } from './totp.ts';

const stack = useMessageStack();
const logIn = (email: string, ip?: string) =>
  stack.call(auth, 'POST', '/api/v1/auth/login', { body: { email, password }, ...(ip === undefined ? {} : { ip }) });
const second = (challengeToken: string, code: string, ip?: string) =>
  stack.call(auth, 'POST', '/api/v1/auth/two-factor', {
    body: { challengeToken, code },
    ...(ip === undefined ? {} : { ip }),
  });
const nowCode = (secret: string): string => codeOfStep(secret, stepAt(Date.now()));
/** A new step, so that the next code was not used yet. */
const nextStep = (): void => stack.advance(stepSeconds * 1000);

interface Person {
  tenantId: string;
  userId: string;
  email: string;
  secret: string;
  recoveryCodes: string[];
}

async function enrolled(name: string): Promise<Person> {
  const person = await stack.addTenant(name);
  const as = principal(name, { subject: person.userId });
  const enrol = await stack.call(account, 'POST', '/api/auth/two-factor/enrol', { as, body: { password } });
  const { secret } = enrol.body.data;
  const confirmed = await stack.call(account, 'POST', '/api/auth/two-factor/confirm', {
    as,
    body: { code: nowCode(secret) },
  });
  expect(confirmed.status).toBe(200);
  nextStep();
  return { ...person, secret, recoveryCodes: confirmed.body.data.recoveryCodes };
}

async function challenge({ email }: { email: string }): Promise<string> {
  const { body } = await logIn(email);
  return body.challengeToken;
}

describe('a second factor', () => {
  let person: Person;
  beforeAll(async () => {
    person = await enrolled('factor-a');
  });

  it('makes a log-in two steps: a challenge for the password, tokens for the code', async () => {
    const first = await logIn(person.email);
    expect(first).toMatchObject({ status: 200, body: { success: true, twoFactorRequired: true, step: 'two_factor' } });
    expect(first.body.accessToken).toBeUndefined();
    const answer = await second(first.body.challengeToken, nowCode(person.secret));
    expect(answer).toMatchObject({ status: 200, body: { success: true, userId: person.userId } });
    nextStep();
  });

  it('takes no code twice, not even two at once', async () => {
    const token = await challenge(person);
    const code = nowCode(person.secret);
    const answers = await Promise.all(Array.from({ length: 5 }, () => second(token, code)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400, 400, 400]);
    nextStep();
  });

  it('refuses a wrong code, and slows guessing down', async () => {
    const token = await challenge(person);
    const wrong = nowCode(person.secret) === '000000' ? '000001' : '000000';
    const statuses = [];
    for (let i = 0; i < 6; i++) statuses.push((await second(token, wrong, '203.0.113.7')).status);
    expect(statuses).toEqual([400, 400, 400, 400, 400, 429]);
    expect((await second(token, nowCode(person.secret), '203.0.113.8')).status).toBe(200);
    nextStep();
  });

  it('takes each recovery code once, however it is written', async () => {
    const [code] = person.recoveryCodes as [string];
    expect(person.recoveryCodes).toHaveLength(10);
    expect((await second(await challenge(person), code.toUpperCase().replaceAll('-', ' '))).status).toBe(200);
    expect((await second(await challenge(person), code)).status).toBe(400);
  });

  it('stays where it is: neither secret nor recovery codes lie in the table', () => {
    const rows = JSON.stringify(stack.tables.scan('identity'));
    expect(rows).not.toContain(person.secret);
    for (const code of person.recoveryCodes) expect(rows).not.toContain(code);
  });

  it('is not set up over one that is on, nor taken away without password and code', async () => {
    const as = principal(person.tenantId, { subject: person.userId });
    const post = (path: string, body: object) =>
      stack.call(account, 'POST', `/api/auth/two-factor/${path}`, { as, body });
    expect(await post('enrol', { password })).toMatchObject({ status: 409 });
    expect(await post('disable', { password: 'wrong', code: nowCode(person.secret) })).toMatchObject({ status: 401 });
    expect(await post('disable', { password, code: '000000' })).toMatchObject({ status: 400 });
    nextStep();
    expect(await post('disable', { password, code: nowCode(person.secret) })).toMatchObject({ status: 200 });
    expect((await logIn(person.email)).body.accessToken).toBeDefined();
  });

  it('is not for keys', async () => {
    const as = principal('factor-a', { kind: 'api_key', subject: 'key_1' });
    expect(await stack.call(account, 'POST', '/api/auth/two-factor/enrol', { as, body: { password } })).toMatchObject({
      status: 403,
    });
  });
});

describe('a challenge', () => {
  it('is no access token', async () => {
    const person = await enrolled('factor-b');
    const token = await challenge(person);
    const answer = (await authorize({
      version: '2.0',
      type: 'REQUEST',
      headers: { authorization: `Bearer ${token}` },
    })) as { context: Record<string, unknown> };
    expect(principalFromContext(answer.context)).toBeUndefined();
  });

  it('and an access token is no challenge', async () => {
    const plain = await stack.addTenant('factor-c');
    const { accessToken } = (await logIn(plain.email)).body;
    expect(await second(accessToken, '123456')).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
  });

  it('ends after five minutes, and with a log-out everywhere', async () => {
    const person = await enrolled('factor-d');
    const late = await challenge(person);
    stack.advance(301_000);
    expect((await second(late, nowCode(person.secret))).status).toBe(401);
    const token = await challenge(person);
    stack.advance(1000);
    const as = principal(person.tenantId, { subject: person.userId });
    expect((await stack.call(account, 'POST', '/api/auth/logout-all', { as })).status).toBe(200);
    expect((await second(token, nowCode(person.secret))).status).toBe(401);
  });
});

describe('a tenant that asks for a second factor', () => {
  it('lets nobody of the role in before one is set up, and then at once', async () => {
    const person = await stack.addTenant('factor-e');
    const session = openSession('factor-e');
    const tenant = await session.require(tenantEntity, { id: 'factor-e' });
    await session.transact('identity', (unit) => unit.update(tenantEntity, tenant, { twoFactorRoles: ['OWNER'] }));
    const first = await logIn(person.email);
    expect(first.body).toMatchObject({ twoFactorRequired: true, step: 'enrol' });
    const { challengeToken } = first.body;
    expect((await second(challengeToken, '123456')).status).toBe(401);
    const enrol = await stack.call(auth, 'POST', '/api/v1/auth/two-factor/enrol', { body: { challengeToken } });
    const { secret } = enrol.body.data;
    const confirmed = await stack.call(auth, 'POST', '/api/v1/auth/two-factor/confirm', {
      body: { challengeToken, code: nowCode(secret) },
    });
    expect(confirmed).toMatchObject({ status: 200, body: { success: true, recoveryCodes: expect.any(Array) } });
    expect(confirmed.body.accessToken).toBeDefined();
    expect((await logIn(person.email)).body.step).toBe('two_factor');
  });
});

describe('somebody who lost the phone and every recovery code', () => {
  it('gets in again when who manages users takes the factor away, and nobody weaker can', async () => {
    const person = await enrolled('totp-lost');
    const remove = (by: string, permissions: string[]) =>
      stack.call(users, 'DELETE', `/api/core/users/${person.userId}/two-factor`, {
        as: principal('totp-lost', { subject: by, permissions }),
      });
    expect((await remove('usr_weak', ['identity:users:password'])).status).toBe(403);
    expect((await remove(person.userId, permissionsOf(['OWNER']))).status).toBe(409);
    expect((await logIn(person.email)).body.challengeToken).toBeDefined();
    expect(await remove('usr_other', permissionsOf(['OWNER']))).toMatchObject({
      status: 200,
      body: { data: { twoFactorEnabled: false } },
    });
    expect((await logIn(person.email)).body.accessToken).toBeDefined();
  });
});
