/**
 * Cuts a billing period where another version of the tariff begins, and where days of the year say so. Each part is priced by
 * its own version, with its own share of a month and its own energy, and the parts sum to the whole.
 */
import { type Fraction, fraction, one } from '../money/fraction.ts';
import { addDays, calendarMonths, daysBetween, earlier, holdsOn, later } from './calendar.ts';
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

/** Versions that hold on some of the days, in order, with the first day each no longer does: one ends where the next begins, if not before. */
export function versionsInForce(
  versions: readonly TariffVersion[],
  days: { from: string; to: string },
): { version: TariffVersion; to: string }[] {
  const inOrder = [...versions].sort((a, b) => (a.from < b.from ? -1 : 1));
  return inOrder
    .map((version, i) => ({
      version,
      to: [version.to, inOrder[i + 1]?.from].reduce<string>((a, b) => (b === undefined ? a : earlier(a, b)), days.to),
    }))
    .filter(({ version, to }) => version.from < days.to && to > days.from);
}

/** @throws RatingError `period`, `no_tariff`, `currency_change` */
export function cutSegments(versions: readonly TariffVersion[], facts: BillingFacts): Segment[] {
  if (facts.from >= facts.to) throw new RatingError('period', `The period ${facts.from} to ${facts.to} has no day.`);
  const inForce = versionsInForce(versions, facts);
  const segments: Segment[] = [];
  let at = facts.from;
  for (const { version, to } of inForce) {
    const start = later(version.from, facts.from);
    if (start !== at) throw new RatingError('no_tariff', `No version of the tariff holds on ${at}.`);
    if (version.currency !== inForce[0]!.version.currency)
      throw new RatingError(
        'currency_change',
        'The tariff changes its currency within the period: bill the parts by themselves.',
      );
    for (const part of partsWithin(version, start, to)) segments.push(segmentOf(version, part.from, part.to, facts));
    at = to;
  }
  if (at !== facts.to) throw new RatingError('no_tariff', `No version of the tariff holds on ${at}.`);
  return segments;
}

/** Cut where a component begins or ends to hold in the year, and where a year of banked energy ends; mostly one part. */
function partsWithin(version: TariffVersion, from: string, to: string): { from: string; to: string }[] {
  const seasonal = version.components.flatMap(({ during }) => (during === undefined ? [] : [during]));
  if (seasonal.length === 0 && bankYearStart(version) === undefined) return [{ from, to }];
  const holding = (date: string): string => seasonal.map((during) => Number(holdsOn(during, date))).join('');
  const parts: { from: string; to: string }[] = [];
  let last: string | undefined;
  for (let date = from; date < to; date = addDays(date, 1)) {
    const now = holding(date);
    if (now === last && !endsBankYear({ version, to: date })) parts.at(-1)!.to = addDays(date, 1);
    else parts.push({ from: date, to: addDays(date, 1) });
    last = now;
  }
  return parts;
}

/** Whether banked energy is settled with the day before `to`, by the version that holds on it. */
export const endsBankYear = ({ version, to }: Pick<Segment, 'version' | 'to'>): boolean =>
  to.slice(5) === bankYearStart(version);

/** The day of every year, such as `04-01`, that the month of settlement is over. */
function bankYearStart({ export: fedIn }: TariffVersion): string | undefined {
  if (fedIn?.mode !== 'net_energy' || fedIn.settledIn === undefined) return undefined;
  return `${String((fedIn.settledIn % 12) + 1).padStart(2, '0')}-01`;
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
