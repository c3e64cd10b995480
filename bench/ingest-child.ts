/** The measured process of the ingest benchmark: see `ingest.ts`. */
import { BatchWriteItemCommand } from '@aws-sdk/client-dynamodb';
import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { documentClient, rawClient } from '../layers/kernel/data/client.ts';
import { batchesOf, createFleet, meterCount } from './ingest-fleet.ts';
import { median } from './result.ts';

export interface IngestMeasurement {
  /** CPU per reading in microseconds. */
  ingestUs: number;
  /** Parsing and writing the same readings as plain items with the document client. */
  plainFloorUs: number;
  /** Parsing and writing them as compact items with the raw client. */
  compactFloorUs: number;
}

const rounds = Number(process.argv[3] ?? 7);

const { handler } = (await import(process.argv[2]!)) as { handler: (event: SQSEvent) => Promise<SQSBatchResponse> };

interface Message {
  topic: string;
  receivedAt: number;
  reading: { timestamp: string; meter_id: string; data: Record<string, number> };
}

function parse(body: string): Message {
  const { data, topic, receivedAt } = JSON.parse(body);
  return { topic, receivedAt, reading: JSON.parse(Buffer.from(data, 'base64').toString('utf8')) };
}

/** Some batches at the same time, as many as ingest sends. */
async function inLanes(requests: (() => Promise<unknown>)[]): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < requests.length) await requests[next++]!();
  };
  await Promise.all(Array.from({ length: 16 }, lane));
}

const chunks = <T>(items: T[]): T[][] =>
  Array.from({ length: Math.ceil(items.length / 25) }, (_, i) => items.slice(i * 25, (i + 1) * 25));

async function plainFloor({ Records }: SQSEvent): Promise<void> {
  const items = Records.map(({ body }) => {
    const { receivedAt, reading } = parse(body);
    const { reading: register, voltage, current, power_factor: powerFactor, consumption } = reading.data;
    return {
      PutRequest: {
        Item: {
          pk: `T#plain#METER#${reading.meter_id}#${reading.timestamp.slice(0, 7)}`,
          sk: reading.timestamp,
          register,
          voltage,
          current,
          powerFactor,
          consumption,
          receivedAt,
        },
      },
    };
  });
  await inLanes(
    chunks(items).map(
      (part) => () => documentClient().send(new BatchWriteCommand({ RequestItems: { readings: part } })),
    ),
  );
}

async function compactFloor({ Records }: SQSEvent): Promise<void> {
  const items = Records.map(({ body }) => {
    const { receivedAt, reading } = parse(body);
    const { reading: register, voltage, current, power_factor: powerFactor, consumption } = reading.data;
    return {
      PutRequest: {
        Item: {
          pk: { S: `T#compact#METER#${reading.meter_id}#${reading.timestamp.slice(0, 7)}` },
          sk: { S: reading.timestamp },
          d: { S: [register, receivedAt, voltage, current, powerFactor, consumption].join(',') },
        },
      },
    };
  });
  await inLanes(
    chunks(items).map(
      (part) => () => rawClient().send(new BatchWriteItemCommand({ RequestItems: { readings: part } })),
    ),
  );
}

async function ingest(event: SQSEvent): Promise<void> {
  const { batchItemFailures } = await handler(event);
  if (batchItemFailures.length > 0) throw new Error(`Ingest gave ${batchItemFailures.length} messages back.`);
}

/** CPU of this process per reading, in microseconds. */
async function cpuUs(work: (event: SQSEvent) => Promise<void>, events: SQSEvent[]): Promise<number> {
  const before = process.cpuUsage();
  for (const event of events) await work(event);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / meterCount;
}

const fleet = await createFleet();
const measured: Record<keyof IngestMeasurement, number[]> = { ingestUs: [], plainFloorUs: [], compactFloorUs: [] };
// The first rounds warm the code up.
for (let round = -2; round < rounds; round++) {
  const events = batchesOf(fleet, round + 3);
  const results = {
    ingestUs: await cpuUs(ingest, events),
    plainFloorUs: await cpuUs(plainFloor, events),
    compactFloorUs: await cpuUs(compactFloor, events),
  };
  if (round >= 0)
    for (const key of Object.keys(results) as (keyof IngestMeasurement)[]) measured[key].push(results[key]);
}
process.send!({
  ingestUs: median(measured.ingestUs),
  plainFloorUs: median(measured.plainFloorUs),
  compactFloorUs: median(measured.compactFloorUs),
} satisfies IngestMeasurement);
process.disconnect();
