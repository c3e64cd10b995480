import { describe, expect, it, vi } from 'vitest';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { handler as auth } from '../auth/handler.ts';
import { password, startTime, useIdentityStack } from '../test-support/identity-stack.ts';
import { userEntity } from '../users/user-entity.ts';
import { isAttacked, networkOf } from './attempts.ts';

const stack = useIdentityStack();
const logIn = async (email: string, given: string, ip: string): Promise<number> =>
  (await stack.call(auth, 'POST', '/api/v1/auth/login', { body: { email, password: given }, ip })).status;
const alerts = (kind: string) =>
  stack.tables
    .scan('identity')
    .filter(({ type }) => type?.S === 'system.alert')
    .map(({ payload }) => JSON.parse(payload.S))
    .filter(({ alertData }) => alertData.kind === kind);

describe('an account that is guessed at from many places', () => {
  it('tells its tenant once, slows strangers down and leaves its person alone', async () => {
    const { email } = await stack.addTenant('attacked');
    const home = '192.0.2.50';
    expect(await logIn(email, password, home)).toBe(200);
    for (let i = 0; i < 8; i++) expect(await logIn(email, 'guess', `203.0.113.${i}`)).toBe(401);
    expect(alerts('guessing')).toHaveLength(1);
    expect(alerts('guessing')[0]).toMatchObject({ alertType: 'security', severity: 'critical' });

    const stranger = [];
    for (let i = 0; i < 4; i++) stranger.push(await logIn(email, 'guess', '203.0.113.200'));
    expect(stranger).toEqual([401, 401, 429, 429]);
    for (let i = 0; i < 5; i++) expect(await logIn(email, password, home)).toBe(200);
    expect(alerts('guessing')).toHaveLength(1);
  });

  it('looks the same to strangers whether it exists or not', async () => {
    const email = 'ghost@attacked.example';
    for (let i = 0; i < 8; i++) expect(await logIn(email, 'guess', `203.0.113.${i}`)).toBe(401);
    const stranger = [];
    for (let i = 0; i < 4; i++) stranger.push(await logIn(email, 'guess', '203.0.113.201'));
    expect(stranger).toEqual([401, 401, 429, 429]);
  });

  it('is forgotten the next day', async () => {
    const { email } = await stack.addTenant('attacked-b');
    for (let i = 0; i < 8; i++) await logIn(email, 'guess', `203.0.113.${i}`);
    stack.advance(86_400_000);
    const stranger = [];
    for (let i = 0; i < 3; i++) stranger.push(await logIn(email, 'guess', '203.0.113.202'));
    expect(stranger).toEqual([401, 401, 401]);
    vi.setSystemTime(startTime + 86_400_000);
  });
});

describe('what counts as an attack', () => {
  it.each([
    [undefined, false],
    [{ failures: 59 }, false],
    [{ failures: 60 }, true],
    [{ failures: 7, networks: new Set('1234567') }, false],
    [{ failures: 8, networks: new Set('12345678') }, true],
  ])('%o is %s', (seen, expected) => {
    expect(isAttacked(seen && { account: 'a', day: 1, ...seen })).toBe(expected);
  });
});

describe('the networks of a person', () => {
  it('are remembered, ten of them, and cannot be read from the row', async () => {
    const { email, tenantId, userId } = await stack.addTenant('networks');
    for (let i = 1; i <= 12; i++) expect(await logIn(email, password, `192.0.2.${i}`)).toBe(200);
    const user = await openSession(tenantId).require(userEntity, { id: userId });
    expect(user.knownNetworks).toHaveLength(10);
    expect(user.knownNetworks).toContain(networkOf(userId, '192.0.2.12'));
    expect(JSON.stringify(user.knownNetworks)).not.toContain('192.0.2');
  });

  it('a new one of an owner is told, the first is not', async () => {
    const { email, userId } = await stack.addTenant('networks-b');
    const about = () => alerts('new_network').filter(({ alertData }) => alertData.userId === userId);
    await logIn(email, password, '192.0.2.1');
    expect(about()).toEqual([]);
    await logIn(email, password, '192.0.2.1');
    expect(about()).toEqual([]);
    await logIn(email, password, '198.18.0.1');
    expect(about()).toMatchObject([{ severity: 'warning' }]);
  });
});
