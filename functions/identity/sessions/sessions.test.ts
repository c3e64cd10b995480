import { beforeAll, describe, expect, it } from 'vitest';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { timeOfId } from '../../../layers/kernel/ids.ts';
import { handler as account } from '../account/handler.ts';
import { handler as auth } from '../auth/handler.ts';
import { password, principal } from '../test-support/identity-stack.ts';
import { useMessageStack } from '../test-support/message-stack.ts';
import { changeUser } from '../users/change-user.ts';
import { type User, userEntity } from '../users/user-entity.ts';
import { isSessionOver } from './session-state.ts';

const stack = useMessageStack();
let owner: { tenantId: string; userId: string; email: string };
beforeAll(async () => {
  owner = await stack.addTenant('sess-a');
});

interface LogIn {
  refreshToken: string;
  sessionId: string;
}
async function logIn(device = 'Firefox', ip = '192.0.2.1', withPassword = password): Promise<LogIn> {
  const { body } = await stack.call(auth, 'POST', '/api/v1/auth/login', {
    body: { email: owner.email, password: withPassword },
    headers: { 'user-agent': device },
    ip,
  });
  return { refreshToken: body.refreshToken, sessionId: body.refreshToken.split('.')[0] };
}
const as = (sessionId?: string) =>
  principal('sess-a', { subject: owner.userId, ...(sessionId === undefined ? {} : { sessionId }) });
const call = (method: string, path: string, sessionId?: string, body?: unknown) =>
  stack.call(account, method, `/api/auth/${path}`, { as: as(sessionId), body });
const refresh = async (refreshToken: string) =>
  (await stack.call(auth, 'POST', '/api/v1/auth/refresh', { body: { refreshToken } })).status;
const user = (): Promise<User> => openSession('sess-a').require(userEntity, { id: owner.userId });
const isOver = async ({ sessionId }: LogIn): Promise<boolean> => isSessionOver(await user(), sessionId);

describe('the list of log-ins', () => {
  it('says where and on what, and which one asks', async () => {
    const [one, two] = [await logIn('Firefox', '192.0.2.1'), await logIn('Android', '192.0.2.2')];
    const { body } = await call('GET', 'sessions', one.sessionId);
    const [newest, older] = body.data;
    expect(newest).toMatchObject({ id: two.sessionId, device: 'Android', clientIp: '192.0.2.2', isCurrent: false });
    expect(older).toMatchObject({ id: one.sessionId, method: 'password', isCurrent: true });
    expect(JSON.stringify(body)).not.toContain(one.refreshToken.split('.')[1]);
  });

  it('ends one of them: its refresh token and its access tokens, and no other', async () => {
    const [one, two] = [await logIn(), await logIn()];
    expect((await call('DELETE', `sessions/${two.sessionId}`, one.sessionId)).status).toBe(204);
    expect([await isOver(one), await isOver(two)]).toEqual([false, true]);
    expect(await refresh(two.refreshToken)).toBe(401);
    expect(await refresh(one.refreshToken)).toBe(200);
    expect((await call('DELETE', `sessions/${two.sessionId}`, one.sessionId)).status).toBe(404);
  });

  it('holds nobody else’s', async () => {
    const one = await logIn();
    const stranger = principal('sess-a', { subject: 'usr_other' });
    expect((await stack.call(account, 'GET', '/api/auth/sessions', { as: stranger })).body.data).toEqual([]);
    const end = await stack.call(account, 'DELETE', `/api/auth/sessions/${one.sessionId}`, { as: stranger });
    expect(end.status).toBe(404);
    expect(await isOver(one)).toBe(false);
  });

  it('keeps twenty: the oldest makes room', async () => {
    await call('POST', 'logout-all');
    stack.advance(1000);
    const first = await logIn();
    for (let i = 0; i < 20; i++) {
      if (i === 9) stack.advance(61_000);
      await logIn('x', `192.0.2.${i + 10}`);
    }
    expect((await call('GET', 'sessions')).body.data.length).toBeLessThanOrEqual(20);
    expect(await refresh(first.refreshToken)).toBe(401);
  });

  it('says when one was last used', async () => {
    const one = await logIn();
    stack.advance(10 * 60_000);
    await refresh(one.refreshToken);
    const { body } = await call('GET', 'sessions', one.sessionId);
    const { createdAt, lastUsedAt } = body.data.find(({ id }: LogIn & { id: string }) => id === one.sessionId);
    expect(Date.parse(lastUsedAt) - Date.parse(createdAt)).toBeGreaterThanOrEqual(600_000);
  });
});

describe('log-out', () => {
  it('ends this log-in as documented, and not that of somebody else whose token one has', async () => {
    const one = await logIn();
    const strangers = await stack.addTenant('sess-b');
    const theirs = (
      await stack.call(auth, 'POST', '/api/v1/auth/login', { body: { email: strangers.email, password } })
    ).body.refreshToken;
    const answer = await call('POST', 'logout', one.sessionId, { refreshToken: theirs });
    expect(answer).toMatchObject({ status: 200, body: { success: true, message: 'Logged out successfully' } });
    expect(await isOver(one)).toBe(true);
    expect(await refresh(theirs)).toBe(200);
  });

  it('everywhere ends all of them, and those that come after work', async () => {
    const [one, two] = [await logIn(), await logIn()];
    stack.advance(10);
    expect((await call('POST', 'logout-all', one.sessionId)).status).toBe(200);
    expect([await isOver(one), await isOver(two)]).toEqual([true, true]);
    expect([await refresh(one.refreshToken), await refresh(two.refreshToken)]).toEqual([401, 401]);
    expect((await call('GET', 'sessions')).body.data).toEqual([]);
    stack.advance(10);
    expect(await isOver(await logIn())).toBe(false);
  });
});

describe('a stolen refresh token', () => {
  it('ends the log-in for the thief and the person, and the tenant hears of it', async () => {
    const one = await logIn();
    expect(await refresh(one.refreshToken)).toBe(200);
    expect(await refresh(one.refreshToken)).toBe(401);
    expect(await isOver(one)).toBe(true);
    const alerts = stack.tables.scan('identity').filter(({ type }) => type?.S === 'system.alert');
    expect(alerts.map(({ payload }) => JSON.parse(payload.S))).toContainEqual(
      expect.objectContaining({
        alertType: 'security',
        severity: 'critical',
        dedupeKey: `security/refresh_reuse/${owner.userId}`,
      }),
    );
  });
});

describe('a new password by code', () => {
  const reset = (code: string, newPassword: string) =>
    stack.call(account, 'POST', '/api/auth/reset-password', {
      body: { target: owner.email, channel: 'EMAIL', code, password: newPassword },
    });
  const ask = (target: string) =>
    stack.call(account, 'POST', '/api/auth/request-otp', {
      body: { target, channel: 'EMAIL', purpose: 'RESET_PASSWORD' },
    });

  it('ends every log-in, works once, and the old password is gone', async () => {
    const one = await logIn();
    await ask(owner.email);
    const code = await stack.codeFor(owner.email);
    expect(await reset(code, 'password1')).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
    expect(await reset(code, 'owner@sess-a rules')).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
    stack.advance(10);
    expect(await reset(code, 'violet kettle at noon')).toMatchObject({ status: 200, body: { success: true } });
    expect(await reset(code, 'another kettle at noon')).toMatchObject({ status: 400, body: { code: 'invalid_code' } });
    expect(await isOver(one)).toBe(true);
    stack.advance(10);
    const wrong = await stack.call(auth, 'POST', '/api/v1/auth/login', { body: { email: owner.email, password } });
    expect(wrong.status).toBe(401);
    expect(await isOver(await logIn('x', '192.0.2.200', 'violet kettle at noon'))).toBe(false);
  });

  it('is sent to nobody who is not there, with the same answer', async () => {
    const [known, unknown] = [await ask(owner.email), await ask('ghost@sess-a.example')];
    expect(unknown.body).toEqual(known.body);
    await stack.deliver();
    expect(stack.messagesTo('ghost@sess-a.example')).toBe(0);
  });

  it('is refused to who has an address the account had before', async () => {
    stack.advance(120_000);
    const other = await stack.addTenant('sess-moved');
    await ask(other.email);
    const code = await stack.codeFor(other.email);
    await changeUser(openSession(other.tenantId), other.userId, () => ({ email: 'new@sess-moved.example' }));
    const answer = await stack.call(account, 'POST', '/api/auth/reset-password', {
      body: { target: other.email, channel: 'EMAIL', code, password: 'a thief in the garden' },
    });
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_code' } });
    const body = { email: 'new@sess-moved.example', password };
    expect((await stack.call(auth, 'POST', '/api/v1/auth/login', { body })).status).toBe(200);
  });

  it('guessed by twenty at once changes nothing', async () => {
    stack.advance(120_000);
    await ask(owner.email);
    const code = await stack.codeFor(owner.email);
    const wrong = code === '000000' ? '000001' : '000000';
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        stack.call(account, 'POST', '/api/auth/reset-password', {
          body: { target: owner.email, channel: 'EMAIL', code: wrong, password: `stolen kettle ${i} at noon` },
          ip: `203.0.113.${i}`,
        }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(400));
    expect(await reset(code, 'even the right one now')).toMatchObject({ status: 400 });
    const alerts = stack.tables.scan('identity').filter(({ type }) => type?.S === 'system.alert');
    expect(alerts.some(({ payload }) => JSON.parse(payload.S).alertData.kind === 'code_abuse')).toBe(true);
  });
});

describe('the time of a session', () => {
  it('is in its id', async () => {
    expect(
      Math.abs(timeOfId((await logIn('x', '192.0.2.201', 'violet kettle at noon')).sessionId) - Date.now()),
    ).toBeLessThan(60_000);
  });

  it('that cannot be read is over whenever anything is', () => {
    expect(isSessionOver({ tokensNotBefore: '2026-01-01T00:00:00.000Z' }, 'nonsense')).toBe(true);
  });
});
