/**
 * The one way into the store for readings, whether they came by MQTT, by the API or are tried again: judge, write,
 * publish, remember. Every step can be repeated without a second effect, so a batch that failed half-way is simply
 * given again.
 */
import type { RawItem } from '../../../layers/kernel/data/bulk.ts';
import { putAll } from '../../../layers/kernel/data/bulk.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { logger } from '../../../layers/kernel/observability/logger.ts';
import { type MeterState, segmentAt } from '../../../layers/metering/meter-state.ts';
import type { ReadingSource } from '../../../layers/metering/reading-codec.ts';
import type { ReportedReading } from '../../../layers/metering/reading-message.ts';
import type { Rejection } from '../../../layers/metering/rejection-reasons.ts';
import { type StateToSave, saveReferences } from '../meters/meter-states.ts';
import { readingsTable, toReadingItem } from '../readings/readings-store.ts';
import { judgeReadings } from './judge-readings.ts';
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
  /** `{station}/{device}` of its topic. */
  via?: string | undefined;
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

export async function acceptReadings(arrivals: readonly Arrival[]): Promise<Acceptance> {
  const { accepted, rejections, changed } = await judgeReadings(arrivals);
  const unfinished = await store(accepted);
  await remember(changed);
  return { rejections, unfinished };
}

/** Writes the readings, then publishes those that are written. */
async function store(accepted: readonly Accepted[]): Promise<Set<string>> {
  const items: RawItem[] = [];
  const entryOf = new Map<string, Accepted>();
  const repetitions: { key: string; origin: string }[] = [];
  for (const entry of accepted) {
    const item = toItem(entry);
    const key = keyText(item);
    // A batch must not hold one key twice; a repeated reading is one row of one event.
    if (entryOf.has(key)) {
      repetitions.push({ key, origin: entry.arrival.origin });
      continue;
    }
    entryOf.set(key, entry);
    items.push(item);
  }
  const unfinished = new Set<string>();
  for (const item of await putAll(readingsTable, items)) {
    const key = keyText(item);
    unfinished.add(entryOf.get(key)!.arrival.origin);
    entryOf.delete(key);
  }
  for (const { key, origin } of repetitions) if (!entryOf.has(key)) unfinished.add(origin);
  for (const origin of await publishReadings([...entryOf.values()])) unfinished.add(origin);
  return unfinished;
}

const keyText = (item: RawItem): string => `${item['pk']!.S}|${item['sk']!.S}`;

function toItem({ arrival: { session, reading, receivedMs, source, origin, via }, state }: Accepted): RawItem {
  const { registers } = reading;
  if (registers !== undefined) {
    const known = knownRegisters(registers, segmentAt(state, reading.timeMs)?.registers);
    if (known === undefined) delete reading.registers;
    else reading.registers = known;
  }
  return toReadingItem(session, state.meterId, reading, receivedMs, source, { messageId: origin, via });
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
