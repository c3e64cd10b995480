/** The highest demand of a period: mean power over windows of 15, 30 or 60 minutes, rolling or fixed. */
import { type Fraction, fraction, fractionOf, larger, nothing } from '../money/fraction.ts';
import type { BillingFacts, UsageInterval } from './facts.ts';
import { RatingError } from './facts.ts';
import type { ComponentOf } from './tariff-schema.ts';
import type { BucketSpan } from './time-of-use.ts';

const minuteMs = 60_000;
/** kW = kWh ÷ hours, with energy in millionths of a kWh and time in milliseconds. */
const hourMs = 3_600_000n;
const unitsPerKwh = 1_000_000n;

/**
 * @returns kW, exact
 * @throws RatingError `demand_needs_intervals` when the meter registered no demand and intervals do not make up the window
 */
export function highestDemand(
  facts: Pick<BillingFacts, 'usage' | 'registeredDemandKw' | 'registeredWithin'>,
  component: Pick<ComponentOf<'demand'>, 'intervalMinutes' | 'window' | 'bucket' | 'source'>,
  spans: readonly BucketSpan[],
): Fraction {
  if (facts.registeredDemandKw !== undefined && isRegistered(facts, component))
    return fractionOf(facts.registeredDemandKw);
  const windowMs = component.intervalMinutes * minuteMs;
  const allowed =
    component.bucket === undefined ? joined(spans) : spans.filter(({ bucket }) => bucket === component.bucket);
  refuseCoarse(facts.usage, allowed, windowMs);
  let highest = nothing;
  for (const span of allowed)
    highest = larger(
      highest,
      highestWithin(facts.usage, span, windowMs, component.window === 'fixed' ? spans[0]!.from : undefined),
    );
  return highest;
}

/** Whether the demand that the meter registered is the component's. */
export const isRegistered = (
  { registeredDemandKw, registeredWithin }: Pick<BillingFacts, 'registeredDemandKw' | 'registeredWithin'>,
  { bucket, source }: Pick<ComponentOf<'demand'>, 'bucket' | 'source'>,
): boolean =>
  registeredDemandKw !== undefined &&
  bucket === undefined &&
  (registeredWithin === undefined ? source !== 'intervals' : source === 'register');

/** Also an interval that is longer than the span it reaches into: demand that cannot be told is not a demand of nothing. */
function refuseCoarse(
  usage: readonly UsageInterval[],
  spans: readonly { from: number; to: number }[],
  windowMs: number,
): void {
  const coarse = usage.filter(({ from, to }) => windowMs % (to - from) !== 0);
  if (coarse.some(({ from, to }) => spans.some((span) => from < span.to && to > span.from)))
    throw new RatingError(
      'demand_needs_intervals',
      `Demand over ${windowMs / minuteMs} minutes needs intervals that make up that time.`,
    );
}

/** Spans that follow each other, whatever their buckets, as one. */
function joined(spans: readonly BucketSpan[]): Pick<BucketSpan, 'from' | 'to'>[] {
  const stretches: { from: number; to: number }[] = [];
  for (const { from, to } of spans) {
    const last = stretches.at(-1);
    if (last?.to === from) last.to = to;
    else stretches.push({ from, to });
  }
  return stretches;
}

function highestWithin(
  usage: readonly UsageInterval[],
  span: { from: number; to: number },
  windowMs: number,
  /** Midnight that fixed windows are counted from; rolling ones have none. */
  midnight: number | undefined,
): Fraction {
  const inside = usage.filter(({ from, to }) => from >= span.from && to <= span.to);
  let best = 0n;
  let start = 0;
  let energy = 0n;
  for (let end = 0; end < inside.length; end++) {
    const { from, to, importUnits } = inside[end]!;
    if (end > 0 && inside[end - 1]!.to !== from) {
      start = end;
      energy = 0n;
    }
    energy += importUnits;
    while (to - inside[start]!.from > windowMs) energy -= inside[start++]!.importUnits;
    const covers = to - inside[start]!.from === windowMs;
    const fits = midnight === undefined || (inside[start]!.from - midnight) % windowMs === 0;
    if (covers && fits && energy > best) best = energy;
  }
  return fraction(best * hourMs, BigInt(windowMs) * unitsPerKwh);
}
