import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { globalScope, joinParts, partitionKey, tenantPrefix } from './keys.ts';

/** Parts that try to look like keys. */
const part = fc.oneof(
  fc.string(),
  fc
    .array(fc.constantFrom('#', '%', '2', '3', '5', 'T', 'G', 'a'), { maxLength: 8 })
    .map((letters) => letters.join('')),
);
const parts = fc.array(part, { minLength: 1, maxLength: 5 });

describe('keys', () => {
  it('are the same only for the same parts', () => {
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        expect(joinParts(a) === joinParts(b)).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
      { numRuns: 3000 },
    );
  });

  it('of one tenant never lie below the prefix of another, nor in the global scope', () => {
    fc.assert(
      fc.property(part, part, parts, (tenant, other, rest) => {
        fc.pre(tenant !== '' && other !== '' && tenant !== other);
        const key = partitionKey(tenant, rest);
        expect(key.startsWith(tenantPrefix(tenant))).toBe(true);
        expect(key.startsWith(tenantPrefix(other))).toBe(false);
        expect(key.startsWith('G#')).toBe(false);
        expect(partitionKey(globalScope, rest).startsWith('T#')).toBe(false);
      }),
      { numRuns: 3000 },
    );
  });

  it('cannot be built without a tenant', () => {
    expect(() => partitionKey('', ['X'])).toThrow(/tenant/);
  });
});
