import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { putStep, writeMany } from '../../../layers/kernel/data/write-many.ts';
import { encodeValues, type ReportedValue } from '../../../layers/station/messages.ts';
import { handler as liveReadings } from '../../metering/live-readings/handler.ts';
import { createMeterSchema } from '../../metering/meters/meter-schema.ts';
import { registerMeter } from '../../metering/meters/register-meter.ts';
import { handler as devices } from '../devices/handler.ts';
import { handler as points } from '../points/handler.ts';
import { handler as readings } from '../readings/handler.ts';
import { subscriptionEntity } from '../realtime/connection-entity.ts';
import { handler as stations } from '../stations/handler.ts';
import { addDevice, addLine, addPoint } from '../test-support/plant.ts';
import { deliver, hourMs, iso, minuteMs, type Sent, startTime, useScadaStack } from '../test-support/scada-stack.ts';
import { recordValues } from '../values/history-store.ts';
import { handler as takeValues } from './values-handler.ts';

const stack = useScadaStack();
let seq = 0;

const message = (values: ReportedValue[], stationId = 'ST-1'): Sent => ({
  topic: `mizan/${stationId}/gateway/values`,
  payload: encodeValues({ storeId: 'store-000001', seq: ++seq, values }),
});
const good = (pointId: string, timeMs: number, value: ReportedValue['value'] = 1): ReportedValue => ({
  pointId,
  value,
  quality: 'good',
  timeMs,
});
const history = async (pointIds: string, query: Record<string, string> = {}, tenantId = 'a') =>
  stack.request(readings, 'GET', '/api/scada/readings/history', {
    tenantId,
    query: { pointIds, from: iso(startTime - 24 * hourMs), ...query },
  });
const valuesOf = async (pointId: string, query?: Record<string, string>) =>
  (await history(pointId, query)).body.data[0].values;

beforeAll(async () => {
  await addLine(stack, { name: 'val' });
  for (const id of ['val-1', 'val-2']) await addDevice(stack, { name: 'val' }, id, { assetId: `TRF-${id}` });
  for (const id of ['p1', 'p2', 'p3']) await addPoint(stack, 'val-1', id, { unit: 'V' });
  await addPoint(stack, 'val-2', 'q1');
  await addPoint(stack, 'val-2', 'oil', { role: 'asset_reading' });
  await addLine(stack, { name: 'far', tenantId: 'b', stationId: 'ST-9' });
  await addDevice(stack, { name: 'far', tenantId: 'b', stationId: 'ST-9' }, 'far-1');
  await addPoint(stack, 'far-1', 'f1', {}, 'b');
  stack.pass(5 * minuteMs);
});

describe('values of a gateway', () => {
  it('are recorded with their own time, quality and reason, whatever kind they are', async () => {
    const t = startTime - 5000;
    const values: ReportedValue[] = [
      good('p1', t, 230.5),
      good('p1', t + 1000, 231),
      { pointId: 'p1', value: undefined, quality: 'bad', reason: 'exception 2', timeMs: t + 2000 },
      { pointId: 'p1', value: 5, quality: 'uncertain', timeMs: t + 3000, timeBy: 'device_uncertain' },
      good('p2', t, true),
      good('p2', t + 1, 'on'),
      good('p2', t + 2, 2n ** 60n),
    ];
    expect(await deliver(takeValues, [message(values)])).toEqual([]);
    expect(await valuesOf('p1')).toEqual([
      { value: 230.5, quality: 'good', time: iso(t) },
      { value: 231, quality: 'good', time: iso(t + 1000) },
      { value: null, quality: 'bad', time: iso(t + 2000), reason: 'exception 2' },
      { value: 5, quality: 'uncertain', time: iso(t + 3000), timeUncertain: true },
    ]);
    expect((await valuesOf('p2')).map(({ value }: any) => value)).toEqual([true, 'on', (2n ** 60n).toString()]);
  });

  it('are each there once, in order of time, however often and in whatever order and company they come', async () => {
    const t = startTime - 10 * hourMs;
    const all = Array.from({ length: 60 }, (_, i) => good('p3', t + i * 7 * minuteMs, i));
    const random = fc.sample(fc.array(fc.subarray(all, { minLength: 1 }), { minLength: 3, maxLength: 8 }), 3);
    for (const groups of random)
      await deliver(
        takeValues,
        groups.map((group) => message([...group].reverse())),
      );
    const whole = message(all);
    await deliver(takeValues, [whole, whole]);
    await deliver(takeValues, [whole]);
    expect((await valuesOf('p3')).map(({ value }: any) => value)).toEqual(all.map(({ value }) => value));
  });

  it('are asked for a page at a time, and pages fit together', async () => {
    const all: number[] = [];
    let from: string | null = iso(startTime - 24 * hourMs);
    while (from !== null) {
      const { body }: { body: any } = await history('p3', { from, limit: '7' });
      all.push(...body.data[0].values.map(({ value }: any) => value));
      from = body.data[0].nextFrom;
    }
    expect(all).toEqual(Array.from({ length: 60 }, (_, i) => i));
  });

  it('are last values by their own time, not by when they arrive', async () => {
    const t = startTime;
    await deliver(takeValues, [message([good('q1', t, 'new')])]);
    await deliver(takeValues, [message([good('q1', t - 60_000, 'old')])]);
    const { body } = await stack.request(devices, 'GET', '/api/scada/devices/val-2/readings');
    expect(body.data.find(({ pointId }: any) => pointId === 'q1').reading).toEqual({
      value: 'new',
      quality: 'good',
      time: iso(t),
    });
    const point = await stack.request(points, 'GET', '/api/scada/points/q1');
    expect(point.body.data).toMatchObject({ lastValue: 'new', lastQuality: 'good', lastTimestamp: iso(t) });
    const ofStation = await stack.request(stations, 'GET', '/api/scada/stations/ST-1/readings');
    expect(ofStation.body.data.map(({ pointId }: any) => pointId)).toEqual(['p1', 'p2', 'p3', 'oil', 'q1']);
  });

  it('leave the newest when many functions write the same page at once', async () => {
    const t = startTime + 1000;
    const batches = Array.from({ length: 12 }, (_, i) => [message([good('p1', t + i, i), good('p2', t - i, i)])]);
    const failed = await Promise.all(batches.reverse().map((batch) => deliver(takeValues, batch)));
    expect(failed.flat()).toEqual([]);
    const { body } = await stack.request(devices, 'GET', '/api/scada/devices/val-1/readings');
    const reading = (id: string) => body.data.find(({ pointId }: any) => pointId === id).reading.value;
    expect([reading('p1'), reading('p2')]).toEqual([11, 0]);
  });

  it('of a clock that runs ahead are recorded, and do not pass for the present', async () => {
    const ahead = Date.now() + hourMs;
    await deliver(takeValues, [message([good('p2', ahead, 99)])]);
    const { body } = await stack.request(points, 'GET', '/api/scada/points/p2');
    expect(body.data.lastValue).toBe(0);
    expect((await valuesOf('p2', { to: iso(ahead + 1) })).at(-1).value).toBe(99);
  });

  it('of points that are not there, or of another station, are left out alone', async () => {
    const t = startTime + 5000;
    expect(await deliver(takeValues, [message([good('nobody', t), good('f1', t), good('q1', t, 7)])])).toEqual([]);
    expect((await history('f1', {}, 'b')).body.data[0].values).toEqual([]);
    expect((await history('f1')).status).toBe(404);
    expect((await history('q1', {}, 'b')).status).toBe(404);
    expect((await valuesOf('q1')).at(-1).value).toBe(7);
  });

  it('that cannot be read hold up no others', async () => {
    const sent = message([good('q1', startTime + 6000, 8)]);
    expect(await deliver(takeValues, [{ ...sent, payload: '{"v":1,"p":"x"}' }, sent])).toEqual([]);
    expect((await valuesOf('q1')).at(-1).value).toBe(8);
  });

  it('of assets are told, the newest of each batch', async () => {
    const t = startTime + 7000;
    const sent = message([good('oil', t, 60), good('oil', t + 1000, 61)]);
    await deliver(takeValues, [sent]);
    await deliver(takeValues, [sent]);
    const told = stack.events('asset.reading_received');
    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject({
      source: 'scada',
      payload: { stationId: 'ST-1', assetId: 'TRF-val-2', time: iso(t + 1000), values: { oil: 61 } },
    });
  });

  it('are in the list of live readings, after the meters', async () => {
    for (const id of ['M1', 'M2'])
      await registerMeter(stack.session(), createMeterSchema.parse({ id, model: 'ADL200', stationId: 'ST-1' }));
    const live = async (query: Record<string, string> = {}, options: object = {}) =>
      (await stack.request(liveReadings, 'GET', '/api/scada/readings/live', { query, ...options })).body;
    const names = ({ data }: any) => data.map(({ meterId, pointId }: any) => meterId ?? pointId);
    const all = await live({ stationId: 'ST-1' });
    expect(names(all)).toEqual(['M1', 'M2', 'p1', 'p2', 'p3', 'oil', 'q1']);
    expect(all.data[2]).toMatchObject({ kind: 'point', deviceId: 'val-1', unit: 'V', value: { value: 11 } });
    const paged: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await live({ limit: '2', ...(cursor ? { cursor } : {}) });
      paged.push(...names(page));
      cursor = page.pagination.nextCursor ?? undefined;
    } while (cursor);
    expect(paged).toEqual(['M1', 'M2', 'oil', 'p1', 'p2', 'p3', 'q1']);
    expect(names(await live({ kind: 'meter' }))).toEqual(['M1', 'M2']);
    expect(names(await live({ kind: 'point', stationId: 'ST-1' }))).toHaveLength(5);
    expect(names(await live({}, { permissions: ['metering:readings:read'] }))).toEqual(['M1', 'M2']);
    expect(names(await live({}, { tenantId: 'b' }))).toEqual(['f1']);
  });

  it('go to live listeners, and cost nothing while nobody listens', async () => {
    await deliver(takeValues, [message([good('q1', startTime + 8000)])]);
    expect(stack.queued).toEqual([]);
    await writeMany([
      putStep(stack.session(), subscriptionEntity, {
        room: 'readings:ST-1',
        connectionId: 'c1',
        connectedAt: iso(Date.now()),
      }),
    ]);
    stack.pass(3000);
    await deliver(takeValues, [message([good('q1', startTime + 9000, 42)])]);
    expect(stack.queued).toMatchObject([
      {
        queue: 'live-values',
        body: {
          tenantId: 'a',
          stationId: 'ST-1',
          rows: [{ pointId: 'q1', deviceId: 'val-2', stationId: 'ST-1', value: 42, quality: 'good' }],
        },
      },
    ]);
  });

  it('cost far less than a write unit each', async () => {
    const { meter } = stack.tables.dynamodb;
    const t = startTime + 60_000;
    const ids = ['p1', 'p2', 'p3'];
    for (let i = 0; i < 17; i++) ids.push((await addPoint(stack, 'val-1', `more.${i}`)).id);
    // Twenty points of one device for ten seconds: two hundred values.
    const values = ids.flatMap((id) => Array.from({ length: 10 }, (_, i) => good(id, t + i * 1000, 230 + i / 10)));
    const paid = () => meter.units('dynamodb.writeRequestUnitPerMillion');
    const before = paid();
    await deliver(takeValues, [message(values)]);
    // The chunk, and the page of last values.
    expect(paid() - before).toBeLessThanOrEqual(4);
  });
});

describe('windows of recorded values', () => {
  const aggregate = (query: Record<string, string>, tenantId = 'a') =>
    stack.request(readings, 'GET', '/api/scada/readings/aggregate', { tenantId, query: { pointIds: 'agg', ...query } });
  const day = Date.UTC(2026, 5, 10);

  beforeAll(async () => {
    await addPoint(stack, 'val-2', 'agg', { unit: 'kW' });
    // One value every ten minutes of a day of Aden (UTC+3), 0 to 143; a bad one at noon.
    const from = day - 3 * hourMs;
    const values = Array.from({ length: 144 }, (_, i) => good('agg', from + i * 10 * minuteMs, i));
    await deliver(takeValues, [message(values)]);
    const bad: ReportedValue = { pointId: 'agg', value: 1e6, quality: 'bad', timeMs: from + 12 * hourMs + minuteMs };
    await deliver(takeValues, [message([bad])]);
  });

  it('follow the tenant’s clock', async () => {
    const query = { from: iso(day), to: iso(day + hourMs), window: 'day' };
    const { body } = await aggregate(query);
    expect(body.data[0]).toMatchObject({ pointId: 'agg', unit: 'kW' });
    expect(body.data[0].windows).toHaveLength(1);
    expect(body.data[0].windows[0]).toMatchObject({
      from: iso(day - 3 * hourMs),
      to: iso(day + 21 * hourMs),
      count: 144,
      excluded: 1,
      min: 0,
      max: 143,
      mean: 71.5,
      last: { value: 143 },
    });
    const utc = (await aggregate({ ...query, timeZone: 'UTC' })).body.data[0].windows[0];
    expect(utc).toMatchObject({ from: iso(day), count: 126, min: 18 });
  });

  it('weigh values by the time they held', async () => {
    const query = { from: iso(day + 9 * hourMs), to: iso(day + 10 * hourMs), window: 'hour' };
    // Noon of Aden: 72 holds for a minute, then nothing good is known until 73 at ten past.
    const [window] = (await aggregate(query)).body.data[0].windows;
    expect(window).toMatchObject({ count: 6, excluded: 1, mean: 74.5 });
    expect(window.timeWeightedMean).toBeCloseTo((72 + 10 * (73 + 74 + 75 + 76 + 77)) / 51, 9);
    const [all] = (await aggregate({ ...query, quality: 'all' })).body.data[0].windows;
    expect(all).toMatchObject({ count: 7, excluded: 0, max: 1e6 });
  });

  it('know what held when a window began', async () => {
    const query = { from: iso(day + 5 * minuteMs), to: iso(day + 10 * minuteMs), window: '5m' };
    expect((await aggregate(query)).body.data[0].windows[0]).toMatchObject({
      count: 0,
      mean: null,
      min: null,
      timeWeightedMean: 18,
    });
  });

  it.each([
    [{ from: iso(day), to: iso(day) }, 422],
    [{ from: iso(day - 300 * 24 * hourMs), to: iso(day), window: '1m' }, 422],
    [{ from: iso(day - 400 * 24 * hourMs), to: iso(day), window: 'day' }, 422],
    [{ from: iso(day), to: iso(day + 1), timeZone: 'Mars/Base' }, 422],
    [{ from: 'yesterday' }, 400],
    [{ from: iso(day), window: '7m' }, 400],
    [{ from: iso(day), pointIds: 'a#b' }, 400],
    [{ from: iso(day), pointIds: Array.from({ length: 21 }, (_, i) => `p${i}`).join() }, 400],
    [{ from: iso(day), pointIds: 'nobody' }, 404],
  ] as [Record<string, string>, number][])('refuse %j', async (query, status) => {
    expect((await aggregate(query)).status).toBe(status);
  });

  it('are not shown to other tenants', async () => {
    expect((await aggregate({ from: iso(day) }, 'b')).status).toBe(404);
  });
});

describe('an hour with more items than one read gives', () => {
  it('is read whole', async () => {
    await addPoint(stack, 'far-1', 'dense', {}, 'b');
    const t = startTime - 3 * hourMs;
    const items = Array.from({ length: 1100 }, (_, n) => ({
      session: stack.session('b'),
      deviceId: 'far-1',
      samples: new Map([['dense', [{ value: n, quality: 'good' as const, timeMs: t + n * 3000 }]]]),
      keepDays: 400,
    }));
    expect(await recordValues(items)).toBe(true);
    const { body } = await history('dense', { limit: '5000' }, 'b');
    expect(body.data[0].values.map(({ value }: any) => value)).toEqual(Array.from({ length: 1100 }, (_, i) => i));
  });
});
