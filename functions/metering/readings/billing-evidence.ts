/** Everything a bill wants to know of a meter over a period, from one read of its readings: energies, and what speaks against them. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { ConsumptionFlag } from '../../../layers/metering/consumption.ts';
import { type RegisterSegment, segmentAt } from '../../../layers/metering/meter-state.ts';
import { modulusOf, toUnits } from '../../../layers/metering/register.ts';
import { profileOf } from '../meters/meter-profile.ts';
import type { Meter } from '../meters/meter-schema.ts';
import { readWithEdits } from './consumption-of-meter.ts';
import { unheardEnergies, untoldEnergies } from './energy-of-meter.ts';
import { reduced } from './obis-codes.ts';
import type { MeterReading } from './readings-store.ts';
import { type BucketUsage, usageFrom } from './usage-of-meter.ts';
import type { OtherEnergy } from './wider-readings.ts';

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
  /** Energies the meter told of, and then did not up to the end. */
  untold: OtherEnergy[];
  /** Energies it should be able to tell of, and never did. */
  unheard: OtherEnergy[];
  phases?: Parts;
  rates?: Parts;
  /** What the meter says it counted in its messages, where each says it. */
  reported?: Parts;
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
  const evidence = await readWithEdits(session, meter, buckets);
  const { readings } = evidence;
  const usage = usageFrom(evidence, meter, buckets);
  const [start, end] = [buckets[0]!.start, buckets.at(-1)!.end];
  const within = readings.filter(({ timeMs }) => timeMs >= start && timeMs <= end);
  const phases = partsOf(meter, within, (code) => phaseCodes.includes(code), phaseCodes.length);
  const reported = reportedOf(meter, within);
  const rates = partsOf(meter, within, (code) => ratePattern.test(code));
  const clockOffsetMs = clockOffset(within);
  return {
    meterType: meter.type,
    ...(meter.status === 'disconnected' && meter.statusAt !== undefined ? { disconnectedSince: meter.statusAt } : {}),
    buckets: withGaps(usage, readings),
    untold: untoldEnergies(meter, evidence, buckets),
    unheard: unheardEnergies(meter, evidence, buckets),
    ...(phases === undefined ? {} : { phases }),
    ...(rates === undefined ? {} : { rates }),
    ...(reported === undefined ? {} : { reported }),
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

function reportedOf(meter: Meter, readings: readonly MeterReading[]): Parts | undefined {
  const [segment, own] = ofLastDevice(meter, readings);
  const [first, ...rest] = own;
  const last = rest.at(-1);
  // What a person decided, and what people read, is no count of the device.
  if (segment === undefined || first === undefined || last === undefined) return undefined;
  if (own.some(({ edit }) => edit !== undefined)) return undefined;
  const parts = rest.map(({ reportedConsumptionKwh }) => toUnits(reportedConsumptionKwh));
  if (!parts.every((units) => units !== undefined)) return undefined;
  return { parts: parts.map(BigInt), total: gained(segment, first.register, last.register) };
}

/** The device that was installed last, with its readings. */
function ofLastDevice(
  meter: Meter,
  readings: readonly MeterReading[],
): [RegisterSegment | undefined, readonly MeterReading[]] {
  const last = readings.at(-1);
  const segment = last && segmentAt(profileOf(meter), last.timeMs);
  return [segment, segment === undefined ? [] : readings.filter(({ timeMs }) => timeMs >= segment.from)];
}

/** A smaller later value has passed the last digit. */
const gained = ({ digits }: RegisterSegment, from: number, to: number): bigint =>
  BigInt(to < from ? to - from + modulusOf(digits) : to - from);

/** Only over readings of one device that carry all the parts. @param least so many of them */
function partsOf(
  meter: Meter,
  readings: readonly MeterReading[],
  isPart: (code: string) => boolean,
  least = 2,
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
  const [segment, own] = ofLastDevice(meter, readings);
  const last = own.findLast((reading) => valuesOf(reading).length >= least);
  const first = last && own.find((reading) => codesOf(reading) === codesOf(last));
  if (segment === undefined || last === undefined || first === undefined || first === last) return undefined;
  const [earlier, later] = [valuesOf(first), valuesOf(last)];
  return {
    parts: later.map(([, units], i) => gained(segment, earlier[i]![1], units)),
    total: gained(segment, first.register, last.register),
  };
}

function clockOffset(readings: readonly MeterReading[]): number | undefined {
  const lags = readings.filter(({ source }) => source === 'mqtt').map(({ timeMs, receivedMs }) => receivedMs - timeMs);
  return lags.length === 0 ? undefined : -lags.reduce((least, lag) => (lag < least ? lag : least));
}
