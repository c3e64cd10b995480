/** What the components of a bill share while it is made: lines so far, running sums that keep parts summing to the whole. */

import { currencyExponent } from '../money/currencies.ts';
import { powerOfTen } from '../money/decimal.ts';
import { type Fraction, fraction, fractionText, larger, minus, nothing, plus, scaled } from '../money/fraction.ts';
import { fromMinorUnits } from '../money/money.ts';
import type { BillLine } from './bill.ts';
import type { BillingFacts } from './facts.ts';
import type { DemandUnit } from './known-demand.ts';
import type { Segment } from './segments.ts';
import type { BilingualLabel } from './tariff-schema.ts';

export interface NewLine extends Omit<BillLine, 'amount' | 'from' | 'to' | 'quantity' | 'rate'> {
  quantity: Fraction;
  rate: Fraction;
  /** Before rounding. */
  exact: Fraction;
  /** Parts of a whole, such as a month's charge in two segments: their rounded amounts sum to the rounded whole. */
  isPart?: boolean;
}

export class RatingContext {
  readonly facts: BillingFacts;
  readonly currency: string;
  readonly segments: readonly Segment[];
  readonly lines: BillLine[] = [];
  readonly #minorByLine: bigint[] = [];
  readonly #segmentByLine: Segment[] = [];
  readonly #running = new Map<string, Fraction>();
  /** What was billed and what was measured as the highest demand. */
  readonly demands: Partial<Record<DemandUnit, { billed: Fraction; peak: Fraction }>> = {};

  constructor(facts: BillingFacts, segments: readonly Segment[]) {
    this.facts = facts;
    this.segments = segments;
    this.currency = segments[0]!.version.currency;
  }

  add(segment: Segment, { quantity, rate, exact, isPart, ...line }: NewLine): void {
    const minor = isPart ? this.#roundPart(segment, line.code, exact) : this.toMinor(exact, segment);
    this.#minorByLine.push(minor);
    this.#segmentByLine.push(segment);
    this.lines.push({
      ...line,
      from: segment.from,
      to: segment.to,
      quantity: fractionText(quantity),
      rate: fractionText(rate, 8),
      amount: fromMinorUnits(minor, this.currency),
    });
  }

  noteDemand(unit: DemandUnit, billed: Fraction, peak: Fraction): void {
    const before = this.demands[unit] ?? { billed, peak };
    this.demands[unit] = { billed: larger(before.billed, billed), peak: larger(before.peak, peak) };
  }

  toMinor(exact: Fraction, segment: Segment): bigint {
    return scaled(exact, currencyExponent(this.currency), segment.version.rounding.lines);
  }

  /** Major units, of this segment's lines with these codes, or that fit the condition. */
  sumOf(segment: Segment, fits: (line: BillLine) => boolean): Fraction {
    return fraction(
      this.minorOf((line, i) => this.#segmentByLine[i] === segment && fits(line)),
      powerOfTen(currencyExponent(this.currency)),
    );
  }

  minorOf(fits: (line: BillLine, index: number) => boolean): bigint {
    return this.lines.reduce((sum, line, i) => (fits(line, i) ? sum + this.#minorByLine[i]! : sum), 0n);
  }

  /** Rounds a quantity that has parts in several segments, so that the rounded parts sum to the rounded whole. */
  roundQuantity(quantity: string, exact: Fraction, decimals: number): Fraction {
    // Tariffs that round otherwise have no whole in common.
    const name = `${quantity}/${decimals}`;
    const before = this.#running.get(name) ?? nothing;
    const after = plus(before, exact);
    this.#running.set(name, after);
    const unit = powerOfTen(decimals);
    return minus(
      fraction(scaled(after, decimals, 'half-up'), unit),
      fraction(scaled(before, decimals, 'half-up'), unit),
    );
  }

  #roundPart(segment: Segment, code: string, exact: Fraction): bigint {
    const name = `amount/${code}/${segment.version.rounding.lines}`;
    const before = this.#running.get(name) ?? nothing;
    const after = plus(before, exact);
    this.#running.set(name, after);
    return this.toMinor(after, segment) - this.toMinor(before, segment);
  }
}

/** `1 Jan to 31 Jan` is the reader's business; here only the share of a month, when it is not one. */
export function monthShare({ months, days }: Segment): { formula: string; explanation: BilingualLabel } {
  const { numerator, denominator } = months;
  if (numerator === denominator) return { formula: '', explanation: { en: '', ar: '' } };
  const share = denominator === 1n ? `${numerator}` : `${numerator}/${denominator}`;
  return {
    formula: ` × ${share}`,
    explanation: { en: `, for ${days} days (${share} month)`, ar: `، عن ${days} يومًا (${share} شهر)` },
  };
}
