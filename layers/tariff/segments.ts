/**
 * Cuts a billing period where another version of the tariff begins. Each part is priced by its own version, with its own
 * share of a month and its own energy, and the parts sum to the whole.
 */
import { type Fraction, fraction, one } from '../money/fraction.ts';
import { calendarMonths, daysBetween, earlier, later } from './calendar.ts';
import type { BillingFacts } from './facts.ts';
import { RatingError } from './facts.ts';
import { type Energies, energyByBucket } from './quantities.ts';
import type { TariffVersion } from './tariff-schema.ts';
import { type BucketSpan, bucketSpans } from './time-of-use.ts';

export interface Segment {
  version: TariffVersion;
  from: string;
  to: string;
  days: number;
  /** Share of a month by the version's own rule. */
  months: Fraction;
  spans: BucketSpan[];
  energies: Map<string, Energies>;
  /** Energy fed in that is set off against energy taken, by bucket; filled by net metering. */
  setOff: Map<string, bigint>;
}

/** Spans depend on version, days and zone alone: a whole base of customers shares them. */
const spanCache = new WeakMap<TariffVersion, Map<string, BucketSpan[]>>();

/** @throws RatingError `period`, `no_tariff`, `currency_change` */
export function cutSegments(versions: readonly TariffVersion[], facts: BillingFacts): Segment[] {
  if (facts.from >= facts.to) throw new RatingError('period', `The period ${facts.from} to ${facts.to} has no day.`);
  const inForce = [...versions]
    .sort((a, b) => (a.from < b.from ? -1 : 1))
    .filter(({ from, to }) => from < facts.to && (to === undefined || to > facts.from));
  const segments: Segment[] = [];
  let at = facts.from;
  inForce.forEach((version, i) => {
    const next = inForce[i + 1]?.from;
    const end = [version.to, next].reduce<string>(
      (first, date) => (date === undefined ? first : earlier(first, date)),
      facts.to,
    );
    const start = later(version.from, facts.from);
    if (start !== at) throw new RatingError('no_tariff', `No version of the tariff holds on ${at}.`);
    if (version.currency !== inForce[0]!.currency)
      throw new RatingError(
        'currency_change',
        'The tariff changes its currency within the period: bill the parts by themselves.',
      );
    segments.push(segmentOf(version, start, end, facts));
    at = end;
  });
  if (at !== facts.to) throw new RatingError('no_tariff', `No version of the tariff holds on ${at}.`);
  return segments;
}

function segmentOf(version: TariffVersion, from: string, to: string, facts: BillingFacts): Segment {
  const spans = cachedSpans(version, from, to, facts.timeZone);
  return {
    version,
    from,
    to,
    days: daysBetween(from, to),
    months: monthsOf(version, from, to, facts),
    spans,
    energies: energyByBucket(facts.usage, spans, version.timeOfUse?.registers),
    setOff: new Map(),
  };
}

function monthsOf(
  { proration }: TariffVersion,
  from: string,
  to: string,
  { nominal, cutFrom, ...period }: BillingFacts,
): Fraction {
  const days = BigInt(daysBetween(from, to));
  switch (proration) {
    case 'calendar_month':
      return calendarMonths(from, to);
    case 'thirty_days':
      return fraction(days, 30n);
    case 'billing_period': {
      const whole = nominal ?? period;
      return fraction(days, BigInt(daysBetween(whole.from, whole.to)));
    }
    case 'none': {
      // A bill counts as one month however long it is; parts of it share that month by days.
      const whole = cutFrom ?? period;
      return from === whole.from && to === whole.to ? one : fraction(days, BigInt(daysBetween(whole.from, whole.to)));
    }
    default:
      return proration satisfies never;
  }
}

function cachedSpans(version: TariffVersion, from: string, to: string, timeZone: string): BucketSpan[] {
  const known = spanCache.get(version) ?? new Map<string, BucketSpan[]>();
  spanCache.set(version, known);
  const key = `${from}/${to}/${timeZone}`;
  const spans = known.get(key) ?? bucketSpans(version.timeOfUse, from, to, timeZone);
  known.set(key, spans);
  return spans;
}
