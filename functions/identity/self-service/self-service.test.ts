import { beforeAll, describe, expect, it, vi } from 'vitest';
import { handler as account } from '../account/handler.ts';
import { findUser } from '../log-in-names/find-user.ts';
import { principal } from '../test-support/identity-stack.ts';
import { useMessageStack } from '../test-support/message-stack.ts';
import { handler as refresh } from '../token-refresh/handler.ts';
import { handler } from './handler.ts';

vi.hoisted(() => {
  process.env['PUBLIC_SIGN_UP_TENANT'] = 'open-a';
});

const stack = useMessageStack();
const post = (path: string, body: unknown) => stack.call(handler, 'POST', `/api/user/${path}`, { body });
/** Exactly the documented body. */
const ali = { name: 'علی احمدی', email: 'ali@example.com', phone: '09123456789', password: 'securePassword123' };
const requestOtp = (target: string, channel: string) =>
  stack.call(account, 'POST', '/api/auth/request-otp', { body: { target, channel, purpose: 'REGISTER' } });

describe('before there is a tenant to sign up with', () => {
  it('sign-up says so', async () => {
    for (const [path, body] of [
      ['register-simple', ali],
      ['register', { ...ali, otpCode: '123456' }],
    ] as const)
      expect(await post(path, body)).toMatchObject({
        status: 403,
        body: { code: 'forbidden', detail: expect.stringMatching(/invitation/) },
      });
    expect((await requestOtp(ali.phone, 'SMS')).status).toBe(403);
  });
});

describe('signing oneself up', () => {
  beforeAll(() => stack.addTenant('open-a'));

  it('works with a code sent to the phone, as documented', async () => {
    expect((await post('register', { ...ali, otpCode: '123456' })).status).toBe(400);
    await requestOtp(ali.phone, 'SMS');
    const otpCode = await stack.codeFor('+989123456789');
    const verified = await stack.call(account, 'POST', '/api/auth/verify-otp', {
      body: { target: ali.phone, channel: 'SMS', purpose: 'REGISTER', code: otpCode },
    });
    expect(verified.status).toBe(200);
    expect(await post('register', { ...ali, otpCode })).toMatchObject({ status: 201, body: { success: true } });
    const { tenantId, user } = (await findUser('ali@example.com'))!;
    expect(tenantId).toBe('open-a');
    expect(user).toMatchObject({ phone: '+989123456789', roles: ['USER'], status: 'active' });
    expect(user.phoneVerifiedAt).toBeDefined();
    expect(user.emailVerifiedAt).toBeUndefined();
    expect((await post('register', { ...ali, email: 'ali2@example.com', otpCode })).status).toBe(400);
  });

  it('ends in a log-in, by e-mail or phone, answered as documented', async () => {
    for (const name of [{ email: ali.email }, { phone: ali.phone }, { phone: '+98 912 345 6789' }]) {
      const { status, body } = await post('login', { ...name, password: ali.password });
      expect(status).toBe(200);
      expect(body).toEqual({
        success: true,
        message: 'Login successful',
        accessToken: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
        refreshToken: expect.any(String),
        user: { id: expect.any(String), name: ali.name, email: ali.email, role: 'USER' },
      });
    }
    expect((await post('login', { email: ali.email, password: 'wrong' })).body.code).toBe('invalid_credentials');
  });

  it('goes on with new tokens at the documented address', async () => {
    const { refreshToken } = (await post('login', { email: ali.email, password: ali.password })).body;
    const answer = await stack.call(refresh, 'POST', '/api/refresh/token', { body: { refreshToken } });
    expect(answer.body).toEqual({
      success: true,
      accessToken: expect.any(String),
      refreshToken: expect.not.stringMatching(refreshToken),
    });
  });

  it('is simple without a code, and says the same for an address that is taken', async () => {
    const sara = { name: 'Sara', email: 'sara@example.com', password: 'kettles in the garden' };
    const fresh = await post('register-simple', sara);
    await stack.deliver();
    const taken = await post('register-simple', { ...sara, name: 'Thief', password: 'another pass phrase' });
    expect(fresh).toMatchObject({ status: 201, body: { success: true } });
    expect({ status: taken.status, body: taken.body }).toEqual({ status: fresh.status, body: fresh.body });
    await stack.deliver();
    expect(stack.lastMessage('sara@example.com')).toMatch(/already/);
    expect((await findUser('sara@example.com'))!.user.name).toBe('Sara');
    expect((await post('login', { email: sara.email, password: 'another pass phrase' })).status).toBe(401);
  });

  it('does not tell about an address that was not proven', async () => {
    await requestOtp('+967771234567', 'SMS');
    const otpCode = await stack.codeFor('+967771234567');
    const before = stack.messagesTo(ali.email);
    const answer = await post('register', { ...ali, phone: '771234567', otpCode });
    expect(answer).toMatchObject({ status: 201, body: { success: true } });
    expect((await findUser('+967771234567'))!.user.email).toBeUndefined();
    await stack.deliver();
    expect(stack.messagesTo(ali.email)).toBe(before + 1);
  });

  it('needs an address', async () => {
    expect(await post('register-simple', { name: 'x', password: 'kettles in the garden' })).toMatchObject({
      status: 400,
    });
  });
});

describe('the own profile', () => {
  it('is read and changed as documented', async () => {
    const { user } = (await findUser('ali@example.com'))!;
    const as = principal('open-a', { subject: user.id, permissions: [] });
    const read = await stack.call(handler, 'GET', '/api/user/profile', { as });
    expect(read.body).toMatchObject({ success: true, data: { name: ali.name, email: ali.email, role: 'USER' } });
    const changed = await stack.call(handler, 'POST', '/api/user/profile', {
      as,
      body: {
        name: 'علی احمدی جدید',
        age: 30,
        address: 'تهران',
        role: 'SUPER_ADMIN',
        roles: ['OWNER'],
        status: 'active',
      },
    });
    expect(changed.body.data).toMatchObject({ name: 'علی احمدی جدید', age: 30, address: 'تهران', roles: ['USER'] });
    expect(JSON.stringify([read.body, changed.body])).not.toMatch(/argon2id|passwordHash|knownNetworks/);
  });
});
