/**
 * What must be known of a meter to judge its readings: where it was when, which registers it had when, and one
 * reading known to be good. Small enough to be one item, so that judging a reading costs one small read.
 */
import type { RegisterLimits, RegisterPoint } from './advance.ts';
import { modulusOf, resolutionOf } from './register.ts';

/** One device at the metering point, from its installation to its exchange. */
export interface RegisterSegment {
  /** Milliseconds; 0 when the installation date is unknown. */
  from: number;
  /** Milliseconds, exclusive; absent while it is installed. */
  to?: number;
  serial: string;
  digits: number;
  decimals: number;
  /** Units it showed at `from`, if known. */
  startRegister?: number;
  /** Units it showed at `to`, if known. */
  endRegister?: number;
  /** The most the metering point can draw, in primary kilowatts. */
  maxKw: number;
  /** Factor from the register to primary energy; 1 when the register already counts primary energy. */
  multiplier: number;
  /** Highest plausible voltage and current, primary. */
  maxVoltage: number;
  maxCurrent: number;
  /** OBIS codes of the registers it has besides the main one. */
  registers?: string[];
}

export interface StationAssignment {
  stationId: string;
  /** Milliseconds; the meter is at the station from then until the next assignment. */
  from: number;
}

/** What changes seldom: rewritten when somebody edits, exchanges or moves the meter. */
export interface MeterProfile {
  meterId: string;
  status: string;
  /** In order of time. */
  segments: RegisterSegment[];
  /** In order of time; empty when the meter is in no station. */
  assignments: StationAssignment[];
}

export interface MeterState extends MeterProfile {
  /** An accepted reading; any one will do, a recent one bounds best. */
  checkpoint?: RegisterPoint | undefined;
  /** The checkpoint before, to fall back on when the present one turns out wrong. */
  previous?: RegisterPoint | undefined;
  /** Refused readings that speak against the checkpoint. */
  doubts?: RegisterPoint[];
}

export function segmentAt(profile: MeterProfile, time: number): RegisterSegment | undefined {
  return profile.segments.findLast(({ from, to }) => time >= from && (to === undefined || time < to));
}

export function stationAt(profile: MeterProfile, time: number): string | undefined {
  return profile.assignments.findLast(({ from }) => time >= from)?.stationId;
}

export function limitsOf(segment: RegisterSegment): RegisterLimits {
  return {
    modulus: modulusOf(segment.digits),
    resolution: resolutionOf(segment.decimals),
    maxKw: segment.maxKw / segment.multiplier,
  };
}
