/** Ingest from the queue to the table, on the embedded DynamoDB. */
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { rawClient } from '../../../layers/kernel/data/client.ts';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { readRange } from '../readings/readings-store.ts';
import {
  deliver,
  hourMs,
  iso,
  readingMessage,
  type Sent,
  startTime,
  useMeteringStack,
} from '../test-support/metering-stack.ts';
import { handler } from './handler.ts';

const stack = useMeteringStack();
const installed = startTime - 30 * 24 * hourMs;
let next = 0;
const newMeter = async (more: object = {}, tenantId?: string): Promise<string> => {
  const id = `MTR-${String(++next).padStart(4, '0')}`;
  await stack.addMeter({ id, initialRegisterKwh: '0', installedAt: iso(installed), ...more }, tenantId);
  return id;
};
const stored = async (meterId: string, tenantId = 'tenant-a') =>
  (await readRange(openSession(tenantId), meterId, { fromMs: installed - hourMs, toMs: startTime + hourMs })).map(
    ({ timeMs, register }) => [timeMs, register / 1e6],
  );
const rejected = (meterId: string) =>
  stack.tables
    .scan('metering')
    .filter((item) => item['_type']?.S === 'rejected reading' && item['meterId']?.S === meterId)
    .map((item) => item['reason'].S);
const eventsOf = (meterId: string) =>
  stack.events('meter.reading').filter(({ payload }) => payload.readings.some((row: any) => row.meterId === meterId));

describe('ingest', () => {
  it('stores a reading in one small item and publishes it', async () => {
    const id = await newMeter();
    expect(await deliver(handler, [readingMessage(id, startTime - hourMs, 15.25)])).toEqual([]);
    expect(await stored(id)).toEqual([[startTime - hourMs, 15.25]]);
    const [item] = stack.tables.scan('readings').filter((row) => row['pk'].S.includes(id));
    expect(JSON.stringify(item).length).toBeLessThan(300);
    expect(eventsOf(id).map(({ payload, aggregateId, tenantId }) => ({ payload, aggregateId, tenantId }))).toEqual([
      {
        tenantId: 'tenant-a',
        aggregateId: 'tenant-a',
        payload: {
          readings: [
            {
              meterId: id,
              stationId: 'ST-1',
              time: iso(startTime - hourMs),
              registerKwh: '15.25',
              voltage: 220.5,
              current: 15.2,
              powerFactor: 0.95,
            },
          ],
        },
      },
    ]);
  });

  it('gathers a batch’s readings in one event, in order of time, and tells consumption between those that travel together', async () => {
    const [a, b] = [await newMeter(), await newMeter()];
    await deliver(handler, [
      readingMessage(a, startTime - hourMs, 12.5),
      readingMessage(b, startTime - hourMs, 1),
      readingMessage(a, startTime - 2 * hourMs, 10),
    ]);
    const [event, ...others] = eventsOf(a);
    expect(others).toEqual([]);
    expect(
      event!.payload.readings.map(({ meterId, registerKwh, consumptionKwh }: any) => [
        meterId,
        registerKwh,
        consumptionKwh,
      ]),
    ).toEqual([
      [a, '10', undefined],
      [a, '12.5', '2.5'],
      [b, '1', undefined],
    ]);
  });

  it('gives the same event for the same batch, and changes nothing on repetition', async () => {
    const id = await newMeter();
    const batch = [readingMessage(id, startTime - hourMs, 5), readingMessage(id, startTime - 2 * hourMs, 4)];
    await deliver(handler, batch);
    vi.setSystemTime(startTime + 60_000);
    await deliver(
      handler,
      [...batch].reverse().map((sent) => ({ ...sent, receivedMs: startTime })),
    );
    vi.setSystemTime(startTime);
    expect(await stored(id)).toHaveLength(2);
    expect(eventsOf(id)).toHaveLength(1);
  });

  it('takes arrays, of one meter or by the open topic of any of the station', async () => {
    const [a, b] = [await newMeter(), await newMeter()];
    const row = (id: string, hours: number, kwh: number) => readingMessage(id, startTime - hours * hourMs, kwh).payload;
    await deliver(handler, [
      { topic: 'acrel/ST-1/meter/_/data', payload: [row(a, 3, 1), row(b, 3, 2), row('MTR-none', 3, 2)] },
      { topic: `acrel/ST-1/meter/${a}/data`, payload: [row(a, 2, 2), row(b, 2, 3)] },
    ]);
    expect(await stored(a)).toHaveLength(2);
    expect(await stored(b)).toHaveLength(1);
    expect(rejected('MTR-none')).toEqual(['unknown_meter']);
    expect(rejected(a)).toEqual(['meter_id_mismatch']);
  });

  it('takes the tenant from the station of the topic, never from elsewhere', async () => {
    const own = await newMeter();
    const foreign = await newMeter({ stationId: 'ST-9' }, 'tenant-b');
    await deliver(handler, [
      readingMessage(foreign, startTime - hourMs, 1),
      readingMessage(own, startTime - hourMs, 1, {}, 'ST-9'),
    ]);
    expect(await stored(own)).toEqual([]);
    expect(await stored(foreign, 'tenant-b')).toEqual([]);
    expect([rejected(own), rejected(foreign)]).toEqual([['unknown_meter'], ['unknown_meter']]);
  });

  it('keeps garbage with its reason and fails nothing for it', async () => {
    const id = await newMeter();
    const topic = `acrel/ST-1/meter/${id}/data`;
    const failed = await deliver(handler, [
      { topic, payload: 'not json' },
      { topic, payload: Buffer.from([0xff, 0xfe]) },
      { topic, payload: '' },
      { topic, payload: [] },
      { topic, payload: 'x'.repeat(140_000) },
      { topic: 'acrel/nobody/meter/x/data', payload: {} },
      { topic: 'elsewhere', payload: {} },
      readingMessage(id, startTime - hourMs, 3),
    ]);
    expect(failed).toEqual([]);
    expect(rejected(id).sort()).toEqual([
      'invalid_json',
      'invalid_json',
      'invalid_json',
      'invalid_payload',
      'payload_too_large',
    ]);
    expect(await stored(id)).toHaveLength(1);
    expect(rejected('x')).toEqual(['unknown_station']);
  });

  it('stores or keeps every message, whatever is in it', async () => {
    const id = await newMeter();
    const kept = () => stack.tables.scan('metering').filter((item) => item['_type']?.S === 'rejected reading').length;
    const text = fc.oneof(fc.string(), fc.constantFrom('1e999', '-0', '{"a":1e999}', '[[]]', '"\\ud800"'));
    const fields = fc.record(
      {
        event_type: fc.oneof(fc.constant('meter_reading'), fc.jsonValue()),
        timestamp: fc.oneof(
          fc.constant(iso(startTime - hourMs)),
          fc.date({ noInvalidDate: true }).map(String),
          fc.jsonValue(),
        ),
        meter_id: fc.oneof(fc.constant(id), fc.jsonValue()),
        data: fc.oneof(
          fc.dictionary(fc.constantFrom('reading', 'voltage', 'consumption', 'registers', '__proto__'), fc.jsonValue()),
          fc.jsonValue(),
        ),
      },
      { requiredKeys: [] },
    );
    const payloads = fc.array(
      fc.oneof(text, fields, fc.jsonValue(), fc.array(fields, { minLength: 1, maxLength: 3 })),
      {
        minLength: 1,
        maxLength: 8,
      },
    );
    const topics = fc.constantFrom(id, '_', 'other');
    await fc.assert(
      fc.asyncProperty(payloads, topics, async (bodies, device) => {
        const before = kept();
        const sent = bodies.map((payload) => ({ topic: `acrel/ST-1/meter/${device}/data`, payload }));
        expect(await deliver(handler, sent)).toEqual([]);
        if (device === 'other') expect(kept()).toBeGreaterThanOrEqual(before);
      }),
      { numRuns: 60 },
    );
    expect(kept()).toBeGreaterThan(100);
  });

  it('leads a message that is none of a topic rule to the dead-letter queue', async () => {
    const { batchItemFailures } = await handler({ Records: [{ messageId: 'm1', body: '{}' }] } as any);
    expect(batchItemFailures).toEqual([{ itemIdentifier: 'm1' }]);
  });

  it('hears a meter under the serial number of its new device', async () => {
    const id = await newMeter();
    const { exchangeMeter } = await import('../meters/exchange-meter.ts');
    await exchangeMeter(
      stack.session(),
      id,
      {
        at: iso(startTime - 5 * hourMs),
        finalRegisterKwh: '50',
        newSerialNumber: `${id}-NEW`,
        newInitialRegisterKwh: '3',
      },
      undefined,
    );
    await deliver(handler, [
      readingMessage(`${id}-NEW`, startTime - hourMs, 4),
      readingMessage(id, startTime - 6 * hourMs, 49.5),
      readingMessage(`${id}-NEW`, startTime - 2 * hourMs, 49),
    ]);
    expect(await stored(id)).toEqual([
      [startTime - 6 * hourMs, 49.5],
      [startTime - hourMs, 4],
    ]);
  });

  it('knows a meter that was registered a moment ago, although its first read may not show it', async () => {
    const id = await newMeter();
    const reads: boolean[] = [];
    const client = rawClient();
    const send = client.send.bind(client);
    // What DynamoDB may do: an eventually consistent read that does not show the item yet.
    const spy = vi.spyOn(client, 'send').mockImplementation((async (command: any) => {
      const request = Object.values(command.input.RequestItems ?? {})[0] as { ConsistentRead?: boolean } | undefined;
      if (command.constructor.name !== 'BatchGetItemCommand') return send(command);
      reads.push(request?.ConsistentRead === true);
      return request?.ConsistentRead ? send(command) : { Responses: {} };
    }) as never);
    expect(await deliver(handler, [readingMessage(id, startTime - hourMs, 5)])).toEqual([]);
    spy.mockRestore();
    expect(reads).toEqual([false, true]);
    expect(await stored(id)).toHaveLength(1);
  });

  it('recovers from a wild value that became the reference, and keeps refusing a device nobody told of', async () => {
    const id = await newMeter();
    const send = (hours: number, kwh: number) =>
      deliver(handler, [readingMessage(id, startTime - hours * hourMs, kwh)]);
    await send(40, 100);
    await send(30, 330);
    for (const [hours, kwh] of [
      [29, 111],
      [28, 112],
      [27, 113],
      [26, 114],
    ] as const)
      await send(hours, kwh);
    expect((await stored(id)).map(([, kwh]) => kwh)).toEqual([100, 330, 113, 114]);
    await send(28.5, 111.5);
    expect(rejected(id)).toEqual(['register_decreased', 'register_decreased']);
    for (const hours of [20, 19, 18, 17]) await send(hours, 30 - hours);
    expect((await stored(id)).map(([, kwh]) => kwh)).toEqual([100, 330, 111.5, 113, 114]);
  });

  it('finishes what DynamoDB left unprocessed, and reports what it would not take at all', async () => {
    const [a, b] = [await newMeter(), await newMeter()];
    const { faults } = stack.tables.dynamodb;
    const batch = (id: string) =>
      Array.from({ length: 60 }, (_, i) => ({
        ...readingMessage(id, startTime - (i + 1) * hourMs, 100 - i),
        messageId: `${id}-${i}`,
      }));
    faults.use([{ point: 'dynamodb.unprocessed', resource: 'readings', probability: 1, limit: 3 }], 1);
    expect(await deliver(handler, batch(a))).toEqual([]);
    expect(faults.injected('dynamodb.unprocessed')).toBe(3);
    expect(await stored(a)).toHaveLength(60);

    faults.use([{ point: 'dynamodb.unprocessed', resource: 'readings', probability: 1 }], 1);
    const failed = await deliver(handler, batch(b));
    faults.clear();
    const written = (await stored(b)).length;
    expect(failed.length).toBeGreaterThan(0);
    expect(written + failed.length).toBe(60);
    expect(
      await deliver(
        handler,
        batch(b).filter(({ messageId }) => failed.includes(messageId)),
      ),
    ).toEqual([]);
    expect(await stored(b)).toHaveLength(60);
    const published = eventsOf(b).flatMap(({ payload }) => payload.readings.map((row: any) => row.time));
    expect(new Set(published).size).toBe(60);
    expect(published).toHaveLength(60);
  });

  it('publishes what it stored when a first attempt could not', async () => {
    const id = await newMeter();
    const { faults } = stack.tables.dynamodb;
    const sent = { ...readingMessage(id, startTime - hourMs, 3), messageId: 'unpublished' };
    faults.use([{ point: 'dynamodb.unprocessed', resource: 'metering', probability: 1 }], 1);
    // States cannot be read either while the table refuses: the whole batch fails and comes again.
    const failed = await deliver(handler, [sent]).catch(() => ['unpublished']);
    faults.clear();
    expect(failed).toEqual(['unpublished']);
    expect(await deliver(handler, [sent])).toEqual([]);
    expect(eventsOf(id)).toHaveLength(1);
  });

  it('gives the same store for every order, split and repetition of the same messages', async () => {
    const readings = fc.array(fc.double({ min: 0, max: 25, noNaN: true }), { minLength: 3, maxLength: 25 });
    await fc.assert(
      fc.asyncProperty(readings, fc.infiniteStream(fc.nat({ max: 1000 })), async (powers, picks) => {
        const [clean, messy] = [await newMeter(), await newMeter()];
        let kwh = 0;
        const series = powers.map((kw, i) => {
          kwh += kw * 7;
          return [installed + (i + 1) * 7 * hourMs, Math.floor(kwh * 100) / 100] as const;
        });
        await deliver(
          handler,
          series.map(([time, value]) => readingMessage(clean, time, value)),
        );
        const pick = () => picks.next().value as number;
        const shuffled: Sent[] = [...series, ...series]
          .map(([time, value]) => readingMessage(messy, time, value))
          .map((sent) => ({ sent, at: pick() }))
          .sort((x, y) => x.at - y.at)
          .map(({ sent }) => sent);
        while (shuffled.length > 0) await deliver(handler, shuffled.splice(0, 1 + (pick() % 6)));
        expect(rejected(messy)).toEqual([]);
        expect(await stored(messy)).toEqual(await stored(clean));
      }),
      { numRuns: 15 },
    );
  });
});
