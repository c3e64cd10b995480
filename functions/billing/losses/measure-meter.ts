/** What one meter adds to a loss report: what it measured on the days it counts, and what was billed or sold for the same days. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { isAppError } from '../../../layers/kernel/errors/app-error.ts';
import { dayStart, daysBetween } from '../../../layers/tariff/calendar.ts';
import { type BucketUsage, usageBetween } from '../../metering/contract.ts';
import type { Period } from './area-meters.ts';
import { type BilledShare, type BillReader, noShare, plus, shareOf } from './billed-energy.ts';
import { clip } from './day-spans.ts';
import type { PlannedMeter, PlannedPlace } from './loss-report-entity.ts';
import type { LossLine } from './loss-report-schema.ts';
import type { PowerReader } from './power-input.ts';
import { daysIn } from './report-days.ts';
import { type MeterSupplies, suppliesOfMeter } from './supplies-of-meter.ts';

export interface MeasuringTools {
  session: TenantSession;
  timeZone: string;
  rows: readonly Period[];
  bills: BillReader;
  /** What was integrated for the page. */
  power: PowerReader;
}

/** Of one meter in one area and row of days. Energies are millionths of a kWh. */
export interface MeasuredLine {
  area: number;
  row: number;
  role: LossLine['role'];
  days: number;
  /** Undefined when no readings tell. */
  importUnits: bigint | undefined;
  exportUnits: bigint | undefined;
  estimatedUnits: bigint;
  unreadDays: number;
  isComplete: boolean;
  isKnownMeter: boolean;
  /** Whether it is power integrated over time. */
  isIntegrated?: true;
  /** Whether another area counts the same input. */
  isShared?: true;
  billed: BilledShare;
  sold: bigint;
  unbilled: bigint;
  withoutSupply: bigint;
}

const noSupplies: MeterSupplies = { billed: [], sold: [], standingOf: () => 'input', edges: [] };

export async function measureMeter(
  { session, timeZone, rows, bills }: MeasuringTools,
  { meterId, places }: PlannedMeter,
): Promise<MeasuredLine[]> {
  const pieces = piecesOf(places, rows);
  const all = pieces.flatMap(({ spans }) => spans);
  const whole = {
    from: all.map(({ from }) => from).sort()[0]!,
    to: all
      .map(({ to }) => to)
      .sort()
      .at(-1)!,
  };
  const supplies = pieces.some(({ role }) => role === 'output')
    ? await suppliesOfMeter(session, meterId, whole, timeZone, bills)
    : noSupplies;
  const edges = [...all.flatMap(({ from, to }) => [from, to]), ...supplies.edges];
  const usage = await usageBySegment(session, meterId, whole, edges, timeZone);
  return pieces.map(({ spans, ...place }) => ({
    ...place,
    ...measured(spans, usage.segments, supplies),
    isKnownMeter: usage.isKnown,
    ...(place.role === 'output' ? chargedFor(spans, supplies) : { billed: noShare, sold: 0n }),
  }));
}

/** Places by rows of days. */
export const piecesOf = (places: readonly PlannedPlace[], rows: readonly Period[]) =>
  places.flatMap(({ spans, ...place }) =>
    rows.flatMap((days, row) => {
      const own = spans.flatMap((span) => clip(span, days) ?? []);
      return own.length === 0 ? [] : [{ ...place, row, spans: own }];
    }),
  );

interface Segment extends Period {
  usage: BucketUsage | undefined;
}

/** @param edges days on which something about the meter changes */
async function usageBySegment(
  session: TenantSession,
  meterId: string,
  whole: Period,
  edges: readonly string[],
  timeZone: string,
): Promise<{ segments: Segment[]; isKnown: boolean }> {
  const days = [...new Set(edges)].filter((day) => day >= whole.from && day <= whole.to).sort();
  const segments = days.slice(1).map((to, i) => ({ from: days[i]!, to }));
  const buckets = segments.map(({ from, to }) => ({ start: dayStart(from, timeZone), end: dayStart(to, timeZone) }));
  try {
    const usage = await usageBetween(session, meterId, buckets);
    return { segments: segments.map((each, i) => ({ ...each, usage: usage[i] })), isKnown: true };
  } catch (error) {
    // One meter that is gone does not keep a report of thousands from its end.
    if (!isAppError(error) || error.code !== 'not_found') throw error;
    return { segments: segments.map((each) => ({ ...each, usage: undefined })), isKnown: false };
  }
}

function measured(spans: readonly Period[], segments: readonly Segment[], { standingOf }: MeterSupplies) {
  const own = segments.filter((segment) => spans.some((span) => clip(segment, span) !== undefined));
  const sum = (
    select: (usage: BucketUsage) => bigint | undefined,
    counts: (segment: Segment) => boolean = () => true,
  ): bigint => own.filter(counts).reduce((units, { usage }) => units + ((usage && select(usage)) ?? 0n), 0n);
  const taken = ({ importUnits }: BucketUsage): bigint | undefined => importUnits;
  const isRead = own.some(({ usage }) => usage?.importUnits !== undefined);
  const hasExport = own.some(({ usage }) => usage?.exportUnits !== undefined);
  return {
    days: daysIn(spans),
    importUnits: isRead ? sum(taken) : undefined,
    exportUnits: hasExport ? sum(({ exportUnits }) => exportUnits) : undefined,
    estimatedUnits: sum(({ estimated, importUnits }) => (estimated ? importUnits : 0n)),
    unreadDays: own.reduce(
      (days, { usage, from, to }) => days + (usage?.importUnits === undefined ? daysBetween(from, to) : 0),
      0,
    ),
    isComplete: own.every(({ usage }) => usage?.billable === true),
    unbilled: sum(taken, ({ from }) => standingOf(from) === 'unbilled'),
    withoutSupply: sum(taken, ({ from }) => standingOf(from) === 'without_supply'),
  };
}

function chargedFor(spans: readonly Period[], { billed, sold }: MeterSupplies) {
  return {
    billed: spans.reduce(
      (share, span) => billed.reduce((total, stretch) => plus(total, shareOf(stretch, span)), share),
      noShare,
    ),
    sold: sold.reduce(
      (units, token) => units + (spans.some(({ from, to }) => from <= token.day && token.day < to) ? token.units : 0n),
      0n,
    ),
  };
}
