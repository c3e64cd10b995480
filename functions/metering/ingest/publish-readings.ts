/**
 * Publishes accepted readings: one event per tenant and batch, in parts that the bus bills as one. A batch of a large
 * fleet holds few readings of each station, so an event per station would cost more than the readings themselves.
 */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { type Publication, publishMany } from '../../../layers/kernel/events/publish-many.ts';
import { derivedId } from '../../../layers/kernel/ids.ts';
import { movement } from '../../../layers/metering/advance.ts';
import { toPrimaryUnits } from '../../../layers/metering/consumption.ts';
import { limitsOf, segmentAt } from '../../../layers/metering/meter-state.ts';
import { isoTime } from '../../../layers/metering/reading-time.ts';
import { fromUnits } from '../../../layers/metering/register.ts';
import { meterReading } from '../events.ts';
import type { Accepted } from './accept-readings.ts';

/** At 200 bytes a row, quotes escaped, an event stays below the 64 KB that the bus and the queues bill as one. */
const maxRows = 300;

/** @returns origins of readings whose event was not taken */
export async function publishReadings(accepted: readonly Accepted[]): Promise<Set<string>> {
  const parts = partsOf(accepted);
  const failed = await publishMany(
    'metering',
    parts.map((part) => part.publication),
  );
  const origins = new Set<string>();
  for (const { publication, rows } of parts)
    if (failed.has(publication.event.id)) for (const { arrival } of rows) origins.add(arrival.origin);
  return origins;
}

interface Part {
  publication: Publication;
  rows: Accepted[];
}

function partsOf(accepted: readonly Accepted[]): Part[] {
  const parts: Part[] = [];
  for (const [session, rows] of Map.groupBy(accepted, ({ arrival }) => arrival.session)) {
    // By meter and time, so that parts keep a meter's readings together.
    rows.sort(byMeterAndTime);
    for (let start = 0; start < rows.length; start += maxRows)
      parts.push(toPart(session, rows.slice(start, start + maxRows)));
  }
  return parts;
}

function byMeterAndTime(a: Accepted, b: Accepted): number {
  if (a.state.meterId !== b.state.meterId) return a.state.meterId < b.state.meterId ? -1 : 1;
  return a.arrival.reading.timeMs - b.arrival.reading.timeMs;
}

function toPart(session: TenantSession, rows: Accepted[]): Part {
  const consumption = consumptionWithin(rows);
  const readings = rows.map((entry) => toRow(entry, consumption.get(entry)));
  return {
    rows,
    publication: {
      session,
      definition: meterReading,
      event: { id: eventId(session, rows), aggregateId: session.tenantId, payload: { readings } },
    },
  };
}

function toRow({ arrival: { reading }, state, stationId }: Accepted, consumptionKwh: string | undefined) {
  const { voltage, current, powerFactor, powerKw } = reading;
  // JSON drops what is undefined.
  return {
    meterId: state.meterId,
    stationId,
    time: isoTime(reading.timeMs),
    registerKwh: fromUnits(reading.register),
    consumptionKwh,
    voltage,
    current,
    powerFactor,
    powerKw,
  } as { meterId: string; stationId: string; time: string; registerKwh: string };
}

/** The same readings out of the same messages make the same event, however often they are tried. */
function eventId(session: TenantSession, rows: readonly Accepted[]): string {
  let earliest = Number.POSITIVE_INFINITY;
  const names: string[] = [];
  for (const { arrival, state } of rows) {
    earliest = Math.min(earliest, arrival.receivedMs);
    names.push(`${arrival.origin} ${state.meterId} ${arrival.reading.timeMs} ${arrival.reading.register}`);
  }
  names.sort();
  return derivedId('evt', earliest, `${meterReading.type} ${session.tenantId}\n${names.join('\n')}`);
}

/** Consumption between readings of one meter that travel together: the only one that can be told without reading. */
function consumptionWithin(rows: readonly Accepted[]): Map<Accepted, string> {
  const consumption = new Map<Accepted, string>();
  if (new Set(rows.map(({ state }) => state.meterId)).size === rows.length) return consumption;
  const byMeter = Map.groupBy(rows, ({ state }) => state.meterId);
  for (const same of byMeter.values()) {
    if (same.length === 1) continue;
    same.sort((a, b) => a.arrival.reading.timeMs - b.arrival.reading.timeMs);
    for (let i = 1; i < same.length; i++) {
      const kwh = consumptionBetween(same[i - 1]!, same[i]!);
      if (kwh !== undefined) consumption.set(same[i]!, kwh);
    }
  }
  return consumption;
}

function consumptionBetween(earlier: Accepted, later: Accepted): string | undefined {
  const [from, to] = [earlier.arrival.reading, later.arrival.reading];
  const segment = segmentAt(later.state, to.timeMs);
  if (segment === undefined || from.timeMs < segment.from) return undefined;
  const moved = movement(
    { time: from.timeMs, register: from.register },
    { time: to.timeMs, register: to.register },
    limitsOf(segment),
  );
  return typeof moved === 'string' ? undefined : fromUnits(toPrimaryUnits(moved.units, segment));
}
