/** Measurements of an outstation as samples: quality from flags, double-bit states by name, times as they came. */
import { doubleBitState, type FlagName, type Measurement, qualityNames } from '../../protocols/dnp3/index.ts';
import type { PointValue, Quality, Sample } from '../../runtime/driver.ts';
import type { Dnp3Point } from './point.ts';

/** A value that is not the plant's any more. */
const bad: ReadonlySet<FlagName> = new Set(['COMM_LOST']);
/** The plant's perhaps, with a reservation. */
const uncertain: ReadonlySet<FlagName> = new Set([
  'RESTART',
  'REMOTE_FORCED',
  'LOCAL_FORCED',
  'CHATTER_FILTER',
  'OVER_RANGE',
  'REFERENCE_ERR',
  'DISCONTINUITY',
]);

export function qualityOf(measurement: Measurement): { quality: Quality; reason?: string } {
  // Octet strings carry no flags.
  if (measurement.kind === 'octet_string') return { quality: 'good' };
  const names = qualityNames(measurement);
  const faults = names.filter((name) => bad.has(name) || uncertain.has(name));
  const isOnline = names.includes('ONLINE');
  if (!isOnline) faults.unshift('OFFLINE' as FlagName);
  if (faults.length === 0) return { quality: 'good' };
  return {
    quality: !isOnline || faults.some((name) => bad.has(name)) ? 'bad' : 'uncertain',
    reason: faults.join(', '),
  };
}

const doubleBitNames = ['intermediate', 'off', 'on', 'indeterminate'] as const;

/** Many devices send strings of one length, filled up with zeros. */
function withoutPadding(octets: Buffer): string {
  let end = octets.length;
  while (end > 0 && octets[end - 1] === 0) end -= 1;
  return octets.toString('utf8', 0, end);
}

function pointValue({ value }: Measurement, { kind, dataType }: Dnp3Point): PointValue | undefined {
  if (Buffer.isBuffer(value)) return dataType === 'string' ? withoutPadding(value) : new Uint8Array(value);
  if (kind !== 'double_bit_input' || typeof value !== 'number') return value;
  if (dataType === 'double_bit') return doubleBitNames[value];
  if (dataType !== 'boolean') return value;
  return value === doubleBitState.on ? true : value === doubleBitState.off ? false : undefined;
}

export function sampleOf(pointId: string, measurement: Measurement, point: Dnp3Point): Sample {
  const sample: Sample = { pointId, value: pointValue(measurement, point), ...qualityOf(measurement) };
  if (sample.value === undefined) {
    sample.quality = 'bad';
    sample.reason ??= doubleBitNames[measurement.value as number] ?? 'no value';
  }
  if (measurement.timeMs !== undefined) sample.sourceTimeMs = measurement.timeMs;
  if (measurement.isTimeUncertain) sample.sourceTimeUncertain = true;
  if (measurement.isEvent) sample.isEvent = true;
  return sample;
}
