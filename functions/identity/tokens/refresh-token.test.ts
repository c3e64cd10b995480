import { beforeAll, describe, expect, it, vi } from 'vitest';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { handler } from '../auth/handler.ts';
import { password, startTime, useIdentityStack } from '../test-support/identity-stack.ts';
import { userEntity } from '../users/user-entity.ts';
import { addFamily, revoke, rotate } from './refresh-token.ts';

const stack = useIdentityStack();
let owner: { tenantId: string; userId: string; email: string };
beforeAll(async () => {
  owner = await stack.addTenant('refresh-a');
});

const startFamily = (tenantId: string, userId: string) =>
  openSession(tenantId).transact('identity', (unit) => addFamily(unit, tenantId, userId, Date.now()));
const post = (path: string, body: unknown) => stack.call(handler, 'POST', `/api/v1/auth/${path}`, { body });
const logIn = async (): Promise<string> => (await post('login', { email: owner.email, password })).body.refreshToken;
const refresh = (refreshToken: string) => post('refresh', { refreshToken });

describe('refresh tokens', () => {
  it('rotate: each use gives the next one', async () => {
    const first = await logIn();
    const second = await refresh(first);
    expect(second).toMatchObject({ status: 200, body: { success: true, expiresIn: 900 } });
    expect(second.body.refreshToken).not.toBe(first);
    expect((await refresh(second.body.refreshToken)).status).toBe(200);
  });

  it('end the whole log-in when an old one comes back', async () => {
    const first = await logIn();
    const second = (await refresh(first)).body.refreshToken;
    expect(await refresh(first)).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
    expect((await refresh(second)).status).toBe(401);
  });

  it('leave other log-ins of the person alone', async () => {
    const [one, other] = [await logIn(), await logIn()];
    await refresh(one);
    await refresh(one);
    expect((await refresh(other)).status).toBe(200);
  });

  it('used twice at once give at most one pair, and the log-in ends', async () => {
    const token = await logIn();
    const answers = await Promise.all(Array.from({ length: 5 }, () => refresh(token)));
    const good = answers.filter(({ status }) => status === 200);
    expect(good.length).toBeLessThanOrEqual(1);
    expect(answers.every(({ status }) => status === 200 || status === 401)).toBe(true);
    for (const { body } of good) expect((await refresh(body.refreshToken)).status).toBe(401);
  });

  it('live thirty days from the log-in, however often they are used', async () => {
    const token = await logIn();
    stack.advance(29 * 86_400_000);
    const next = (await refresh(token)).body.refreshToken;
    stack.advance(86_400_000 + 1);
    expect((await refresh(next)).status).toBe(401);
    vi.setSystemTime(startTime);
  });

  it('end with log-out, which can be repeated', async () => {
    const token = await logIn();
    expect((await post('logout', { refreshToken: token })).status).toBe(200);
    expect((await post('logout', { refreshToken: token })).status).toBe(200);
    expect((await refresh(token)).status).toBe(401);
  });

  it('cannot be ended by the name of the session, which every access token carries', async () => {
    const token = await logIn();
    expect((await post('logout', { refreshToken: token.split('.')[0] })).status).toBe(200);
    expect((await refresh(token)).status).toBe(200);
  });

  it('are refused for a person who was made inactive, and the log-in ends', async () => {
    const gone = await stack.addTenant('refresh-gone');
    const { refreshToken } = await startFamily(gone.tenantId, gone.userId);
    const session = openSession(gone.tenantId);
    const user = await session.require(userEntity, { id: gone.userId });
    const inactive = await session.transact('identity', (unit) =>
      unit.update(userEntity, user, { status: 'inactive' }),
    );
    expect((await refresh(refreshToken)).status).toBe(401);
    await session.transact('identity', (unit) => unit.update(userEntity, inactive, { status: 'active' }));
    expect((await refresh(refreshToken)).status).toBe(401);
  });

  it.each(['x', 'rtf_.', `rtf_${'0'.repeat(26)}.${'a'.repeat(43)}`, 'REFRESH#x', '../x'])(
    'that are none are refused: %s',
    async (token) => {
      expect((await refresh(token)).status).toBe(401);
    },
  );

  it('are revoked though rotations run at the same time', async () => {
    for (let round = 0; round < 5; round++) {
      const { familyId, refreshToken } = await startFamily('refresh-a', owner.userId);
      const [rotated] = await Promise.allSettled([rotate(refreshToken, Date.now()), revoke(familyId)]);
      const last = rotated.status === 'fulfilled' ? rotated.value.refreshToken : refreshToken;
      await expect(rotate(last, Date.now())).rejects.toMatchObject({ code: 'unauthenticated' });
    }
  });

  it('are stored as hashes only', async () => {
    const token = await logIn();
    expect(JSON.stringify(stack.tables.scan('identity'))).not.toContain(token.split('.')[1]);
  });
});
