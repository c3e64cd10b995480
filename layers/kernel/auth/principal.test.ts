import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { principalFromContext, principalToContext } from './principal.ts';

describe('a principal', () => {
  it('survives the flat context API Gateway hands on', () => {
    const word = fc.stringMatching(/^[\x21-\x7e]{1,20}$/);
    const principal = fc.record({
      tenantId: word,
      subject: word,
      kind: fc.constantFrom('user' as const, 'api_key' as const, 'device' as const),
      name: fc.string(),
      permissions: fc.array(word),
      workspaces: fc.array(word),
      limits: fc.record({ perMinute: fc.nat(), perDay: fc.nat() }),
      allowedIps: fc.array(word),
      allowedOrigins: fc.array(word),
    });
    fc.assert(
      fc.property(principal, (given) => {
        const context = principalToContext(given);
        expect(Object.values(context).every((value) => typeof value === 'string')).toBe(true);
        expect(principalFromContext(context)).toEqual(given);
      }),
    );
  });

  it.each([undefined, {}, { tenantId: '' }, { tenantId: 5 }, { tenantId: null }])(
    'is nobody without a tenant: %j',
    (context) => {
      expect(principalFromContext(context as never)).toBeUndefined();
    },
  );
});
