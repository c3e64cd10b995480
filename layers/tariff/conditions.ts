/**
 * What a component of a tariff holds for: days of the year, and supplies or consumptions of a size. With it a lifeline is lost by
 * who takes too much, a charge follows the phases or the breaker, and summer has blocks of its own.
 */
import { type Fraction, fraction, fractionOf, isPositive, minus, rounded, times, total } from '../money/fraction.ts';
import { holdsOn } from './calendar.ts';
import { billedUnits, unitsPerKwh } from './components/energy.ts';
import { highestDemand } from './demand.ts';
import { type BillingFacts, RatingError } from './facts.ts';
import { unitOf } from './known-demand.ts';
import { addEnergies } from './quantities.ts';
import type { RatingContext } from './rating-context.ts';
import type { Segment } from './segments.ts';
import type { Component, ComponentOf, TariffVersion } from './tariff-schema.ts';
import type { BucketSpan } from './time-of-use.ts';

export type Condition = NonNullable<Component['when']>;

/** @throws RatingError `missing_fact` where a size is asked for that nobody knows */
export function applies(context: RatingContext, segment: Segment, component: Component): boolean {
  return holdsOn(component.during, segment.from) && (component.when === undefined || fits(context, segment, component));
}

/**
 * Classes and seasons may leave a gap between them: energy that falls into it is refused, not given away.
 * @throws RatingError `no_price`
 */
export function requirePrices(context: RatingContext): void {
  for (const segment of context.segments)
    for (const [bucket, { importUnits }] of segment.energies) {
      const prices = segment.version.components.filter(
        (each) => each.kind === 'energy' && (each.bucket ?? bucket) === bucket,
      );
      if (importUnits === 0n || prices.length === 0) continue;
      if (!prices.some((each) => applies(context, segment, each)))
        throw new RatingError(
          'no_price',
          `No price of energy is for this consumption or supply from ${segment.from} on: ${prices.map(({ code }) => code).join(', ')}.`,
        );
    }
}

function fits(context: RatingContext, segment: Segment, component: Component): boolean {
  const { code, when = {} } = component;
  const { aboveKwh, upToKwh, aboveConnectedKw, upToConnectedKw, phases } = when;
  const { facts } = context;
  const need = <T>(value: T | undefined, name: string): T => {
    if (value === undefined) throw new RatingError('missing_fact', `"${code}" needs to know ${name}.`);
    return value;
  };
  if (phases !== undefined && !isOfPhases(when, need(facts.phases, 'the number of phases'))) return false;
  if (aboveConnectedKw !== undefined || upToConnectedKw !== undefined)
    if (!isOfSize(when, need(facts.connectedKw, 'the connected load in kW'))) return false;
  if (!fitsLoadFactor(context, segment, component)) return false;
  if (aboveKwh === undefined && upToKwh === undefined) return true;
  const months = monthsOf(context);
  const share = when.perDwelling ? times(months, fraction(BigInt(facts.dwellings ?? 1))) : months;
  const asBilled = billedBy(segment);
  const limit = (kwh: string | undefined): Fraction | undefined =>
    kwh === undefined ? undefined : asBilled(times(fractionOf(kwh), share));
  return lies(asBilled(takenKwh(context)), limit(aboveKwh), limit(upToKwh));
}

const isOfPhases = ({ phases }: Condition, known: number): boolean => phases === undefined || phases === known;

const isOfSize = ({ aboveConnectedKw, upToConnectedKw }: Condition, connectedKw: string): boolean =>
  lies(fractionOf(connectedKw), fractionOrNone(aboveConnectedKw), fractionOrNone(upToConnectedKw));

/** Whether a component may be for a supply on a local day, before anything is known of what that took. What is unknown fits. */
export const mayApply = (
  { during, when = {} }: Component,
  date: string,
  { phases, connectedKw }: Pick<BillingFacts, 'phases' | 'connectedKw'>,
): boolean =>
  holdsOn(during, date) &&
  (phases === undefined || isOfPhases(when, phases)) &&
  (connectedKw === undefined || isOfSize(when, connectedKw));

/** Of the whole bill, less what is set off: who took much in one half of a month and little in the other is one customer. */
const takenKwh = ({ segments }: RatingContext): Fraction =>
  fraction(
    segments.reduce((sum, segment) => sum + billedUnits(segment), 0n),
    unitsPerKwh,
  );

/** Energy and its limits count as they are billed, as in blocks: 100.4 kWh that are billed as 100 are not above 100. */
const billedBy =
  ({ version: { rounding } }: Segment) =>
  (kwh: Fraction): Fraction =>
    rounded(kwh, rounding.energyDecimals, 'half-up');

const monthsOf = ({ segments }: RatingContext): Fraction => total(segments.map(({ months }) => months));

/** Whether the customer took more in the whole bill than so many kWh a month, as a part of it rounds energy. */
export function takesMore(context: RatingContext, segment: Segment, kwh: string): boolean {
  const asBilled = billedBy(segment);
  return isPositive(minus(asBilled(takenKwh(context)), asBilled(times(fractionOf(kwh), monthsOf(context)))));
}

const asksLoadFactor = ({ when }: Component): boolean =>
  when?.aboveLoadFactor !== undefined || when?.upToLoadFactor !== undefined;

/** Of active power: a load factor is energy by what the peak would have come to, both active. */
export const isDemandInKw = (component: Component): component is ComponentOf<'demand'> =>
  component.kind === 'demand' && unitOf(component) === 'kW';

/** The price whose demand load factors are told by, whomever it is for; undefined where nothing asks for them. */
export const demandOfLoadFactor = ({ components }: TariffVersion): ComponentOf<'demand'> | undefined =>
  components.some(asksLoadFactor) ? components.find(isDemandInKw) : undefined;

/** All that was taken is held against the highest demand of the tariff's first price of demand, as it was measured. */
function fitsLoadFactor({ facts, segments }: RatingContext, { version }: Segment, component: Component): boolean {
  if (!asksLoadFactor(component)) return true;
  const { code, when: { aboveLoadFactor, upToLoadFactor } = {} } = component;
  const demand = demandOfLoadFactor(version);
  if (demand === undefined) throw new RatingError('missing_fact', `"${code}" needs a component of demand.`);
  const spans = segments.flatMap((segment) => segment.spans);
  const [energies, hours] = [segments.flatMap((segment) => [...segment.energies.values()]), hoursOf(spans)];
  const taken = fraction(addEnergies(energies).importUnits, unitsPerKwh);
  const atPeak = times(highestDemand(facts, demand, spans).highest, hours);
  const share = (factor: string | undefined) => (factor === undefined ? undefined : times(fractionOf(factor), atPeak));
  return lies(taken, share(aboveLoadFactor), share(upToLoadFactor));
}

const hoursOf = (spans: readonly BucketSpan[]): Fraction =>
  fraction(BigInt(spans.at(-1)!.to - spans[0]!.from), 3_600_000n);

const fractionOrNone = (text: string | undefined): Fraction | undefined =>
  text === undefined ? undefined : fractionOf(text);

const lies = (value: Fraction, above: Fraction | undefined, upTo: Fraction | undefined): boolean =>
  (above === undefined || isPositive(minus(value, above))) && (upTo === undefined || !isPositive(minus(value, upTo)));
