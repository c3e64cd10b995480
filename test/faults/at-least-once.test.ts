/**
 * What at-least-once means: 10,000 readings, 5 % twice, 5 % late, all shuffled, with queues and streams that deliver
 * twice, functions that die before and after their work, and a bus that repeats and delays, end in the same readings
 * and consumption as clean input, and every one of them is in an event that was delivered.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FaultRule } from '../../local/runtime/faults.ts';
import type { SqsService } from '../../local/services/sqs/index.ts';
import { connectMeter, type MeterClient, readingMessage } from '../support/meter-client.ts';
import {
  endSchedules,
  eventually,
  expectOk,
  type Mizan,
  quiet,
  startMizan,
  type TestTenant,
} from '../support/mizan.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';

const meterCount = 50;
const readingsPerMeter = 200;
const intervalMs = 900_000;
const seed = 20_261_120;

const faults: FaultRule[] = [
  { point: 'sqs.duplicate', probability: 0.1 },
  { point: 'sqs.reorder', probability: 0.5 },
  { point: 'iot.duplicate', probability: 0.02 },
  { point: 'stream.duplicate', probability: 0.2 },
  { point: 'events.duplicate', probability: 0.2 },
  { point: 'lambda.crash', probability: 0.2, resource: 'ingest', limit: 6 },
  { point: 'lambda.crash-after', probability: 0.2, resource: 'ingest', limit: 6 },
  { point: 'lambda.crash-after', probability: 0.2, resource: 'recorder', limit: 4 },
  { point: 'lambda.crash-after', probability: 0.2, resource: 'dispatcher', limit: 4 },
  { point: 'lambda.crash', probability: 0.2, resource: 'deliverer', limit: 4 },
  { point: 'dynamodb.unprocessed', probability: 0.05 },
];

interface Reading {
  meter: number;
  timeMs: number;
  kwh: number;
}

let mizan: Mizan;
let receiver: Receiver;
let start: number;

beforeAll(async () => {
  mizan = await startMizan({ meters: meterCount });
  // Time is turned here, and nothing of what runs by the clock has to do with readings.
  await endSchedules(mizan);
  receiver = await startReceiver();
  start = Math.floor(Date.now() / intervalMs) * intervalMs - (readingsPerMeter + 1) * intervalMs;
});
afterAll(async () => {
  mizan?.platform.faults.clear();
  await mizan?.stop();
  await receiver?.close();
});

/** The same series for every run: registers that grow by a quarter-hour's load. */
function cleanReadings(): Reading[] {
  return Array.from({ length: meterCount }, (_, meter) => {
    let hundredths = 0;
    return Array.from({ length: readingsPerMeter }, (_, i) => {
      hundredths += 5 + ((meter * 31 + i * 17) % 90);
      return { meter, timeMs: start + i * intervalMs, kwh: hundredths / 100 };
    });
  }).flat();
}

/** Pseudo-random numbers, the same in every run. */
function random(): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}

function spoil(readings: readonly Reading[]): Reading[] {
  const next = random();
  const late: Reading[] = [];
  const stream: Reading[] = [];
  for (const reading of readings) {
    if (next() < 0.05) late.push(reading);
    else stream.push(reading);
    if (next() < 0.05) stream.push(reading);
  }
  for (let i = stream.length - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1));
    [stream[i], stream[j]] = [stream[j]!, stream[i]!];
  }
  return [...stream, ...late];
}

async function publishAll(client: MeterClient, tenant: TestTenant, readings: readonly Reading[]): Promise<void> {
  for (let from = 0; from < readings.length; from += 250) {
    await Promise.all(
      readings.slice(from, from + 250).map(({ meter, timeMs, kwh }) => {
        const id = tenant.meterIds[meter]!;
        return client.publish(
          `acrel/${tenant.stationId}/meter/${id}/data`,
          JSON.stringify(readingMessage(id, kwh, timeMs)),
        );
      }),
    );
  }
}

async function storedOf(tenant: TestTenant): Promise<Record<string, unknown>[][]> {
  return Promise.all(
    tenant.meterIds.map(async (id) => {
      const rows: any[] = [];
      let cursor = '';
      do {
        const page = expectOk(
          await tenant.api(
            'GET',
            `/api/billing/meters/${id}/readings?limit=200&order=asc&from=${new Date(start).toISOString()}${cursor}`,
          ),
        );
        rows.push(...page.data);
        cursor = page.pagination?.nextCursor ? `&cursor=${encodeURIComponent(page.pagination.nextCursor)}` : '';
      } while (cursor !== '');
      return rows.map(({ time, registerKwh }) => ({ time, registerKwh }));
    }),
  );
}

/** Whether nothing waits to be ingested or is being ingested: cheaper to ask than for ten thousand readings. */
function isIngested(): boolean {
  const { visible, inFlight } = mizan.platform.context
    .service<SqsService>('sqs')
    .queue('mizan-local-metering-ingest')
    .counts();
  return visible + inFlight === 0;
}

async function consumptionOf(tenant: TestTenant): Promise<unknown[]> {
  const range = `from=${new Date(start).toISOString()}&to=${new Date(start + readingsPerMeter * intervalMs).toISOString()}`;
  return Promise.all(
    tenant.meterIds.map(async (id) => {
      const { data } = expectOk(
        await tenant.api('GET', `/api/billing/meters/${id}/consumption?interval=hour&${range}`),
      );
      return JSON.parse(JSON.stringify(data).replaceAll(id, 'METER'));
    }),
  );
}

describe('10,000 readings through failing parts', () => {
  it('end as clean input does, and every one of them is delivered', async () => {
    const { north, south, platform } = mizan;
    expectOk(
      await south.api('POST', '/api/v1/developer/webhooks', {
        name: 'all',
        url: receiver.url,
        subscribedEvents: ['meter.reading'],
        rateLimitPerSecond: 1000,
      }),
    );
    const readings = cleanReadings();
    const [clean, dirty] = await Promise.all([
      connectMeter(platform.endpoints.mqttUrl, north.apiKey),
      connectMeter(platform.endpoints.mqttUrl, south.apiKey),
    ]);

    await publishAll(clean, north, readings);
    const count = async (tenant: TestTenant): Promise<number> =>
      isIngested() ? (await storedOf(tenant)).flat().length : 0;
    await eventually(
      () => count(north),
      (stored) => stored === readings.length,
    );

    platform.faults.use(faults, seed);
    await publishAll(dirty, south, spoil(readings));
    // Messages of a crashed function come back when their visibility timeout ends: time is turned, not waited for.
    await eventually(
      async () => {
        platform.clock.advance(60_000);
        await quiet(platform);
        return count(south);
      },
      (stored) => stored === readings.length,
      120_000,
    );

    const delivered = (): Set<string> =>
      new Set(
        receiver.received.flatMap(({ body }) =>
          (JSON.parse(body).data.readings as any[]).map(({ meterId, time }) => `${meterId} ${time}`),
        ),
      );
    await eventually(
      async () => {
        platform.clock.advance(60_000);
        await quiet(platform);
        return delivered().size;
      },
      (size) => size === readings.length,
      120_000,
    );

    expect(await storedOf(south)).toEqual(await storedOf(north));
    expect(await consumptionOf(south)).toEqual(await consumptionOf(north));
    const struck = [...new Set(faults.map(({ point }) => point))].map(
      (point) => [point, platform.faults.injected(point)] as const,
    );
    expect(struck.filter(([, times]) => times === 0)).toEqual([]);
    await Promise.all([clean.close(), dirty.close()]);
  }, 900_000);
});
