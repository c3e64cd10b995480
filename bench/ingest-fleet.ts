/**
 * The fleet that ingest is measured with: a million meters every 15 minutes is 1,111 readings a second, of which a
 * full batch of the queue holds a random thousand. Substations of 10,000 meters make 100 stations, so ten readings of
 * each in a batch. The tables hold a hundredth of the meters; each sends as often.
 */
import type { SQSEvent } from 'aws-lambda';
import { profileOf } from '../functions/metering/meters/meter-profile.ts';
import type { Meter } from '../functions/metering/meters/meter-schema.ts';
import { stationClaimEntity } from '../functions/scada/stations/station-entity.ts';
import { putAll, rawKey } from '../layers/kernel/data/bulk.ts';
import { openGlobalSession, openSession } from '../layers/kernel/data/session.ts';
import { putStep, writeMany } from '../layers/kernel/data/write-many.ts';
import { packProfile } from '../layers/metering/profile-codec.ts';

export const usualStations = 100;
export const meterCount = 10_000;
export const batchSize = 1000;
const intervalMs = 15 * 60_000;
const checkpointAgeMs = 6 * 3_600_000;

const stationOf = (i: number, stations: number): string => `ST${stations}-${String(i % stations).padStart(3, '0')}`;
const meterOf = (i: number): string => `ACR-${String(i).padStart(6, '0')}`;

/** Register of a meter at a time: 0.8 kW with two decimals. */
const registerAt = (i: number, startMs: number, timeMs: number): number =>
  Math.round((1000 + i + (0.8 * (timeMs - startMs)) / 3_600_000) * 100) / 100;

export interface Fleet {
  startMs: number;
  stations: number;
}

/** Stations, meters and their references, whose ages are spread as in a fleet that has run for long. */
export async function createFleet(stations = usualStations): Promise<Fleet> {
  // Fleets of different shapes can share the tables.
  const tenantId = `bench-${stations}`;
  const session = openSession(tenantId);
  const fleet = { startMs: Math.floor(Date.now() / intervalMs) * intervalMs - 10 * 86_400_000, stations };
  await writeMany(
    Array.from({ length: stations }, (_, i) =>
      putStep(openGlobalSession(), stationClaimEntity, { id: stationOf(i, stations), tenantId }),
    ),
  );
  const states = Array.from({ length: meterCount }, (_, i) => {
    const checkpointMs = fleet.startMs - Math.floor((i / meterCount) * checkpointAgeMs);
    return {
      ...rawKey(session, ['METER', meterOf(i)], ['STATE']),
      _type: { S: 'meter state' },
      reportedId: { S: meterOf(i) },
      profile: { S: packProfile(profileOf(meter(i, fleet))) },
      checkpoint: { S: `${checkpointMs},${Math.round(registerAt(i, fleet.startMs, checkpointMs) * 1_000_000)}` },
    };
  });
  const left = await putAll('metering', states);
  if (left.length > 0) throw new Error('The fleet could not be written.');
  return fleet;
}

function meter(i: number, { startMs, stations }: Fleet): Meter {
  return {
    id: meterOf(i),
    serialNumber: meterOf(i),
    model: 'ADL200',
    type: 'smart',
    status: 'connected',
    stationId: stationOf(i, stations),
    phases: 1,
    digits: 6,
    decimals: 2,
    ctRatio: 1,
    ptRatio: 1,
    registerScale: 'primary',
    ratedCurrentA: 100,
    registers: [],
    devices: [
      {
        serialNumber: meterOf(i),
        model: 'ADL200',
        digits: 6,
        decimals: 2,
        installedAt: new Date(startMs - 86_400_000).toISOString(),
        initialRegisterKwh: String(registerAt(i, startMs, startMs - 86_400_000)),
      },
    ],
    stations: [{ stationId: stationOf(i, stations) }],
  };
}

/** One reading of every meter, in batches as the queue hands them over: meters in random order. */
export function batchesOf({ startMs, stations }: Fleet, round: number): SQSEvent[] {
  const timeMs = startMs + round * intervalMs;
  const order = Array.from({ length: meterCount }, (_, i) => i).sort(() => Math.random() - 0.5);
  const records = order.map((i) => ({
    messageId: `${round}-${i}`,
    body: message(i, stationOf(i, stations), startMs, timeMs),
  }));
  return Array.from(
    { length: meterCount / batchSize },
    (_, b) => ({ Records: records.slice(b * batchSize, (b + 1) * batchSize) }) as unknown as SQSEvent,
  );
}

/** The documented payload, as the topic rule wraps it. */
function message(i: number, stationId: string, startMs: number, timeMs: number): string {
  const payload = {
    event_type: 'meter_reading',
    timestamp: new Date(timeMs).toISOString(),
    meter_id: meterOf(i),
    meter_type: 'ADL200',
    data: {
      reading: registerAt(i, startMs, timeMs),
      consumption: 0.2,
      voltage: 220.5,
      current: 3.6,
      power_factor: 0.95,
    },
  };
  return JSON.stringify({
    data: Buffer.from(JSON.stringify(payload)).toString('base64'),
    topic: `acrel/${stationId}/meter/${meterOf(i)}/data`,
    clientId: meterOf(i),
    receivedAt: timeMs + 500,
  });
}
