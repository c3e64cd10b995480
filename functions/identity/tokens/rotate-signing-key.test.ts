import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { handler as auth } from '../auth/handler.ts';
import { authenticate } from '../authorizers/authenticate.ts';
import { handler as jwks } from '../jwks/handler.ts';
import { password, useIdentityStack } from '../test-support/identity-stack.ts';
import { rotateSigningKey, trustBothKeys } from './rotate-signing-key.ts';

const stack = useIdentityStack();
let email: string;
beforeAll(async () => {
  ({ email } = await stack.addTenant('rotate-a'));
});

const logIn = async (): Promise<{ accessToken: string; refreshToken: string }> =>
  (await stack.call(auth, 'POST', '/api/v1/auth/login', { body: { email, password } })).body;
const kidOf = (token: string): string =>
  JSON.parse(Buffer.from(token.split('.')[0]!, 'base64url').toString('utf8')).kid;
const isGood = async (token: string): Promise<boolean> => (await authenticate(token, Date.now())) !== undefined;
const published = async (): Promise<string[]> =>
  (await stack.call(jwks, 'GET', '/.well-known/jwks.json')).body.keys.map(({ kid }: { kid: string }) => kid);
/** Longer than an instance remembers which key signs. */
const settle = (): void => stack.advance(31_000);
const rotate = (distrustOther = false) => rotateSigningKey({ by: 'tester', distrustOther });
beforeEach(() => stack.advance(16 * 60_000));

describe('rotating the signing key', () => {
  it('gives new tokens another key, which was published before', async () => {
    const before = await logIn();
    const known = await published();
    await rotate();
    settle();
    const after = await logIn();
    expect(kidOf(after.accessToken)).not.toBe(kidOf(before.accessToken));
    expect(known).toContain(kidOf(after.accessToken));
    expect(await published()).toEqual(known);
  });

  it('logs nobody out: tokens of the key before go on, and refresh gives one of the new key', async () => {
    const { accessToken, refreshToken } = await logIn();
    await rotate();
    settle();
    expect(await isGood(accessToken)).toBe(true);
    const { body } = await stack.call(auth, 'POST', '/api/v1/auth/refresh', { body: { refreshToken } });
    expect(kidOf(body.accessToken)).not.toBe(kidOf(accessToken));
    expect(await isGood(body.accessToken)).toBe(true);
  });

  it('refuses and hides a key that was given up as stolen, until it is replaced', async () => {
    const { accessToken, refreshToken } = await logIn();
    await rotate(true);
    settle();
    expect(await isGood(accessToken)).toBe(false);
    expect(await published()).not.toContain(kidOf(accessToken));
    const { body } = await stack.call(auth, 'POST', '/api/v1/auth/refresh', { body: { refreshToken } });
    expect(await isGood(body.accessToken)).toBe(true);
    await trustBothKeys('tester');
    settle();
    expect(await published()).toHaveLength(2);
  });

  it('by two at once takes effect once', async () => {
    const before = kidOf((await logIn()).accessToken);
    const outcomes = await Promise.allSettled([rotate(), rotate()]);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await expect(rotate()).rejects.toMatchObject({ code: 'conflict' });
    settle();
    expect(kidOf((await logIn()).accessToken)).not.toBe(before);
  });
});
