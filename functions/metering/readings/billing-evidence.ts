/** Everything a bill wants to know of a meter over a period, from one read of its readings: energies, and what speaks against them. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { ConsumptionFlag } from '../../../layers/metering/consumption.ts';
import { segmentAt } from '../../../layers/metering/meter-state.ts';
import { modulusOf } from '../../../layers/metering/register.ts';
import { profileOf } from '../meters/meter-profile.ts';
import type { Meter } from '../meters/meter-schema.ts';
import { readWithEdits } from './consumption-of-meter.ts';
import type { MeterReading } from './readings-store.ts';
import { type BucketUsage, usageFrom } from './usage-of-meter.ts';

interface Stretch {
  from: number;
  to: number;
}

/** What parts of a register gained, and the whole meanwhile; register units. */
interface Parts {
  parts: bigint[];
  total: bigint;
}

export interface BillingEvidence {
  meterType: Meter['type'];
  /** Since when the relay has been open, ISO 8601; missing while it is closed. */
  disconnectedSince?: string;
  buckets: (BucketUsage & { gapMs?: number })[];
  phases?: Parts;
  rates?: Parts;
  /** How far the meter's clock is ahead of ours, milliseconds: by the message that was held back least. */
  clockOffsetMs?: number;
  /** Moments with readings that contradict each other. */
  conflicts: number[];
  rollOvers: Stretch[];
  broken: Stretch[];
  unmeasured: Stretch[];
}

/** Active energy taken, by phase (IEC 62056-6-1, value group C 21, 41, 61) and by rate (value group E). */
const phaseCodes = ['21.8.0', '41.8.0', '61.8.0'];
const ratePattern = /^1\.8\.[1-9]$/;

/** @param buckets in order of time, without gaps */
export async function billingEvidence(
  session: TenantSession,
  meter: Meter,
  buckets: readonly { start: number; end: number }[],
): Promise<BillingEvidence> {
  const [readings, stretches] = await readWithEdits(session, meter, buckets);
  const usage = usageFrom([readings, stretches], meter, buckets);
  const [start, end] = [buckets[0]!.start, buckets.at(-1)!.end];
  const within = readings.filter(({ timeMs }) => timeMs >= start && timeMs <= end);
  const phases = partsOf(meter, within, (code) => phaseCodes.includes(code));
  const rates = partsOf(meter, within, (code) => ratePattern.test(code));
  const clockOffsetMs = clockOffset(within);
  return {
    meterType: meter.type,
    ...(meter.status === 'disconnected' && meter.statusAt !== undefined ? { disconnectedSince: meter.statusAt } : {}),
    buckets: withGaps(usage, readings),
    ...(phases === undefined ? {} : { phases }),
    ...(rates === undefined ? {} : { rates }),
    ...(clockOffsetMs === undefined ? {} : { clockOffsetMs }),
    conflicts: within.flatMap(({ timeMs }, i) => (i > 0 && within[i - 1]!.timeMs === timeMs ? [timeMs] : [])),
    rollOvers: stretchesOf(usage, 'rolled_over'),
    broken: stretchesOf(usage, 'register_broken'),
    unmeasured: stretchesOf(usage, 'unmeasured'),
  };
}

/** Buckets that carry a flag, side by side as one. */
function stretchesOf(usage: readonly BucketUsage[], flag: ConsumptionFlag): Stretch[] {
  const stretches: Stretch[] = [];
  for (const { start, end, flags } of usage) {
    if (!flags.includes(flag)) continue;
    const last = stretches.at(-1);
    if (last?.to === start) last.to = end;
    else stretches.push({ from: start, to: end });
  }
  return stretches;
}

/** How long the meter was silent around each bucket that no reading falls into. */
function withGaps(usage: readonly BucketUsage[], readings: readonly MeterReading[]): BillingEvidence['buckets'] {
  let next = 0;
  return usage.map((bucket) => {
    while (next < readings.length && readings[next]!.timeMs <= bucket.start) next++;
    const [before, after] = [readings[next - 1], readings[next]];
    if (before === undefined || after === undefined || after.timeMs < bucket.end) return bucket;
    if (bucket.stretches !== undefined) return bucket;
    return { ...bucket, gapMs: after.timeMs - before.timeMs };
  });
}

/** Only over readings of one device that carry all the parts. */
function partsOf(
  meter: Meter,
  readings: readonly MeterReading[],
  isPart: (code: string) => boolean,
): Parts | undefined {
  const valuesOf = ({ registers = {} }: MeterReading): [string, number][] =>
    Object.entries(registers)
      .map(([code, units]): [string, number] => [reduced(code), units])
      .filter(([code]) => isPart(code))
      .sort(([a], [b]) => (a < b ? -1 : 1));
  const codesOf = (reading: MeterReading): string =>
    valuesOf(reading)
      .map(([code]) => code)
      .join();
  const last = readings.findLast((reading) => valuesOf(reading).length > 1);
  if (last === undefined) return undefined;
  const segment = segmentAt(profileOf(meter), last.timeMs);
  const first = readings.find((reading) => codesOf(reading) === codesOf(last));
  if (segment === undefined || first === undefined || first.timeMs < segment.from || first === last) return undefined;
  const gained = (from: number, to: number): bigint =>
    BigInt(to < from ? to - from + modulusOf(segment.digits) : to - from);
  const [earlier, later] = [valuesOf(first), valuesOf(last)];
  return {
    parts: later.map(([, units], i) => gained(earlier[i]![1], units)),
    total: gained(first.register, last.register),
  };
}

/** `1-0:1.8.1*255` is `1.8.1`. */
const reduced = (code: string): string => code.replace(/^\d+-\d+:/, '').replace(/\*\d+$/, '');

function clockOffset(readings: readonly MeterReading[]): number | undefined {
  const lags = readings.filter(({ source }) => source === 'mqtt').map(({ timeMs, receivedMs }) => receivedMs - timeMs);
  return lags.length === 0 ? undefined : -lags.reduce((least, lag) => (lag < least ? lag : least));
}
