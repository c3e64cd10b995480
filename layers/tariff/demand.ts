/** The highest demand of a period: mean power, active or apparent, over windows of 15, 30 or 60 minutes, rolling or fixed. */
import { offsetMs } from '../metering/time-zone.ts';
import { type Fraction, fraction, fractionOf, fractionText, nothing, rounded } from '../money/fraction.ts';
import { wholeRoot } from '../money/whole-root.ts';
import type { BillingFacts, UsageInterval } from './facts.ts';
import { RatingError } from './facts.ts';
import { knownDemand, unitOf } from './known-demand.ts';
import type { BilingualLabel, ComponentOf } from './tariff-schema.ts';
import type { BucketSpan } from './time-of-use.ts';

const minuteMs = 60_000;
/** kW = kWh ÷ hours, with energy in millionths of a kWh and time in milliseconds. */
const hourMs = 3_600_000n;
const unitsPerKwh = 1_000_000n;

type Measured = Pick<
  BillingFacts,
  'usage' | 'timeZone' | 'registeredDemandKw' | 'registeredWithin' | 'registeredDemandKva' | 'registeredKvaWithin'
>;

export interface HighestDemand {
  /** kW, exact; kVA, to a thousandth, half up. */
  highest: Fraction;
  /** Of apparent power that was worked out: what it is made of. */
  made?: BilingualLabel;
}

/** Energies of a window. */
interface Window {
  active: bigint;
  reactive: bigint;
}

/** @throws RatingError `demand_needs_intervals` when the meter registered no demand and intervals do not make up the window */
export function highestDemand(
  facts: Measured,
  component: Pick<
    ComponentOf<'demand'>,
    'intervalMinutes' | 'window' | 'bucket' | 'source' | 'unit' | 'apparentEnergy'
  >,
  spans: readonly BucketSpan[],
): HighestDemand {
  const unit = unitOf(component);
  const { registered } = knownDemand(facts, unit);
  if (registered !== undefined && isRegistered(facts, component)) return { highest: fractionOf(registered) };
  const windowMs = component.intervalMinutes * minuteMs;
  const allowed =
    component.bucket === undefined ? joined(spans) : spans.filter(({ bucket }) => bucket === component.bucket);
  refuseCoarse(facts.usage, allowed, windowMs);
  const begins = component.window === 'fixed' ? onTheClock(spans[0]!.from, windowMs, facts.timeZone) : () => true;
  const isApparent = unit === 'kVA';
  const isCounted = isApparent && component.apparentEnergy === 'register';
  const usage = isCounted ? countedApparent(facts.usage, allowed) : facts.usage;
  const highest = { active: 0n, reactive: 0n, size: 0n };
  for (const span of allowed)
    eachWindow(usage, span, { windowMs, begins }, (active, reactive) => {
      const size = isApparent ? squareOf({ active, reactive }) : active;
      if (size > highest.size) Object.assign(highest, { active, reactive, size });
    });
  if (!isApparent) return { highest: power(highest.active, windowMs) };
  return isCounted
    ? { highest: rounded(power(highest.active, windowMs), 3, 'half-up'), made: counted }
    : apparent(highest, windowMs);
}

const counted: BilingualLabel = { en: ', of counted kVAh', ar: '، من ك.ف.أ.س المعدودة' };

/** With what was counted in place of what was taken. @throws RatingError `missing_fact` */
function countedApparent(
  usage: readonly UsageInterval[],
  spans: readonly { from: number; to: number }[],
): UsageInterval[] {
  return usage.flatMap((interval) => {
    const { from, to, apparentUnits } = interval;
    if (!spans.some((span) => from >= span.from && to <= span.to)) return [];
    if (apparentUnits === undefined)
      throw new RatingError('missing_fact', 'A demand of counted kVAh needs to know them of each interval.');
    return [{ from, to, importUnits: apparentUnits }];
  });
}

const power = (units: bigint, windowMs: number): Fraction =>
  units === 0n ? nothing : fraction(units * hourMs, BigInt(windowMs) * unitsPerKwh);

const squareOf = ({ active, reactive }: Window): bigint => active * active + reactive * reactive;

/** A root has no exact decimal form: it is rounded once, to a thousandth. */
function apparent(window: Window, windowMs: number): HighestDemand {
  const perHour = hourMs / BigInt(windowMs);
  // Half thousandths, rounded down: √(4 k² (P² + Q²)) of millionths, by a thousand.
  const halves = wholeRoot(4n * perHour * perHour * squareOf(window)) / 1_000n;
  const [kw, kvar] = [window.active, window.reactive].map((units) => fractionText(power(units, windowMs), 3));
  return {
    highest: fraction((halves + 1n) / 2n, 1_000n),
    // In words: the font of documents has no squares.
    made: {
      en: `, the root of the sum of the squares of ${kw} kW and ${kvar} kvar`,
      ar: `، جذر مجموع مربعي ${kw} ك.و و${kvar} ك.فار`,
    },
  };
}

/** Whether the demand that the meter registered is the component's. */
export function isRegistered(
  facts: Omit<Measured, 'usage' | 'timeZone'>,
  component: Pick<ComponentOf<'demand'>, 'bucket' | 'source' | 'unit'>,
): boolean {
  const { registered, within } = knownDemand(facts, unitOf(component));
  return (
    registered !== undefined &&
    component.bucket === undefined &&
    (within === undefined ? component.source !== 'intervals' : component.source === 'register')
  );
}

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

/**
 * Whether fixed windows begin at a moment: counted from a midnight, and where clocks are changed by a part of a window
 * (Lord Howe, by half an hour) by what they show.
 */
function onTheClock(midnight: number, windowMs: number, timeZone: string): (moment: number) => boolean {
  const year = new Date(midnight).getUTCFullYear();
  const change = offsetMs(Date.UTC(year, 0, 1), timeZone) - offsetMs(Date.UTC(year, 6, 1), timeZone);
  return change % windowMs === 0
    ? (moment) => (moment - midnight) % windowMs === 0
    : (moment) => (moment + offsetMs(moment, timeZone)) % windowMs === 0;
}

/** Each window that intervals without a gap make up. */
function eachWindow(
  usage: readonly UsageInterval[],
  span: { from: number; to: number },
  { windowMs, begins }: { windowMs: number; begins: (moment: number) => boolean },
  visit: (active: bigint, reactive: bigint) => void,
): void {
  const inside = usage.filter(({ from, to }) => from >= span.from && to <= span.to);
  let start = 0;
  let [active, reactive] = [0n, 0n];
  for (let end = 0; end < inside.length; end++) {
    const { from, to, importUnits, reactiveUnits } = inside[end]!;
    if (end > 0 && inside[end - 1]!.to !== from) {
      start = end;
      [active, reactive] = [0n, 0n];
    }
    active += importUnits;
    if (reactiveUnits !== undefined) reactive += reactiveUnits;
    for (; to - inside[start]!.from > windowMs; start++) {
      active -= inside[start]!.importUnits;
      reactive -= inside[start]!.reactiveUnits ?? 0n;
    }
    if (to - inside[start]!.from === windowMs && begins(inside[start]!.from)) visit(active, reactive);
  }
}
