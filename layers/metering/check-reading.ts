/**
 * Judges one reading by what is known of its meter. Every known point binds it in both directions of time: a later
 * register may not be smaller, an earlier one not larger, and neither further off than full power allows. A reading
 * that a working meter took passes whatever came before it, so the order of arrival cannot change what is accepted.
 */
import { movement, type RegisterLimits, type RegisterPoint } from './advance.ts';
import { limitsOf, type MeterState, type RegisterSegment, segmentAt, stationAt } from './meter-state.ts';
import type { ReportedReading } from './reading-message.ts';
import { isoTime } from './reading-time.ts';
import { fromUnits, modulusOf } from './register.ts';
import { type Rejection, reject } from './rejection-reasons.ts';

/** Clocks of devices may run ahead by this much. */
export const maxClockSkewMs = 5 * 60_000;
/** Older readings are of no use to any bill. */
export const maxAgeMs = 2 * 366 * 86_400_000;

export interface Circumstances {
  /** When the message reached us, milliseconds. */
  receivedMs: number;
  /** The station whose topic it came by; absent when a person entered it. */
  stationId?: string | undefined;
}

/** @returns why the reading is refused, or undefined when it is good */
export function checkReading(
  reading: ReportedReading,
  state: MeterState,
  { receivedMs, stationId }: Circumstances,
): Rejection | undefined {
  const { timeMs } = reading;
  if (timeMs > receivedMs + maxClockSkewMs)
    return reject('timestamp_in_future', `${isoTime(timeMs)} is after ${isoTime(receivedMs)}, when it was received.`);
  if (timeMs < receivedMs - maxAgeMs) return reject('timestamp_too_old', `${isoTime(timeMs)} is over two years old.`);
  const segment = segmentAt(state, timeMs);
  if (segment === undefined) return notInstalled(state, timeMs);
  if (stationId !== undefined && stationAt(state, timeMs) !== stationId)
    return reject(
      'meter_not_at_station',
      `Meter "${state.meterId}" was at ${stationAt(state, timeMs) ?? 'no station'} at ${isoTime(timeMs)}, not at ${stationId}.`,
    );
  return checkValues(reading, segment) ?? checkRegister({ time: timeMs, register: reading.register }, state, segment);
}

function notInstalled(state: MeterState, timeMs: number): Rejection {
  const last = state.segments.at(-1);
  if (last?.to !== undefined && timeMs >= last.to)
    return reject('meter_retired', `Meter "${state.meterId}" was taken out at ${isoTime(last.to)}.`);
  const from = state.segments[0]?.from;
  return reject(
    'meter_not_installed',
    from === undefined ? 'No device is installed.' : `The first device was installed at ${isoTime(from)}.`,
  );
}

function checkValues(reading: ReportedReading, segment: RegisterSegment): Rejection | undefined {
  const modulus = modulusOf(segment.digits);
  if (reading.register < 0 || reading.register >= modulus)
    return reject(
      'register_out_of_range',
      `${fromUnits(reading.register)} kWh does not fit a register of ${segment.digits} digits.`,
    );
  const { exportRegister, registers } = reading;
  if (exportRegister !== undefined && (exportRegister < 0 || exportRegister >= modulus))
    return reject('register_out_of_range', `Export register ${fromUnits(exportRegister)} kWh does not fit.`);
  if (registers !== undefined)
    for (const [code, units] of Object.entries(registers))
      if (units < 0 || units >= modulus)
        return reject('register_out_of_range', `Register ${code}: ${fromUnits(units)} kWh does not fit.`);
  return (
    outside('voltage', reading.voltage, 0, segment.maxVoltage, 'V') ??
    outside('current', reading.current, -segment.maxCurrent, segment.maxCurrent, 'A') ??
    outside('power_factor', reading.powerFactor, -1, 1, '') ??
    outside('power_kw', reading.powerKw, -segment.maxKw, segment.maxKw, 'kW') ??
    outside('frequency', reading.frequency, 0, 100, 'Hz')
  );
}

function outside(
  name: string,
  value: number | undefined,
  low: number,
  high: number,
  unit: string,
): Rejection | undefined {
  if (value === undefined || (value >= low && value <= high)) return undefined;
  return reject('value_out_of_range', `${name} ${value} is not between ${low} and ${high} ${unit}`.trimEnd());
}

function checkRegister(point: RegisterPoint, state: MeterState, segment: RegisterSegment): Rejection | undefined {
  const limits = limitsOf(segment);
  const { checkpoint } = state;
  if (checkpoint !== undefined && isInside(checkpoint.time, segment)) {
    const refusal = contradiction(point, checkpoint, limits);
    if (refusal) return refusal;
  }
  return contradictsNoted(point, segment);
}

/** What was read off the device when it came and when it went binds whatever it is said to have shown meanwhile. */
export function contradictsNoted(point: RegisterPoint, segment: RegisterSegment): Rejection | undefined {
  const limits = limitsOf(segment);
  if (segment.startRegister !== undefined && segment.from > 0) {
    const refusal = contradiction(point, { time: segment.from, register: segment.startRegister }, limits);
    if (refusal) return refusal;
  }
  if (segment.endRegister !== undefined && segment.to !== undefined)
    return contradiction(point, { time: segment.to, register: segment.endRegister }, limits);
  return undefined;
}

const isInside = (time: number, { from, to }: RegisterSegment): boolean =>
  time >= from && (to === undefined || time < to);

function contradiction(point: RegisterPoint, known: RegisterPoint, limits: RegisterLimits): Rejection | undefined {
  const forward = point.time >= known.time;
  let moved = forward ? movement(known, point, limits) : movement(point, known, limits);
  // At one and the same moment neither reading is the earlier one.
  if (point.time === known.time && moved === 'decreased') moved = movement(point, known, limits);
  if (typeof moved === 'object') return undefined;
  return reject(
    moved === 'decreased' ? 'register_decreased' : 'register_jumped',
    `${fromUnits(point.register)} kWh at ${isoTime(point.time)} does not go with ${fromUnits(known.register)} kWh at ${isoTime(known.time)}.`,
  );
}
