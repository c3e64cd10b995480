/**
 * Makes a bill from a tariff and the facts of a supply: pure, exact, and the same whoever asks (a billing run, a what-if, a
 * re-bill). Components are applied in the order the tariff lists them, segment by segment; a line may rest on lines before it.
 */
import { currencyExponent } from '../money/currencies.ts';
import { powerOfTen } from '../money/decimal.ts';
import { fraction, fractionOf, fractionText } from '../money/fraction.ts';
import { fromMinorUnits } from '../money/money.ts';
import { divideRounded } from '../money/rounding.ts';
import type { Bill } from './bill.ts';
import { rateEnergy, unitsPerKwh } from './components/energy.ts';
import { ratePowerFactor, rateReactive } from './components/reactive.ts';
import { rateSubsidy, rateTax } from './components/relief.ts';
import { rateDemand, rateFixed, rateMinimum } from './components/standing.ts';
import { conditionText } from './condition-text.ts';
import { applies, requirePrices } from './conditions.ts';
import { drawOnBank } from './export-bank.ts';
import type { BillingFacts } from './facts.ts';
import { creditExports, creditSettlement } from './net-metering.ts';
import { addEnergies, checkUsage, energyByBucket } from './quantities.ts';
import { RatingContext } from './rating-context.ts';
import { cutSegments, type Segment } from './segments.ts';
import type { Component, ComponentOf, TariffVersion } from './tariff-schema.ts';
import { anyTime } from './time-of-use.ts';

/** @throws RatingError when these facts cannot be priced under this tariff */
export function rateBill(versions: readonly TariffVersion[], facts: BillingFacts): Bill {
  checkUsage(facts.usage);
  const segments = cutSegments(versions, facts);
  const { left, settlements, isSettled } = drawOnBank(segments, facts);
  const context = new RatingContext(facts, segments);
  requirePrices(context);
  for (const segment of segments) {
    for (const component of segment.version.components) if (component.kind !== 'tax') rate(context, segment, component);
    creditExports(context, segment);
  }
  for (const settlement of settlements) creditSettlement(context, settlement);
  for (const segment of segments)
    for (const component of segment.version.components) if (component.kind === 'tax') rate(context, segment, component);
  const hasBank = isSettled || segments.some(({ version }) => version.export?.mode === 'net_energy');
  return { ...total(context, hasBank ? left : undefined), ...(isSettled ? { bankSettled: true } : {}) };
}

const rating: {
  [K in Component['kind']]: (context: RatingContext, segment: Segment, component: ComponentOf<K>) => void;
} = {
  energy: rateEnergy,
  fixed: rateFixed,
  demand: rateDemand,
  reactive: rateReactive,
  power_factor: ratePowerFactor,
  minimum: rateMinimum,
  subsidy: rateSubsidy,
  tax: rateTax,
};

function rate(context: RatingContext, segment: Segment, component: Component): void {
  if (!applies(context, segment, component)) return;
  const before = context.lines.length;
  rating[component.kind](context, segment, component as never);
  const because = conditionText(component);
  for (const line of context.lines.slice(before))
    line.explanation = { en: line.explanation.en + because.en, ar: line.explanation.ar + because.ar };
}

function total(context: RatingContext, bank: Map<string, bigint> | undefined): Bill {
  const { currency, segments, lines, facts } = context;
  const { kW, kVA } = context.demands;
  const amount = (minor: bigint): string => fromMinorUnits(minor, currency);
  const taxes = context.minorOf(({ kind }) => kind === 'tax');
  const exact = context.minorOf(() => true);
  const rounded = roundTotal(exact, segments.at(-1)!, currency);
  const energy = addEnergies(segments.flatMap(({ energies }) => [...energies.values()]));
  const kwh = (units: bigint): string => fractionText(fraction(units, unitsPerKwh));
  return {
    currency,
    from: facts.from,
    to: facts.to,
    lines,
    subtotal: amount(exact - taxes),
    taxes: amount(taxes),
    rounding: amount(rounded - exact),
    total: amount(rounded),
    importKwh: kwh(takenUnits(context) ?? energy.importUnits),
    exportKwh: kwh(energy.exportUnits),
    reactiveKvarh: kwh(energy.reactiveUnits),
    ...(kW === undefined ? {} : { demandKw: fractionText(kW.billed), peakKw: fractionText(kW.peak) }),
    ...(kVA === undefined ? {} : { demandKva: fractionText(kVA.billed), peakKva: fractionText(kVA.peak) }),
    ...(bank === undefined
      ? {}
      : { exportBank: Object.fromEntries([...bank].map(([bucket, units]) => [bucket, kwh(units)])) }),
    estimated: facts.usage.some(({ estimated }) => estimated),
  };
}

/** Where rates come from registers of their own: what the register of the whole says. */
function takenUnits({ segments, facts }: RatingContext): bigint | undefined {
  if (segments.every(({ version }) => version.timeOfUse?.registers === undefined)) return undefined;
  const whole = { from: segments[0]!.spans[0]!.from, to: segments.at(-1)!.spans.at(-1)!.to, bucket: anyTime };
  return addEnergies(energyByBucket(facts.usage, [whole]).values()).importUnits;
}

function roundTotal(minor: bigint, { version: { rounding } }: Segment, currency: string): bigint {
  if (rounding.totalTo === undefined) return minor;
  const { numerator, denominator } = fractionOf(rounding.totalTo);
  const step = (numerator * powerOfTen(currencyExponent(currency))) / denominator;
  return step <= 0n ? minor : divideRounded(minor, step, rounding.total) * step;
}
