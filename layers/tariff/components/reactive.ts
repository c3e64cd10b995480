/** Reactive energy, and the surcharge for a poor power factor. */
import {
  type Fraction,
  fraction,
  fractionOf,
  fractionText,
  isPositive,
  larger,
  minus,
  plus,
  smaller,
  times,
} from '../../money/fraction.ts';
import { addEnergies } from '../quantities.ts';
import type { RatingContext } from '../rating-context.ts';
import type { Segment } from '../segments.ts';
import type { ComponentOf } from '../tariff-schema.ts';
import { unitsPerKwh } from './energy.ts';

export function rateReactive(context: RatingContext, segment: Segment, component: ComponentOf<'reactive'>): void {
  const { importUnits, reactiveUnits } = addEnergies(segment.energies.values());
  const free = times(fraction(importUnits, unitsPerKwh), times(fractionOf(component.freePercent), fraction(1n, 100n)));
  const kvarh = fraction(reactiveUnits, unitsPerKwh);
  const billed = context.roundQuantity(
    `reactive/${component.code}`,
    larger(minus(kvarh, free), fraction(0n)),
    segment.version.rounding.energyDecimals,
  );
  if (!isPositive(billed)) return;
  const rate = fractionOf(component.rate);
  context.add(segment, {
    code: component.code,
    kind: 'reactive',
    label: component.label,
    quantity: billed,
    unit: 'kvarh',
    rate,
    exact: times(billed, rate),
    formula: `${fractionText(billed)} kvarh × ${component.rate}`,
    explanation: {
      en: `${fractionText(kvarh)} kvarh, of which ${fractionText(minus(kvarh, billed))} are free (${component.freePercent} % of the energy)`,
      ar: `${fractionText(kvarh)} ك.فار.س، منها ${fractionText(minus(kvarh, billed))} مجانًا (${component.freePercent}٪ من الطاقة)`,
    },
  });
}

/** The mean power factor of the segment, P / √(P² + Q²), rounded once to three decimals. Without energy it is 1. */
function powerFactor(importUnits: bigint, reactiveUnits: bigint): Fraction {
  if (importUnits === 0n) return fraction(1n);
  const [active, reactive] = [importUnits * importUnits, reactiveUnits * reactiveUnits];
  // Half thousandths, rounded down: the root of a whole number up to four million, which a double holds exactly.
  const halves = Math.floor(Math.sqrt(Number((4_000_000n * active) / (active + reactive))));
  return fraction((BigInt(halves) + 1n) / 2n, 1_000n);
}

export function ratePowerFactor(
  context: RatingContext,
  segment: Segment,
  component: ComponentOf<'power_factor'>,
): void {
  const { importUnits, reactiveUnits } = addEnergies(segment.energies.values());
  const factor = powerFactor(importUnits, reactiveUnits);
  const percent = minus(penaltyPercent(factor, component), bonusPercent(factor, component));
  if (percent.numerator === 0n) return;
  const base = context.sumOf(segment, ({ code }) => component.of.includes(code));
  const shown = fractionText(factor, 3);
  context.add(segment, {
    code: component.code,
    kind: 'power_factor',
    label: component.label,
    quantity: base,
    unit: 'percent',
    rate: percent,
    exact: times(base, times(percent, fraction(1n, 100n))),
    formula: `${fractionText(base)} × ${fractionText(percent)} %`,
    explanation: {
      en: `mean power factor ${shown}: ${fractionText(percent)} %`,
      ar: `متوسط معامل القدرة ${shown}: ${fractionText(percent)}٪`,
    },
  });
}

function penaltyPercent(factor: Fraction, { penalties }: ComponentOf<'power_factor'>): Fraction {
  let percent = fraction(0n);
  penalties.forEach(({ below, percentPerHundredth }, i) => {
    const limit = fractionOf(below);
    const next = penalties[i + 1]?.below;
    const reached = next === undefined ? factor : larger(factor, fractionOf(next));
    const hundredths = times(minus(limit, smaller(reached, limit)), fraction(100n));
    percent = plus(percent, times(hundredths, fractionOf(percentPerHundredth)));
  });
  return percent;
}

function bonusPercent(factor: Fraction, { bonus }: ComponentOf<'power_factor'>): Fraction {
  if (bonus === undefined) return fraction(0n);
  const above = minus(factor, fractionOf(bonus.above));
  return isPositive(above) ? times(times(above, fraction(100n)), fractionOf(bonus.percentPerHundredth)) : fraction(0n);
}
