import { describe, expect, it } from 'vitest';
import { hashPassword, verifyPassword } from './password.ts';

const secret = 'correct horse battery staple';
const stored = await hashPassword(secret);

describe('password hashes', () => {
  it('are PHC strings of argon2id at the recommended cost, with a nonce of their own', async () => {
    expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(await hashPassword(secret)).not.toBe(stored);
  });

  it('accept the password and nothing else', async () => {
    expect(await verifyPassword(secret, stored)).toBe(true);
    for (const wrong of ['', 'Correct horse battery staple', `${secret} `, `${secret}\0`])
      expect(await verifyPassword(wrong, stored)).toBe(false);
  });

  it('are verified at the cost they were made with', async () => {
    const other = stored.replace('t=2', 't=3');
    expect(await verifyPassword(secret, other)).toBe(false);
  });

  it('hold for a password however a keyboard composes its characters', async () => {
    const composed = await hashPassword('caf\u00e9 \u0622\u0628 123');
    expect(await verifyPassword('cafe\u0301 \u0627\u0653\u0628 123', composed)).toBe(true);
  });

  it.each(['', 'plain', '$argon2i$v=19$m=1,t=1,p=1$AA$AA', '$2b$10$abcdefghijklmnopqrstuv', `${stored}$more`])(
    'of another form are an error of the store, never a match: %s',
    async (text) => {
      await expect(verifyPassword(secret, text)).rejects.toThrow(/PHC/);
    },
  );

  it('are never matched for an unknown user, though the work is done', async () => {
    expect(await verifyPassword('', undefined)).toBe(false);
    expect(await verifyPassword(secret, undefined)).toBe(false);
  });
});
