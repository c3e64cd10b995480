/**
 * Judges arrivals by the states of their meters. States are read cheaply first, which may show a moment ago; only what
 * that would refuse is judged again by what is true now, so a meter registered or exchanged a second before is known.
 */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { challengeCheckpoint } from '../../../layers/metering/challenge-checkpoint.ts';
import { checkReading } from '../../../layers/metering/check-reading.ts';
import { type MeterState, stationAt } from '../../../layers/metering/meter-state.ts';
import type { ReportedReading } from '../../../layers/metering/reading-message.ts';
import { type Rejection, type RejectionReason, reject } from '../../../layers/metering/rejection-reasons.ts';
import { readStates, type StateToSave } from '../meters/meter-states.ts';
import type { Accepted, Arrival } from './accept-readings.ts';

export interface Judgement {
  accepted: Accepted[];
  /** For each arrival why it was refused, or undefined. */
  rejections: (Rejection | undefined)[];
  /** Meters whose references moved. */
  changed: StateToSave[];
}

type States = Map<TenantSession, Map<string, MeterState>>;

/** The reference for later readings moves on when it is this old, in time of readings. */
const checkpointAgeMs = 6 * 3_600_000;

/** Reasons that a state of a moment ago can give wrongly. */
const mayBeStale = new Set<RejectionReason>([
  'unknown_meter',
  'meter_not_at_station',
  'meter_not_installed',
  'meter_retired',
  'register_out_of_range',
  'value_out_of_range',
  'register_decreased',
  'register_jumped',
]);

export async function judgeReadings(arrivals: readonly Arrival[]): Promise<Judgement> {
  const changed = new Map<string, StateToSave>();
  const accepted: Accepted[] = [];
  const accept = (arrival: Arrival, state: MeterState, referenceMoved: boolean): void => {
    const { session, reading } = arrival;
    const stationId = arrival.stationId ?? stationAt(state, reading.timeMs) ?? state.assignments[0]!.stationId;
    accepted.push({ arrival, state, stationId });
    if (referenceMoved) changed.set(`${session.tenantId} ${state.meterId}`, { session, state });
  };

  const states = await statesOf(arrivals, false);
  const rejections = arrivals.map((arrival) => {
    const state = states.get(arrival.session)!.get(arrival.reading.meterId);
    const rejection = check(arrival, state);
    if (rejection === undefined) accept(arrival, state!, advanceCheckpoint(state!, arrival.reading));
    return rejection;
  });

  const doubtful = arrivals.flatMap((_, i) => (rejections[i] && mayBeStale.has(rejections[i].reason) ? [i] : []));
  if (doubtful.length > 0) {
    const present = await statesOf(
      doubtful.map((i) => arrivals[i]!),
      true,
    );
    for (const i of doubtful) {
      const arrival = arrivals[i]!;
      const { session, reading } = arrival;
      const state = present.get(session)!.get(reading.meterId);
      // What this batch has established already is not in the table yet.
      const moved = state && changed.get(`${session.tenantId} ${state.meterId}`)?.state;
      if (moved !== undefined) Object.assign(state!, { checkpoint: moved.checkpoint, previous: moved.previous });
      const rejection = check(arrival, state);
      rejections[i] = rejection;
      if (rejection === undefined) {
        accept(arrival, state!, advanceCheckpoint(state!, reading));
      } else if (state !== undefined) {
        const verdict = challengeCheckpoint(rejection, reading, state, arrival);
        if (verdict === 'doubted') changed.set(`${session.tenantId} ${state.meterId}`, { session, state });
        if (verdict === 'overturned') {
          rejections[i] = undefined;
          accept(arrival, state, true);
        }
      }
    }
  }
  return { accepted, rejections, changed: [...changed.values()] };
}

function check(arrival: Arrival, state: MeterState | undefined): Rejection | undefined {
  if (state === undefined) return reject('unknown_meter', `There is no meter "${arrival.reading.meterId}".`);
  return checkReading(arrival.reading, state, arrival);
}

async function statesOf(arrivals: readonly Arrival[], consistent: boolean): Promise<States> {
  const meterIds = new Map<TenantSession, Set<string>>();
  for (const { session, reading } of arrivals) {
    const ids = meterIds.get(session);
    if (ids === undefined) meterIds.set(session, new Set([reading.meterId]));
    else ids.add(reading.meterId);
  }
  const states: States = new Map();
  await Promise.all(
    [...meterIds].map(async ([session, ids]) => states.set(session, await readStates(session, [...ids], consistent))),
  );
  return states;
}

/** Moves the reference, in memory too, so that the rest of the batch is judged by it. */
function advanceCheckpoint(state: MeterState, { timeMs, register }: ReportedReading): boolean {
  const { checkpoint } = state;
  if (checkpoint !== undefined && timeMs < checkpoint.time + checkpointAgeMs) return false;
  state.previous = checkpoint;
  state.checkpoint = { time: timeMs, register };
  delete state.doubts;
  return true;
}
