import { describe, expect, it } from 'vitest';
import { maskSecrets, maskText } from './mask-secrets.ts';

const canary = 'CANARY-5f2b9c0d1e';

describe('secrets are masked', () => {
  it.each([
    { password: canary },
    { user: { newPassword: canary } },
    { headers: { Authorization: `Bearer ${canary}` } },
    { list: [{ api_key: canary }] },
    { payload: JSON.stringify({ refreshToken: canary, deep: JSON.stringify({ clientSecret: canary }) }) },
    { note: `mzn_live_ab12_${canary}` },
    { url: `https://hooks.slack.com/services/T0/B0/${canary}` },
    { url: `https://user:${canary}@example.com/` },
    { url: `https://example.com/?token=${canary}&x=1` },
    { cookie: [canary] },
    { text: `sent with Bearer ${canary}` },
    { jwt: `eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ${canary}.sig` },
  ])('%j', (value) => {
    const shown = JSON.stringify(maskSecrets(value));
    expect(shown).not.toContain(canary);
    expect(shown).toContain('•••');
  });

  it('and what is none stays readable', () => {
    const value = {
      tenantId: 'north',
      detail: { meterId: 'M-1', kwh: 12.5, ok: true, none: null },
      tokenType: 'Bearer',
    };
    expect(maskSecrets(value)).toEqual(value);
    expect(maskText('meter M-1 is silent')).toBe('meter M-1 is silent');
  });

  it('even in what nests without end', () => {
    let nested: unknown = { password: canary };
    for (let i = 0; i < 50; i++) nested = { a: nested };
    expect(JSON.stringify(maskSecrets(nested))).not.toContain(canary);
  });
});
