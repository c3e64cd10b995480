/** The arithmetic of a balance beyond what an ordinary month shows. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { balance, percentOf } from './balance.ts';

const kwh = (count: number): bigint => BigInt(count) * 1_000_000n;

describe('a balance', () => {
  it('leaves a remainder below zero where the technical part is set too high', () => {
    // 1000 - 50 - 930 = 20 lost; 4.5 % of 1000 = 45; 20 - 45 = -25, which is -2.5 % of 1000.
    expect(balance({ input: kwh(1000), returned: kwh(50), fedIn: 0n, output: kwh(930) }, '4.5', kwh(930))).toEqual({
      loss: kwh(20),
      technical: kwh(45),
      commercial: kwh(-25),
      lossPercent: '2.00',
      commercialPercent: '-2.50',
    });
  });

  it('has no percentage where nothing entered', () => {
    expect(balance({ input: 0n, returned: 0n, fedIn: 0n, output: kwh(3) }, '4.5', kwh(3))).toMatchObject({
      loss: kwh(-3),
      lossPercent: null,
      commercialPercent: null,
    });
  });

  it('adds up, whatever the energies and the percentage', () => {
    const energy = fc.bigInt({ min: 0n, max: 10n ** 15n });
    const percent = fc.tuple(fc.nat(99), fc.nat(9999)).map(([a, b]) => `${a}.${String(b).padStart(4, '0')}`);
    fc.assert(
      fc.property(
        energy,
        energy,
        energy,
        energy,
        energy,
        percent,
        (input, returned, fedIn, output, charged, percent) => {
          const { loss, technical, commercial } = balance({ input, returned, fedIn, output }, percent, charged);
          expect(technical + commercial + returned + charged).toBe(input + fedIn);
          expect(loss).toBe(technical + commercial + charged - output);
        },
      ),
    );
  });

  it('rounds halves of a hundredth away from zero', () => {
    expect([percentOf(1n, 8n), percentOf(1n, 16n), percentOf(-1n, 3n), percentOf(-1n, 32n)]).toEqual([
      '12.50',
      '6.25',
      '-33.33',
      '-3.13', // 3.125
    ]);
  });
});
