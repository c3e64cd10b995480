/** Every golden bill: its arithmetic is right, and the engine makes the same lines and the same total. */
import { describe, expect, it } from 'vitest';
import { currencyExponent } from '../../money/currencies.ts';
import { rounded } from '../../money/fraction.ts';
import { rateBill } from '../rate-bill.ts';
import { workOut } from './arithmetic.ts';
import { blockCases } from './block-cases.ts';
import { changeCases } from './change-cases.ts';
import { clockCases } from './clock-cases.ts';
import { conditionCases } from './condition-cases.ts';
import { demandCases } from './demand-cases.ts';
import type { GoldenCase } from './golden-case.ts';
import { mixedCases } from './mixed-cases.ts';
import { periodCases } from './period-cases.ts';
import { reactiveCases } from './reactive-cases.ts';
import { registerCases } from './register-cases.ts';
import { reliefCases } from './relief-cases.ts';
import { solarCases } from './solar-cases.ts';
import { timeOfUseCases } from './time-of-use-cases.ts';

const topics = {
  blockCases,
  timeOfUseCases,
  clockCases,
  demandCases,
  reactiveCases,
  registerCases,
  reliefCases,
  conditionCases,
  periodCases,
  changeCases,
  solarCases,
  mixedCases,
};
const all: GoldenCase[] = Object.values(topics).flat();

describe.each(Object.entries(topics))('golden bills: %s', (_, cases) => {
  it.each(cases.map((one) => [one.name, one] as const))('%s', (_name, { tariff, facts, lines, total, also }) => {
    const bill = rateBill(tariff, facts);
    const decimals = currencyExponent(bill.currency);
    const mode = tariff[0]!.rounding.lines;
    for (const line of lines) {
      const [, arithmetic, amount] = /^[a-z_]+: (.+) = (−?[\d.]+)$/.exec(line)!;
      expect(rounded(workOut(arithmetic!), decimals, mode), line).toEqual(workOut(amount!));
    }
    const made = bill.lines.map(({ code, amount }) => `${code}: ${amount.replace('-', '−')}`);
    expect(made).toEqual(lines.map((line) => line.replace(/: .+ = /, ': ')));
    const [, sum, amount] = /^(.+) = (−?[\d.]+)$/.exec(total)!;
    expect(workOut(sum!), total).toEqual(workOut(amount!));
    expect(bill.total).toBe(amount!.replace('−', '-'));
    if (also) expect(bill).toMatchObject(also);
    for (const { explanation, formula } of bill.lines) {
      expect(explanation.en.length, 'every line explains itself').toBeGreaterThan(3);
      expect(explanation.ar).toMatch(/[\u0600-\u06ff]/);
      expect(formula).not.toBe('');
    }
  });
});

it('there are at least sixty of them, each with a name of its own', () => {
  expect(all.length).toBeGreaterThanOrEqual(60);
  expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
});
