/** Meter numbers, base dates, tokens as they are shown, and the energies a token can carry. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupToken, isMeterNumber, listTokens, maskToken, maskTokensIn, rollOverAt } from './sts-numbers.ts';
import { kwhOf, maxTokenSteps, stepsOf, transferable } from './token-energy.ts';

describe('a meter number', () => {
  it('has 11 or 13 digits, the last one by Luhn’s method', () => {
    // 0 1 2 3 4 5 6 7 8 9: doubled from the right 9→9, 8, 7→5, 6, 5→1, 4, 3→6, 2, 1→2, 0; the sum is 43, so 7.
    expect(isMeterNumber('01234567897')).toBe(true);
    expect(isMeterNumber('01234567890')).toBe(false);
    expect(isMeterNumber('0001234567897')).toBe(true);
    for (const wrong of ['1234567897', '012345678977', '0123456789X', '']) expect(isMeterNumber(wrong)).toBe(false);
  });

  it('with one wrong digit is refused', () => {
    fc.assert(
      fc.property(fc.nat(10), fc.integer({ min: 1, max: 9 }), (at, by) => {
        const digits = [...'01234567897'];
        digits[at] = String((Number(digits[at]) + by) % 10);
        expect(isMeterNumber(digits.join(''))).toBe(false);
      }),
    );
  });
});

it('token identifiers roll over 2^24 minutes after the base date: of 1993 on 24 November 2024', () => {
  expect(new Date(rollOverAt(1993)).toISOString()).toBe('2024-11-24T20:16:00.000Z');
  expect(new Date(rollOverAt(2014)).toISOString()).toMatch(/^2045-11-24T/);
});

it('a token is shown in groups of four, or masked', () => {
  expect(groupToken('12345678901234567890')).toBe('1234 5678 9012 3456 7890');
  expect(maskToken('12345678901234567890')).toBe('1234 •••• •••• •••• 7890');
});

describe('the energy of a token', () => {
  it('is a mantissa of 14 bits times a power of ten, on top of what smaller exponents reach', () => {
    const exact = (steps: number) => transferable(steps) === steps;
    for (const steps of [0, 1, 16_383, 16_384, 16_394, 180_214, 180_224, 180_324, 1_818_624, maxTokenSteps])
      expect(exact(steps), String(steps)).toBe(true);
    expect(transferable(16_393)).toBe(16_384);
    expect(transferable(180_223)).toBe(180_214);
    expect(transferable(maxTokenSteps + 5)).toBe(maxTokenSteps);
  });

  it('is never more than was asked for, and what is carried exactly stays', () => {
    fc.assert(
      fc.property(fc.nat(maxTokenSteps), (steps) => {
        const carried = transferable(steps);
        expect(carried <= steps && steps - carried < 1000 && transferable(carried) === carried).toBe(true);
      }),
    );
  });

  it('is written with one decimal', () => {
    expect([kwhOf(0), kwhOf(5), kwhOf(1234)]).toEqual(['0.0', '0.5', '123.4']);
    expect([stepsOf('50'), stepsOf('0.5'), stepsOf('12.39')]).toEqual([500, 5, 123]);
  });
});

it('numbers tokens that are entered one after the other, and masks each of them', () => {
  const [first, second] = ['08309168943542237289', '16473894134656210400'] as const;
  expect(listTokens([first])).toBe('0830 9168 9435 4223 7289');
  const both = listTokens([first, second]);
  expect(both).toBe('(1) 0830 9168 9435 4223 7289 (2) 1647 3894 1346 5621 0400');
  expect(maskTokensIn(both)).toBe('(1) 0830 •••• •••• •••• 7289 (2) 1647 •••• •••• •••• 0400');
});
