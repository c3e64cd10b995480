/** What lowers or rests upon other lines: subsidies, credits for energy fed in, and taxes. */
import {
  type Fraction,
  fraction,
  fractionOf,
  fractionText,
  isPositive,
  minus,
  opposite,
  smaller,
  times,
} from '../../money/fraction.ts';
import { takesMore } from '../conditions.ts';
import { monthShare, type RatingContext } from '../rating-context.ts';
import type { Segment } from '../segments.ts';
import type { BilingualLabel, ComponentOf } from '../tariff-schema.ts';
import { billedUnits, unitsPerKwh } from './energy.ts';

/** A subsidy takes away at most what the bill comes to without it. */
export function rateSubsidy(context: RatingContext, segment: Segment, component: ComponentOf<'subsidy'>): void {
  if (component.onlyUpToKwh !== undefined && takesMore(context, segment, component.onlyUpToKwh)) return;
  const benefit = benefitOf(context, segment, component);
  const { quantity, unit, rate, worth, formula, explanation } = capped(benefit, component.atMost, segment);
  const left = context.sumOf(segment, ({ kind }) => kind !== 'tax');
  const given = isPositive(left) ? smaller(worth, left) : fraction(0n);
  if (!isPositive(given)) return;
  context.add(segment, {
    code: component.code,
    kind: 'subsidy',
    label: component.label,
    quantity,
    unit,
    rate,
    exact: opposite(given),
    // So that what parts of a month give comes to no cent more than its cap; where the lines before are less, these are in whole cents.
    isPart: component.atMost !== undefined && isPositive(minus(left, worth)),
    formula: `−(${formula})`,
    explanation,
  });
}

interface Benefit {
  quantity: Fraction;
  unit: 'kWh' | 'percent' | 'month';
  rate: Fraction;
  worth: Fraction;
  formula: string;
  explanation: BilingualLabel;
}

/** What is worth more is the most that is given, which has its share of the month. */
function capped(benefit: Benefit, atMost: string | undefined, segment: Segment): Benefit {
  if (atMost === undefined) return benefit;
  const most = times(fractionOf(atMost), segment.months);
  if (!isPositive(minus(benefit.worth, most))) return benefit;
  const share = monthShare(segment);
  const { en, ar } = benefit.explanation;
  return {
    quantity: segment.months,
    unit: 'month',
    rate: fractionOf(atMost),
    worth: most,
    formula: `${atMost}${share.formula}`,
    explanation: {
      en: `${en}, at most ${atMost} a month${share.explanation.en}`,
      ar: `${ar}، بحد أقصى ${atMost} شهريًا${share.explanation.ar}`,
    },
  };
}

function benefitOf(context: RatingContext, segment: Segment, { code, benefit }: ComponentOf<'subsidy'>): Benefit {
  const share = monthShare(segment);
  const { energyDecimals } = segment.version.rounding;
  switch (benefit.type) {
    case 'per_kwh': {
      const taken = context.roundQuantity(
        `subsidy/${code}`,
        fraction(billedUnits(segment), unitsPerKwh),
        energyDecimals,
      );
      const limit =
        benefit.upToKwh === undefined
          ? taken
          : context.roundQuantity(
              `subsidised/${code}/${benefit.upToKwh}`,
              times(fractionOf(benefit.upToKwh), segment.months),
              energyDecimals,
            );
      const quantity = smaller(taken, limit);
      const rate = fractionOf(benefit.rate);
      const text = fractionText(quantity);
      return {
        quantity,
        unit: 'kWh',
        rate,
        worth: times(quantity, rate),
        formula: `${text} kWh × ${benefit.rate}`,
        explanation: { en: `${benefit.rate} for each of ${text} kWh`, ar: `${benefit.rate} عن كل من ${text} ك.و.س` },
      };
    }
    case 'percent': {
      const base = context.sumOf(segment, (line) => benefit.of.includes(line.code));
      return {
        quantity: base,
        unit: 'percent',
        rate: fractionOf(benefit.percent),
        worth: times(base, times(fractionOf(benefit.percent), fraction(1n, 100n))),
        formula: `${fractionText(base)} × ${benefit.percent} %`,
        explanation: {
          en: `${benefit.percent} % of ${fractionText(base)}`,
          ar: `${benefit.percent}٪ من ${fractionText(base)}`,
        },
      };
    }
    case 'amount':
      return {
        quantity: segment.months,
        unit: 'month',
        rate: fractionOf(benefit.amount),
        worth: times(fractionOf(benefit.amount), segment.months),
        formula: `${benefit.amount}${share.formula}`,
        explanation: {
          en: `${benefit.amount} a month${share.explanation.en}`,
          ar: `${benefit.amount} شهريًا${share.explanation.ar}`,
        },
      };
    default:
      return benefit satisfies never;
  }
}

export function rateTax(context: RatingContext, segment: Segment, component: ComponentOf<'tax'>): void {
  if (context.facts.exemptTaxes?.includes(component.code)) return;
  const base = context.sumOf(segment, ({ code, kind }) =>
    component.of === undefined
      ? component.onTaxes || kind !== 'tax'
      : component.of.includes(code) || (component.onTaxes && kind === 'tax'),
  );
  if (base.numerator === 0n) return;
  context.add(segment, {
    code: component.code,
    kind: 'tax',
    label: component.label,
    quantity: base,
    unit: 'percent',
    rate: fractionOf(component.percent),
    exact: times(base, times(fractionOf(component.percent), fraction(1n, 100n))),
    formula: `${fractionText(base)} × ${component.percent} %`,
    explanation: {
      en: `${component.percent} % of ${fractionText(base)}`,
      ar: `${component.percent}٪ من ${fractionText(base)}`,
    },
  });
}
