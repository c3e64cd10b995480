/** A meter's registers against each other. */
import { describe, expect, it } from 'vitest';
import { checkRegisters, type RegisterEvidence } from './register-checks.ts';
import { usualSettings, veeSettingsSchema } from './vee-settings.ts';

const kwh = (n: number): bigint => BigInt(Math.round(n * 1_000_000));
const found = (evidence: Partial<RegisterEvidence>, settings = usualSettings) =>
  checkRegisters({ from: 0, to: 100, ...evidence }, settings).map(({ check, severity }) => [check, severity]);

describe('registers', () => {
  it('that agree are not remarked on', () => {
    // 40 + 35 + 26 = 101 kWh of three phases; 1 % of 100 kWh is 1 kWh.
    expect(found({ phases: { parts: [kwh(40), kwh(35), kwh(26)], total: kwh(100) } })).toEqual([]);
    expect(found({ rates: { parts: [kwh(70), kwh(30)], total: kwh(100) } })).toEqual([]);
    // A kilowatt-hour is let pass however small the whole is.
    expect(found({ reported: { parts: [kwh(4), kwh(5)], total: kwh(10) } })).toEqual([]);
    expect(found({ reported: { parts: [kwh(4), kwh(5) - 1n], total: kwh(10) } })).toEqual([['sum', 'warn']]);
  });

  it.each<[string, Partial<RegisterEvidence>, string, string]>([
    ['a phase without voltage', { phases: { parts: [kwh(40), 0n, kwh(26)], total: kwh(100) } }, 'phase_sum', 'warn'],
    ['a rate that stands still', { rates: { parts: [kwh(70), 0n], total: kwh(100) } }, 'rate_sum', 'warn'],
    [
      'messages that say less than the register',
      { reported: { parts: [kwh(40), kwh(58)], total: kwh(100) } },
      'sum',
      'warn',
    ],
    ['a roll-over', { rollOvers: [{ from: 1, to: 2 }] }, 'roll_over', 'warn'],
    ['two readings of one moment', { conflicts: [5] }, 'overlap', 'warn'],
    ['a register that went back', { broken: [{ from: 1, to: 2 }] }, 'register_broken', 'fail'],
    ['an exchange nobody read', { unmeasured: [{ from: 1, to: 2 }] }, 'unmeasured', 'fail'],
  ])('tell of %s', (_, evidence, check, severity) => {
    expect(found(evidence)).toEqual([[check, severity]]);
  });

  it('are judged by the settings of the class', () => {
    const settings = veeSettingsSchema.parse({
      registerSum: { tolerancePermille: 500, severity: 'fail' },
      rollOver: { severity: 'fail' },
    });
    expect(found({ phases: { parts: [kwh(60)], total: kwh(100) } }, settings)).toEqual([]);
    expect(found({ phases: { parts: [kwh(40)], total: kwh(100) } }, settings)).toEqual([['phase_sum', 'fail']]);
    expect(found({ rollOvers: [{ from: 1, to: 2 }] }, settings)).toEqual([['roll_over', 'fail']]);
  });
});
