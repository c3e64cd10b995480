import type * as crypto from 'node:crypto';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { password, startTime, useIdentityStack } from '../test-support/identity-stack.ts';
import { userEntity } from '../users/user-entity.ts';
import { handler } from './handler.ts';

const derivations = vi.hoisted(() => ({ parameters: [] as object[] }));
vi.mock('node:crypto', async (load) => {
  const real = await load<typeof crypto>();
  const argon2 = (algorithm: any, parameters: any, done: any): void => {
    derivations.parameters.push({ ...parameters, algorithm });
    real.argon2(algorithm, parameters, done);
  };
  return { ...real, argon2 };
});

const stack = useIdentityStack();
let owner: { tenantId: string; userId: string; email: string };
beforeAll(async () => {
  owner = await stack.addTenant('login-a');
});

const logIn = (body: unknown, ip?: string) =>
  stack.call(handler, 'POST', '/api/v1/auth/login', ip === undefined ? { body } : { body, ip });

describe('log-in', () => {
  it('answers as documented', async () => {
    const { status, body, headers } = await logIn({ email: owner.email, password });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      success: true,
      expiresIn: 900,
      userId: owner.userId,
      organizationId: 'login-a',
      organizationRole: 'owner',
      workspaceId: null,
    });
    expect(body.accessToken.split('.')).toHaveLength(3);
    expect(headers['cache-control']).toBe('no-store');
  });

  it('takes the e-mail in any case and with spaces around', async () => {
    expect((await logIn({ email: owner.email.toUpperCase(), password })).status).toBe(200);
  });

  it('says the same and does the same work for a wrong password, an unknown e-mail and an inactive user', async () => {
    const inactive = await stack.addTenant('login-inactive');
    const session = openSession('login-inactive');
    const user = await session.require(userEntity, { id: inactive.userId });
    await session.transact('identity', (unit) => unit.update(userEntity, user, { status: 'inactive' }));

    const answers = [];
    const work = [];
    for (const body of [
      { email: owner.email, password: 'wrong' },
      { email: 'nobody@login-a.example', password },
      { email: inactive.email, password },
    ]) {
      derivations.parameters.length = 0;
      const { status, body: problem } = await logIn(body);
      answers.push({ status, ...problem, correlationId: '' });
      work.push(
        derivations.parameters.map(({ algorithm, memory, passes, parallelism, tagLength }: any) => ({
          algorithm,
          memory,
          passes,
          parallelism,
          tagLength,
        })),
      );
    }
    expect(answers[0]).toMatchObject({ status: 401, code: 'invalid_credentials' });
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[2]).toEqual(answers[0]);
    expect(work[0]).toEqual([{ algorithm: 'argon2id', memory: 19_456, passes: 2, parallelism: 1, tagLength: 32 }]);
    expect(work[1]).toEqual(work[0]);
    expect(work[2]).toEqual(work[0]);
  });

  it.each([
    {},
    { email: owner?.email },
    { email: 'x', password: 'y' },
    { email: ['a@b.co'], password: 'y' },
    { email: { $ne: '' }, password: { $ne: '' } },
    { email: 'a@b.co', password: 'p'.repeat(257) },
    { email: 'аdmin@b.co', password: 'homoglyph' },
  ])('refuses a body that is no log-in: %j', async (body) => {
    expect(await logIn(body)).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
  });
});

describe('guessing', () => {
  const victim = { email: 'victim@login-a.example', password: 'guess' };

  it('at one account from one address is slowed down after ten tries, whether the account exists or not', async () => {
    for (let i = 0; i < 10; i++) expect((await logIn(victim, '203.0.113.1')).status).toBe(401);
    const refused = await logIn(victim, '203.0.113.1');
    expect(refused).toMatchObject({ status: 429, body: { code: 'rate_limited' } });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  });

  it('locks nobody out elsewhere, and not other accounts at the same address', async () => {
    expect((await logIn(victim, '203.0.113.2')).status).toBe(401);
    expect((await logIn({ email: owner.email, password }, '203.0.113.1')).status).toBe(200);
  });

  it('is possible again in the next minute', async () => {
    stack.advance(60_000);
    expect((await logIn(victim, '203.0.113.1')).status).toBe(401);
    vi.setSystemTime(startTime);
  });

  it('at many accounts from one address is slowed down as well', async () => {
    const answers = [];
    for (let i = 0; i < 31; i++)
      answers.push((await logIn({ email: `user${i}@login-a.example`, password: 'x' }, '203.0.113.3')).status);
    expect(answers.slice(0, 30)).toEqual(Array(30).fill(401));
    expect(answers[30]).toBe(429);
  });

  it('from all addresses of one IPv6 network counts together', async () => {
    const answers = [];
    for (let i = 1; i <= 11; i++)
      answers.push(
        (await logIn({ ...victim, email: 'six@login-a.example' }, `2001:db8:0:7::${i.toString(16)}`)).status,
      );
    expect(answers[10]).toBe(429);
    expect((await logIn({ ...victim, email: 'six@login-a.example' }, '2001:db8:0:8::1')).status).toBe(401);
  });
});
