import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalisePhone, phoneCountries } from './phone-number.ts';

describe('a phone number', () => {
  it.each([
    ['09123456789', undefined, '+989123456789'],
    ['09123456789', 'YE', '+989123456789'],
    ['9123456789', 'IR', '+989123456789'],
    ['771234567', undefined, '+967771234567'],
    ['0771234567', 'YE', '+967771234567'],
    ['967771234567', 'YE', '+967771234567'],
    ['87011234567', undefined, '+77011234567'],
    ['+967 77 123-4567', undefined, '+967771234567'],
    ['00967771234567', 'IR', '+967771234567'],
    ['٠٩١٢٣٤٥٦٧٨٩', 'YE', '+989123456789'],
    ['۰۹۱۲۳۴۵۶۷۸۹', undefined, '+989123456789'],
    ['(050) 123 4567', 'AE', '+971501234567'],
    ['0501234567', 'SA', '+966501234567'],
    ['+12025550123', 'YE', '+12025550123'],
  ] as const)('%s in %s is %s', (written, country, expected) => {
    expect(normalisePhone(written, country)).toBe(expected);
  });

  it('of two countries is nobody’s until the country is said', () => {
    expect(normalisePhone('0501234567')).toBeUndefined();
  });

  it.each(['', 'abc', '123', '+', '+0123456789', '+1234567890123456', '1234567890123456', '77123456x'])(
    'is not "%s"',
    (written) => {
      expect(normalisePhone(written, 'YE')).toBeUndefined();
    },
  );

  it('stays what it is once it is normalised', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9+ ]{5,16}$/), fc.constantFrom(...phoneCountries), (written, country) => {
        const once = normalisePhone(written, country);
        if (once !== undefined) for (const other of phoneCountries) expect(normalisePhone(once, other)).toBe(once);
      }),
    );
  });
});
