/** The intervals a bill stands on, as a trace shows them: what each was measured to, how it came about, which readings are around it. */
import { isoTime } from '../../../layers/metering/reading-time.ts';
import { fromUnits, toUnits } from '../../../layers/metering/register.ts';
import type { BucketUsage, UsageOfMoment } from '../../metering/contract.ts';
import type { SuppliedBill } from './invoice-schema.ts';
import type { TracedEstimate, TracedInterval } from './trace-schema.ts';

/** What the invoice keeps of its estimates. */
export const estimatesOf = (supplied: SuppliedBill & { estimates?: TracedEstimate[] | undefined }): TracedEstimate[] =>
  supplied.estimates ?? [];

/** What the intervals come to: millionths of a kWh, or of a kvarh. */
export interface MeasuredUnits {
  /** Of those that were not estimated. */
  taken: bigint;
  fedIn: bigint;
  reactive: bigint;
}

export function tracedIntervals(
  supplied: SuppliedBill,
  { usage, readings }: UsageOfMoment,
): { intervals: TracedInterval[]; measured: MeasuredUnits } {
  const estimated = estimatedStarts(supplied, usage);
  const times = readings.map(({ time }) => time);
  let [next, closing] = [0, 0];
  const measured = { taken: 0n, fedIn: 0n, reactive: 0n };
  const intervals = usage.map((bucket): TracedInterval => {
    const [start, end] = [isoTime(bucket.start), isoTime(bucket.end)];
    // Times of one form compare as text; intervals follow one another, so the search never goes back.
    while (next < times.length && times[next]! <= start) next++;
    while (closing < times.length && times[closing]! < end) closing++;
    const [openedBy, closedBy] = [times[next - 1], times[closing]];
    const isEstimated = estimated.has(bucket.start);
    const edits = [...(bucket.stretches ?? []), ...(bucket.otherStretches ?? [])].map(({ id }) => id);
    if (!isEstimated) measured.taken += bucket.importUnits ?? 0n;
    measured.fedIn += bucket.exportUnits ?? 0n;
    measured.reactive += bucket.reactiveUnits ?? 0n;
    return {
      from: start,
      to: end,
      importKwh: isEstimated ? null : fromUnits(bucket.importUnits ?? 0n),
      ...(bucket.exportUnits === undefined ? {} : { exportKwh: fromUnits(bucket.exportUnits) }),
      ...(bucket.reactiveUnits === undefined ? {} : { reactiveKvarh: fromUnits(bucket.reactiveUnits) }),
      origin: isEstimated ? 'estimated' : originOf(bucket),
      flags: bucket.flags,
      ...(edits.length === 0 ? {} : { edits }),
      ...(openedBy === undefined ? {} : { openedBy }),
      ...(closedBy === undefined ? {} : { closedBy }),
    };
  });
  return { intervals, measured };
}

/**
 * Where the invoice names a stretch, all of it; otherwise, and where it put many stretches together, what nothing could be
 * measured of.
 */
function estimatedStarts(supplied: SuppliedBill, usage: readonly BucketUsage[]): Set<number> {
  if (!supplied.bill.estimated && toUnits(supplied.estimatedKwh) === 0) return new Set();
  const stretches = estimatesOf(supplied);
  const unmeasured = (buckets: readonly BucketUsage[]): BucketUsage[] =>
    buckets.filter(({ importUnits, billable }) => importUnits === undefined || !billable);
  const chosen =
    stretches.length === 0
      ? unmeasured(usage)
      : stretches.flatMap(({ from, to, intervals }) => {
          const within = usage.filter(({ start, end }) => start >= Date.parse(from) && end <= Date.parse(to));
          return within.length === intervals ? within : unmeasured(within);
        });
  return new Set(chosen.map(({ start }) => start));
}

function originOf({ edited, estimated }: BucketUsage): TracedInterval['origin'] {
  if (edited) return 'edited';
  return estimated ? 'interpolated' : 'measured';
}
