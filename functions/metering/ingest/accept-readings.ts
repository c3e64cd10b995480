/**
 * The one way into the store for readings, whether they came by MQTT, by the API or are tried again: judge, write,
 * publish, remember. Every step can be repeated without a second effect, so a batch that failed half-way is simply
 * given again.
 */
import type { RawItem } from '../../../layers/kernel/data/bulk.ts';
import { putAll } from '../../../layers/kernel/data/bulk.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { logger } from '../../../layers/kernel/observability/logger.ts';
import { challengeCheckpoint } from '../../../layers/metering/challenge-checkpoint.ts';
import { checkReading } from '../../../layers/metering/check-reading.ts';
import { type MeterState, segmentAt, stationAt } from '../../../layers/metering/meter-state.ts';
import type { ReadingSource } from '../../../layers/metering/reading-codec.ts';
import type { ReportedReading } from '../../../layers/metering/reading-message.ts';
import { type Rejection, reject } from '../../../layers/metering/rejection-reasons.ts';
import { readStates, type StateToSave, saveReferences } from '../meters/meter-states.ts';
import { readingsTable, toReadingItem } from '../readings/readings-store.ts';
import { publishReadings } from './publish-readings.ts';

/** A reading on its way in. */
export interface Arrival {
  session: TenantSession;
  reading: ReportedReading;
  /** The station whose topic it came by; undefined when it came by the API. */
  stationId: string | undefined;
  receivedMs: number;
  source: ReadingSource;
  /** Names the message or request; events are made recognisable by it. */
  origin: string;
}

export interface Accepted {
  arrival: Arrival;
  state: MeterState;
  stationId: string;
}

export interface Acceptance {
  /** For each arrival why it was refused, or undefined. */
  rejections: (Rejection | undefined)[];
  /** Origins whose readings could not be written or published for now: give them again. */
  unfinished: Set<string>;
}

/** The reference for later readings moves on when it is this old, in time of readings. */
const checkpointAgeMs = 6 * 3_600_000;

export async function acceptReadings(arrivals: readonly Arrival[]): Promise<Acceptance> {
  const states = await statesOf(arrivals);
  const changed = new Map<MeterState, TenantSession>();
  const accepted: Accepted[] = [];
  const rejections = arrivals.map((arrival) => {
    const { session, reading } = arrival;
    const state = states.get(session)!.get(reading.meterId);
    if (state === undefined) return reject('unknown_meter', `There is no meter "${reading.meterId}".`);
    const rejection = checkReading(reading, state, arrival);
    if (rejection !== undefined) {
      const verdict = challengeCheckpoint(rejection, reading, state, arrival);
      if (verdict !== 'upheld') changed.set(state, session);
      if (verdict !== 'overturned') return rejection;
    } else if (advanceCheckpoint(state, reading)) changed.set(state, session);
    const stationId = arrival.stationId ?? stationAt(state, reading.timeMs) ?? state.assignments[0]!.stationId;
    accepted.push({ arrival, state, stationId });
    return undefined;
  });
  const unfinished = await store(accepted);
  await remember([...changed].map(([state, session]) => ({ state, session })));
  return { rejections, unfinished };
}

async function statesOf(arrivals: readonly Arrival[]): Promise<Map<TenantSession, Map<string, MeterState>>> {
  const meterIds = new Map<TenantSession, Set<string>>();
  for (const { session, reading } of arrivals) {
    const ids = meterIds.get(session);
    if (ids === undefined) meterIds.set(session, new Set([reading.meterId]));
    else ids.add(reading.meterId);
  }
  const states = new Map<TenantSession, Map<string, MeterState>>();
  await Promise.all(
    [...meterIds].map(async ([session, ids]) => states.set(session, await readStates(session, [...ids]))),
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

/** Writes the readings, then publishes those that are written. */
async function store(accepted: readonly Accepted[]): Promise<Set<string>> {
  const byKey = new Map<string, { item: RawItem; entries: Accepted[] }>();
  for (const entry of accepted) {
    const item = toItem(entry);
    const key = keyText(item);
    const same = byKey.get(key);
    // A batch must not hold one key twice; a repeated reading is one row of one event.
    if (same === undefined) byKey.set(key, { item, entries: [entry] });
    else same.entries.push(entry);
  }
  const rows = [...byKey.values()];
  const unfinished = new Set<string>();
  for (const item of await putAll(
    readingsTable,
    rows.map((row) => row.item),
  )) {
    for (const { arrival } of byKey.get(keyText(item))!.entries) unfinished.add(arrival.origin);
    byKey.delete(keyText(item));
  }
  const written = unfinished.size === 0 ? rows : [...byKey.values()];
  for (const origin of await publishReadings(written.map(({ entries }) => entries[0]!))) unfinished.add(origin);
  return unfinished;
}

const keyText = (item: RawItem): string => `${item['pk']!.S}|${item['sk']!.S}`;

function toItem({ arrival: { session, reading, receivedMs, source }, state }: Accepted): RawItem {
  const { registers } = reading;
  if (registers !== undefined) {
    const known = knownRegisters(registers, segmentAt(state, reading.timeMs)?.registers);
    if (known === undefined) delete reading.registers;
    else reading.registers = known;
  }
  return toReadingItem(session, state.meterId, reading, receivedMs, source);
}

/** Only registers the meter is known to have are kept. */
function knownRegisters(
  registers: Record<string, number>,
  codes: readonly string[] | undefined,
): Record<string, number> | undefined {
  const known = Object.entries(registers).filter(([code]) => codes?.includes(code));
  return known.length === 0 ? undefined : Object.fromEntries(known);
}

/** A reference that is not saved costs nothing but a wider bound until the next reading. */
async function remember(changed: readonly StateToSave[]): Promise<void> {
  try {
    await saveReferences(changed);
  } catch (error) {
    logger.warn('references of meters not saved', { count: changed.length, error: error as Error });
  }
}
