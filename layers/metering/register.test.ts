import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromUnits, modulusOf, resolutionOf, toUnits } from './register.ts';

describe('register units', () => {
  it('keeps decimals exactly that binary fractions cannot hold', () => {
    expect(toUnits(15234.56)).toBe(15_234_560_000);
    expect(toUnits('0.1')! + toUnits('0.2')!).toBe(toUnits('0.3'));
    expect(fromUnits(toUnits(15234.560000000001)!)).toBe('15234.56');
  });

  it('refuses what is no number', () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, '', ' 1', '1e3', '0x10', null, true, [], {}])
      expect(toUnits(value)).toBeUndefined();
  });

  it('restores every decimal a nine-digit register can show, as number and as text', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999_999_999_999_999 }), (units) => {
        const text = fromUnits(units);
        expect(toUnits(text)).toBe(units);
        expect(toUnits(Number(text))).toBe(units);
      }),
    );
  });

  it('knows size and step of a register', () => {
    expect(fromUnits(modulusOf(5))).toBe('100000');
    expect(fromUnits(resolutionOf(2))).toBe('0.01');
    expect(fromUnits(-1_500_000)).toBe('-1.5');
    expect(fromUnits(0)).toBe('0');
  });
});
