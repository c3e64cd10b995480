/**
 * What happens when a reading contradicts the checkpoint: one of the two is wrong, and it may be the checkpoint, if a
 * wild but plausible value was accepted when the reference moved on. Three readings of different times that agree
 * with each other and with the reference before outvote it; until then they are refused and remembered. A device
 * that was exchanged without a word contradicts the reference before as well, and stays refused.
 */
import { movement, type RegisterLimits, type RegisterPoint } from './advance.ts';
import { type Circumstances, checkReading } from './check-reading.ts';
import { limitsOf, type MeterState, segmentAt } from './meter-state.ts';
import type { ReportedReading } from './reading-message.ts';
import type { Rejection } from './rejection-reasons.ts';

/** Readings that agree before the checkpoint falls, the last one included. */
const votesNeeded = 3;
const keptDoubts = 4;

export type Verdict =
  /** The checkpoint was wrong; the reading is good and takes its place. */
  | 'overturned'
  /** The reading stays refused, and is remembered. */
  | 'doubted'
  /** The reading is wrong for other reasons too. */
  | 'upheld';

/** Judges a refused reading and changes the state accordingly. */
export function challengeCheckpoint(
  rejection: Rejection,
  reading: ReportedReading,
  state: MeterState,
  circumstances: Circumstances,
): Verdict {
  if (rejection.reason !== 'register_decreased' && rejection.reason !== 'register_jumped') return 'upheld';
  if (state.checkpoint === undefined) return 'upheld';
  const before: MeterState = { ...state, checkpoint: state.previous };
  if (checkReading(reading, before, circumstances) !== undefined) return 'upheld';
  const limits = limitsOf(segmentAt(state, reading.timeMs)!);
  const point = { time: reading.timeMs, register: reading.register };
  const others = (state.doubts ?? []).filter(({ time }) => time !== point.time);
  const allies = others.filter((doubt) => agree(doubt, point, limits));
  if (allies.length + 1 >= votesNeeded) {
    state.checkpoint = point;
    delete state.doubts;
    return 'overturned';
  }
  state.doubts = [...others, point].slice(-keptDoubts);
  return 'doubted';
}

function agree(a: RegisterPoint, b: RegisterPoint, limits: RegisterLimits): boolean {
  return typeof (a.time <= b.time ? movement(a, b, limits) : movement(b, a, limits)) === 'object';
}
