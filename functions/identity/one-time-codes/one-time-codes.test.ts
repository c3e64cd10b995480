import { beforeAll, describe, expect, it, vi } from 'vitest';
import { openGlobalSession, openSession } from '../../../layers/kernel/data/session.ts';
import { handler as account } from '../account/handler.ts';
import { handler as selfService } from '../self-service/handler.ts';
import { tenantEntity } from '../tenants/tenant-entity.ts';
import { useMessageStack } from '../test-support/message-stack.ts';
import { userEntity } from '../users/user-entity.ts';
import { issueCode } from './issue-code.ts';
import { maxCodeAttempts, otpEntity } from './otp-entity.ts';

vi.hoisted(() => {
  process.env['PUBLIC_SIGN_UP_TENANT'] = 'codes-open';
});

const stack = useMessageStack();
const post = (path: string, body: unknown, ip?: string) =>
  stack.call(account, 'POST', `/api/auth/${path}`, ip === undefined ? { body } : { body, ip });
const request = (target: string, purpose = 'REGISTER', channel = target.includes('@') ? 'EMAIL' : 'SMS', ip?: string) =>
  post('request-otp', { target, channel, purpose }, ip);
const verify = (target: string, code: string, purpose = 'REGISTER', ip?: string) =>
  post('verify-otp', { target, channel: target.includes('@') ? 'EMAIL' : 'SMS', purpose, code }, ip);
const other = (code: string): string => String((Number(code) + 1) % 1_000_000).padStart(6, '0');

let owner: { tenantId: string; userId: string; email: string };
beforeAll(async () => {
  await stack.addTenant('codes-open');
  owner = await stack.addTenant('codes-a');
  const session = openSession('codes-a');
  const tenant = await session.require(tenantEntity, { id: 'codes-a' });
  await session.transact('identity', (unit) => unit.update(tenantEntity, tenant, { logInByCode: true }));
});

describe('a one-time code', () => {
  it('is asked for and checked as documented, by phone', async () => {
    expect(await request('09123456789')).toMatchObject({
      status: 200,
      body: { success: true, message: 'OTP sent successfully' },
    });
    const code = await stack.codeFor('+989123456789');
    expect(await verify('09123456789', code)).toMatchObject({
      status: 200,
      body: { success: true, message: 'OTP verified successfully' },
    });
  });

  it('is sent by e-mail in the language that was asked for', async () => {
    await stack.call(account, 'POST', '/api/auth/request-otp', {
      body: { target: 'New@Codes.example', channel: 'EMAIL', purpose: 'REGISTER' },
      headers: { 'accept-language': 'fa' },
    });
    const code = await stack.codeFor('new@codes.example');
    expect(stack.lastMessage('new@codes.example')).toContain('ثبت‌نام');
    expect((await verify('new@codes.example', code)).status).toBe(200);
  });

  it('is no other code, and none that was not asked for', async () => {
    await request('a1@codes.example');
    const code = await stack.codeFor('a1@codes.example');
    expect(await verify('a1@codes.example', other(code))).toMatchObject({
      status: 400,
      body: { code: 'invalid_code' },
    });
    expect(await verify('nobody@codes.example', '123456')).toMatchObject({
      status: 400,
      body: { code: 'invalid_code' },
    });
    expect((await verify('a1@codes.example', code, 'LOGIN')).status).toBe(400);
    expect((await verify('a1@codes.example', code)).status).toBe(200);
  });

  it('has exactly five tries, however many come at once', async () => {
    await request('a2@codes.example');
    const code = await stack.codeFor('a2@codes.example');
    const guesses = await Promise.all(
      Array.from({ length: 20 }, (_, i) => verify('a2@codes.example', other(code), 'REGISTER', `203.0.113.${i}`)),
    );
    expect(guesses.every(({ status }) => status === 400)).toBe(true);
    const [stored] = await openGlobalSession().getMany(otpEntity, [
      { target: 'a2@codes.example', channel: 'EMAIL', purpose: 'REGISTER' },
    ]);
    expect(stored).toMatchObject({ attempts: maxCodeAttempts, maxAttempts: 5, verified: false });
    expect(await verify('a2@codes.example', code, 'REGISTER', '203.0.113.99')).toMatchObject({ status: 400 });
  });

  it('ends after five minutes', async () => {
    await request('a3@codes.example');
    const code = await stack.codeFor('a3@codes.example');
    stack.advance(5 * 60_000 + 1);
    expect((await verify('a3@codes.example', code)).status).toBe(400);
  });

  it('is replaced by the next one, after half a minute', async () => {
    await request('a4@codes.example');
    const first = await stack.codeFor('a4@codes.example');
    await request('a4@codes.example');
    await stack.deliver();
    expect(stack.messagesTo('a4@codes.example')).toBe(1);
    stack.advance(31_000);
    await request('a4@codes.example');
    const second = await stack.codeFor('a4@codes.example');
    expect(stack.messagesTo('a4@codes.example')).toBe(2);
    if (first !== second) expect((await verify('a4@codes.example', first)).status).toBe(400);
    expect((await verify('a4@codes.example', second)).status).toBe(200);
  });

  it('is asked for a few times by a person, and for nobody without end', async () => {
    const statuses = [];
    for (let i = 0; i < 5; i++)
      statuses.push((await request('a5@codes.example', 'REGISTER', 'EMAIL', '192.0.2.1')).status);
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
    const many = [];
    for (let i = 0; i < 6; i++)
      many.push((await request('a6@codes.example', 'REGISTER', 'EMAIL', `192.0.2.${i + 10}`)).status);
    expect(many).toEqual([200, 200, 200, 200, 200, 429]);
  });

  it('lies nowhere in clear: not in the queue, not in the table', async () => {
    await request('a7@codes.example');
    const bodies = await stack.deliver();
    const code = await stack.codeFor('a7@codes.example');
    expect(bodies.join()).not.toContain(code);
    const row = stack.tables.scan('identity').find(({ target }) => target?.S === 'a7@codes.example');
    expect(JSON.stringify(row)).not.toContain(code);
    expect(row).toMatchObject({ hashedCode: { S: expect.stringMatching(/^[\w-]{43}$/) } });
  });

  it('is made once though its message is delivered twice, and again when sending failed', async () => {
    const message = {
      kind: 'code',
      requestId: 'req_1',
      target: 'a8@codes.example',
      channel: 'EMAIL',
      purpose: 'REGISTER',
      locale: 'en',
      correlationId: 'c',
    } as const;
    const sender = process.env['EMAIL_SENDER'];
    delete process.env['EMAIL_SENDER'];
    await expect(issueCode(message)).rejects.toThrow();
    process.env['EMAIL_SENDER'] = sender;
    await issueCode(message);
    await issueCode(message);
    expect(stack.messagesTo('a8@codes.example')).toBe(1);
  });

  it.each([
    { target: 'x', channel: 'EMAIL', purpose: 'REGISTER' },
    { target: 'no mail', channel: 'EMAIL', purpose: 'REGISTER' },
    { target: 'a@b.example', channel: 'SMS', purpose: 'REGISTER' },
    { target: '123', channel: 'SMS', purpose: 'REGISTER' },
    { target: 'a@b.example', channel: 'EMAIL', purpose: 'CHANGE_ADDRESS' },
    { target: 'a@b.example', channel: 'PIGEON', purpose: 'REGISTER' },
    { target: { $ne: '' }, channel: 'EMAIL', purpose: 'REGISTER' },
  ])('is not asked for by %j', async (body) => {
    expect(await post('request-otp', body)).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
  });
});

describe('who has an account and who has not', () => {
  it('get the same answer and the same work, and only who may hears more', async () => {
    const [known, unknown] = [await request(owner.email, 'LOGIN'), await request('ghost@codes.example', 'LOGIN')];
    expect({ ...known.body }).toEqual({ ...unknown.body });
    const bodies = await stack.deliver();
    expect(bodies).toHaveLength(2);
    expect(stack.messagesTo(owner.email)).toBe(1);
    expect(stack.messagesTo('ghost@codes.example')).toBe(0);
    // A wrong code is refused by the same steps: a row is there for both.
    const rows = await openGlobalSession().getMany(
      otpEntity,
      [owner.email, 'ghost@codes.example'].map((target) => ({ target, channel: 'EMAIL', purpose: 'LOGIN' }) as const),
    );
    expect(rows).toHaveLength(2);
    for (const target of [owner.email, 'ghost@codes.example'])
      expect(await verify(target, '000000', 'LOGIN')).toMatchObject({ status: 400, body: { code: 'invalid_code' } });
  });

  it('who has one is told instead of given a code to sign up with', async () => {
    await request(owner.email, 'REGISTER');
    await stack.deliver();
    expect(stack.lastMessage(owner.email)).toMatch(/حساب/);
    expect(stack.lastMessage(owner.email)).not.toMatch(/\d{6}/);
  });
});

describe('log-in by code', () => {
  const logIn = (code: string) =>
    stack.call(selfService, 'POST', '/api/user/login-otp', { body: { target: owner.email, channel: 'EMAIL', code } });

  it('works once, where the tenant allows it', async () => {
    stack.advance(60_000);
    await request(owner.email, 'LOGIN');
    const code = await stack.codeFor(owner.email);
    const answers = await Promise.all(Array.from({ length: 5 }, () => logIn(code)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.find(({ status }) => status === 200)!.body).toMatchObject({
      success: true,
      message: 'Login successful',
      user: { email: owner.email, role: 'ADMIN' },
    });
  });

  it('is not offered where the tenant does not', async () => {
    const closed = await stack.addTenant('codes-closed');
    await request(closed.email, 'LOGIN');
    await stack.deliver();
    expect(stack.messagesTo(closed.email)).toBe(0);
  });

  it('does not go to an address that was never confirmed beside one that was', async () => {
    const session = openSession(owner.tenantId);
    const user = await session.require(userEntity, { id: owner.userId });
    await session.transact('identity', (unit) =>
      unit.update(userEntity, user, { phone: '+967771234567', phoneVerifiedAt: new Date().toISOString() }),
    );
    stack.advance(60_000);
    const before = stack.messagesTo(owner.email);
    await request(owner.email, 'LOGIN');
    await request(owner.email, 'RESET_PASSWORD');
    await stack.deliver();
    expect(stack.messagesTo(owner.email)).toBe(before);
  });
});
