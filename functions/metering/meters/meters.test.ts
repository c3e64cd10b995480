/** The meters API on the embedded DynamoDB. */
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { handler as ingest } from '../ingest/handler.ts';
import { handler as liveReadings } from '../live-readings/handler.ts';
import { handler as readings } from '../readings/handler.ts';
import { handler as rejected } from '../rejected-readings/handler.ts';
import { deliver, hourMs, iso, readingMessage, startTime, useMeteringStack } from '../test-support/metering-stack.ts';
import { handler } from './handler.ts';

const stack = useMeteringStack();
const base = '/api/billing/meters';
const dayMs = 24 * hourMs;
const meter = { model: 'ADL200', stationId: 'ST-1' };
const call = (method: string, path: string, options?: object) =>
  stack.request(handler, method, `${base}${path}`, options);
const create = async (id: string, more: object = {}) => {
  const answer = await call('POST', '', { body: { id, ...meter, ...more } });
  expect(answer.body).toMatchObject({ success: true });
  return answer.body.data;
};

describe('registering a meter', () => {
  it('keeps what is known of it and publishes it', async () => {
    const { status, body } = await call('POST', '', {
      body: {
        id: 'ACR-1',
        ...meter,
        initialRegisterKwh: 12.5,
        installedAt: '2026-06-01T03:00:00+03:00',
        registers: [{ obis: '1.8.1', name: 'Day' }],
      },
    });
    expect(status).toBe(201);
    expect(body.data).toMatchObject({
      id: 'ACR-1',
      serialNumber: 'ACR-1',
      status: 'connected',
      digits: 6,
      devices: [{ serialNumber: 'ACR-1', initialRegisterKwh: '12.5', installedAt: '2026-06-01T00:00:00.000Z' }],
      stations: [{ stationId: 'ST-1', since: '2026-06-01T00:00:00.000Z' }],
      version: 1,
    });
    expect(stack.events('meter.created').map(({ aggregateId }) => aggregateId)).toContain('ACR-1');
    expect((await call('GET', '/ACR-1')).body.data).toMatchObject({ id: 'ACR-1', lastReading: null });
  });

  it.each([
    ['already_exists', { id: 'ACR-1' }],
    ['not_found', { id: 'ACR-2', stationId: 'ST-9' }],
    ['unprocessable', { id: 'ACR-2', digits: 4, initialRegisterKwh: '12345' }],
    ['validation_failed', { id: 'ACR 2' }],
    ['validation_failed', { id: 'ACR-2', digits: 12 }],
    ['validation_failed', { id: 'ACR-2', initialRegisterKwh: '-1' }],
    ['validation_failed', { id: 'ACR-2', phases: 2 }],
    ['already_exists', { id: 'ACR-2', serialNumber: 'ACR-1' }],
  ])('refuses with %s: %j', async (code, more) => {
    expect((await call('POST', '', { body: { ...meter, ...more } })).body).toMatchObject({ success: false, code });
    expect((await call('GET', '/ACR-2')).status).toBe(404);
  });

  it('shows a meter to its tenant only', async () => {
    expect((await call('GET', '/ACR-1', { tenantId: 'tenant-b' })).status).toBe(404);
    expect((await call('GET', '/ACR-1/readings', { tenantId: 'tenant-b' })).status).toBe(404);
    expect((await call('GET', '', { tenantId: 'tenant-b' })).body.data).toEqual([]);
    expect((await call('GET', '/ACR-1', { permissions: ['scada:*'] })).body.code).toBe('forbidden');
  });
});

describe('listing meters', () => {
  const ids = Array.from({ length: 23 }, (_, i) => `LST-${String(i).padStart(3, '0')}`);
  beforeAll(async () => {
    await stack.addStation('ST-L');
    for (const [i, id] of ids.entries())
      await create(id, { stationId: i % 2 ? 'ST-L' : 'ST-1', type: i % 5 ? 'smart' : 'manual' });
  });
  const pages = async (query: Record<string, string>) => {
    const found: string[] = [];
    let cursor: string | null = null;
    do {
      const { body } = await call('GET', '', { query: { ...query, ...(cursor ? { cursor } : {}) } });
      found.push(...body.data.map(({ id }: { id: string }) => id));
      cursor = body.pagination.nextCursor;
    } while (cursor);
    return found;
  };

  it('goes through all shards in order, page by page', async () => {
    expect(await pages({ limit: '7', search: 'LST-' })).toEqual(ids);
    expect(await pages({ limit: '5', search: 'LST-01' })).toEqual(ids.slice(10, 20));
  });

  it('filters by station and type', async () => {
    expect(await pages({ limit: '4', stationId: 'ST-L' })).toEqual(ids.filter((_, i) => i % 2));
    expect(await pages({ limit: '2', search: 'LST-', type: 'manual' })).toEqual(ids.filter((_, i) => i % 5 === 0));
    expect((await call('GET', '', { query: { status: 'broken' } })).status).toBe(400);
    expect((await call('GET', '', { query: { cursor: 'xx' } })).body.code).toBe('invalid_cursor');
  });
});

it('an installation is recorded after it happened, when it is registered and when it is corrected', async () => {
  const later = iso(startTime + 365 * dayMs);
  expect(await call('POST', '', { body: { id: 'LATER-1', ...meter, installedAt: later } })).toMatchObject({
    status: 422,
  });
  await create('LATER-1', { installedAt: iso(startTime) });
  const { status, body } = await call('PUT', '/LATER-1', { body: { installedAt: later } });
  expect(status).toBe(422);
  expect(JSON.stringify(body)).toContain('/installedAt');
});

describe('changing a meter', () => {
  it('needs the version that was read, and moves it between stations in time', async () => {
    await create('CHG-1', { installedAt: iso(startTime - 10 * dayMs), initialRegisterKwh: '0' });
    await stack.addStation('ST-2');
    const since = iso(startTime - dayMs);
    const moved = await call('PUT', '/CHG-1', {
      body: { stationId: 'ST-2', stationSince: since, customerId: 'C-7' },
      headers: { 'if-match': '"1"' },
    });
    expect(moved.body.data).toMatchObject({ stationId: 'ST-2', customerId: 'C-7', version: 2 });
    expect(moved.headers['etag']).toBe('"2"');
    expect((await call('PUT', '/CHG-1', { body: {}, headers: { 'if-match': '"1"' } })).status).toBe(412);
    expect((await call('PUT', '/CHG-1', { body: { stationId: 'ST-9' } })).status).toBe(404);
    await deliver(ingest, [
      readingMessage('CHG-1', startTime - 2 * dayMs, 10),
      readingMessage('CHG-1', startTime - hourMs, 20),
      readingMessage('CHG-1', startTime - hourMs, 20, {}, 'ST-2'),
      readingMessage('CHG-1', startTime - 2 * dayMs - hourMs, 9, {}, 'ST-2'),
    ]);
    const { body } = await call('GET', '/CHG-1/readings');
    expect(body.data.map(({ registerKwh }: any) => registerKwh)).toEqual(['20', '10']);
  });

  it('takes a meter out of service for good', async () => {
    await create('CHG-2');
    expect((await call('PUT', '/CHG-2', { body: { status: 'retired' } })).body.data).toMatchObject({
      status: 'retired',
      devices: [{ removedAt: iso(startTime) }],
    });
    expect((await call('PUT', '/CHG-2', { body: { status: 'connected' } })).status).toBe(409);
    const late = { time: iso(startTime + 1000), registerKwh: '1' };
    expect((await call('POST', '/CHG-2/readings', { body: late })).body.detail).toMatch(/retired|taken out/);
    expect((await call('GET', '/CHG-2/status-changes')).body.data).toMatchObject([
      { previousStatus: 'connected', newStatus: 'retired' },
    ]);
  });

  it('removes the customer with null', async () => {
    await create('CHG-3', { customerId: 'C-1' });
    expect((await call('PUT', '/CHG-3', { body: { customerId: null } })).body.data).not.toHaveProperty('customerId');
  });
});

describe('handing in readings', () => {
  it('accepts one and shows it as the last reading', async () => {
    await create('RD-1', {
      initialRegisterKwh: '100',
      installedAt: iso(startTime - 30 * dayMs),
      registers: [{ obis: '1.8.1' }],
    });
    const body = {
      time: iso(startTime - hourMs),
      registerKwh: '115.5',
      voltage: 231,
      registers: { '1.8.1': 3, '1.8.2': 4 },
    };
    const answer = await call('POST', '/RD-1/readings', { body, kind: 'user' });
    expect([answer.status, answer.body.data]).toEqual([
      201,
      { accepted: 1, rejected: 0, results: [{ index: 0, meterId: 'RD-1', time: body.time, status: 'accepted' }] },
    ]);
    expect((await call('GET', '/RD-1')).body.data.lastReading).toEqual({
      meterId: 'RD-1',
      time: body.time,
      registerKwh: '115.5',
      voltage: 231,
      registers: { '1.8.1': '3' },
      source: 'manual',
      receivedAt: iso(startTime),
      messageId: expect.stringMatching(/^cor_/),
    });
  });

  it('refuses one that contradicts the meter, in the caller’s language', async () => {
    const body = { time: iso(startTime - hourMs / 2), registerKwh: '90' };
    const { status, body: problem } = await call('POST', '/RD-1/readings', { body });
    expect([status, problem.code]).toEqual([422, 'unprocessable']);
    expect(problem.errors[0].message).toContain('register_decreased: 90 kWh');
    const arabic = await call('POST', '/RD-1/readings', { body, headers: { 'accept-language': 'ar' } });
    expect(arabic.body.detail).toContain('يناقض');
  });

  it('answers for each of many', async () => {
    const at = (hours: number) => iso(startTime - hours * hourMs);
    const { status, body } = await call('POST', '/RD-1/readings', {
      body: {
        readings: [
          { time: at(5), registerKwh: '110' },
          { time: at(4), registerKwh: '9999' },
          { time: at(-1), registerKwh: '120' },
          { time: at(3), registerKwh: '112', voltage: 9999 },
          { time: at(2), registerKwh: '113', registers: { wrong: 1 } },
        ],
      },
    });
    expect(status).toBe(207);
    expect(body.data).toMatchObject({ accepted: 1, rejected: 4 });
    expect(body.data.results.map(({ reason }: any) => reason)).toEqual([
      undefined,
      'register_decreased',
      'timestamp_in_future',
      'value_out_of_range',
      'invalid_payload',
    ]);
  });

  it('takes readings of many meters, and says which it does not know', async () => {
    await create('RD-2');
    const { status, body } = await stack.request(readings, 'POST', '/api/billing/readings', {
      body: {
        readings: [
          { meterId: 'RD-2', time: iso(startTime), registerKwh: 1 },
          { meterId: 'RD-none', time: iso(startTime), registerKwh: 1 },
        ],
      },
    });
    expect([status, body.data.results[1].reason]).toEqual([207, 'unknown_meter']);
  });

  it('names the field that is wrong', async () => {
    const wrong = async (body: object) => (await call('POST', '/RD-1/readings', { body })).body;
    expect((await wrong({ time: 'yesterday', registerKwh: '1' })).errors).toMatchObject([{ path: '/time' }]);
    expect((await wrong({ readings: [{ time: iso(startTime), registerKwh: 'x' }] })).errors[0].path).toContain(
      '/readings/0',
    );
    expect((await wrong({ registerKwh: '1' })).errors[0].message).toContain('either one reading');
    expect((await wrong({ readings: [] })).code).toBe('validation_failed');
  });

  it('pages through readings across months in both orders', async () => {
    await create('RD-3', { installedAt: iso(startTime - 90 * dayMs), initialRegisterKwh: '0' });
    const rows = Array.from({ length: 45 }, (_, i) => ({
      time: iso(startTime - (45 - i) * dayMs),
      registerKwh: String(i),
    }));
    expect((await call('POST', '/RD-3/readings', { body: { readings: rows } })).status).toBe(201);
    for (const order of ['asc', 'desc']) {
      const found: string[] = [];
      let cursor: string | null = null;
      do {
        const query = { from: rows[0]!.time, limit: '13', order, ...(cursor ? { cursor } : {}) };
        const { body }: { body: any } = await call('GET', '/RD-3/readings', { query });
        found.push(...body.data.map(({ registerKwh }: any) => registerKwh));
        cursor = body.pagination.nextCursor;
      } while (cursor);
      const expected = rows.map(({ registerKwh }) => registerKwh);
      expect(found).toEqual(order === 'asc' ? expected : expected.reverse());
    }
    const forged = Buffer.from('2026-01-01T00:00:00.000Z#x').toString('base64url');
    expect((await call('GET', '/RD-3/readings', { query: { cursor: forged } })).body.code).toBe('invalid_cursor');
  });
});

describe('exchanging a device', () => {
  it('goes on counting across it', async () => {
    const at = startTime - 5 * hourMs;
    await create('EX-1', { installedAt: iso(startTime - 10 * dayMs), initialRegisterKwh: '500' });
    await call('POST', '/EX-1/readings', { body: { time: iso(at - hourMs), registerKwh: '520' } });
    const exchanged = await call('POST', '/EX-1/exchange', {
      body: {
        at: iso(at),
        finalRegisterKwh: '521',
        newSerialNumber: 'EX-1-B',
        newInitialRegisterKwh: '7',
        newDigits: 5,
      },
    });
    expect(exchanged.body.data).toMatchObject({ serialNumber: 'EX-1-B', digits: 5, devices: [{}, { digits: 5 }] });
    await call('POST', '/EX-1/readings', { body: { time: iso(at + hourMs), registerKwh: '9' } });
    const { body } = await call('GET', '/EX-1/consumption', {
      query: { interval: 'hour', from: iso(at - hourMs), to: iso(at + hourMs) },
    });
    expect(body.data).toMatchObject({ timeZone: 'Asia/Aden', totalKwh: '3', billable: true });
    expect(body.data.buckets.map(({ consumptionKwh, flags }: any) => [consumptionKwh, flags])).toEqual([
      ['1', []],
      ['2', ['exchanged']],
    ]);
    expect(stack.events('meter.exchanged')).toHaveLength(1);
  });

  it('takes what the new device sent before anybody told of the exchange', async () => {
    const at = startTime - 5 * hourMs;
    await create('EX-2', { installedAt: iso(startTime - 10 * dayMs), initialRegisterKwh: '500' });
    const send = (hours: number, kwh: number) => deliver(ingest, [readingMessage('EX-2', at + hours * hourMs, kwh)]);
    await send(-2, 520);
    for (const hours of [1, 2, 3, 4]) await send(hours, hours);
    const rejectedPath = '/api/billing/rejected-readings';
    const refused = await stack.request(rejected, 'GET', rejectedPath, {
      query: { meterId: 'EX-2', to: iso(startTime + 1) },
    });
    expect(refused.body.data.map(({ reason }: any) => reason)).toEqual(Array(4).fill('register_decreased'));
    await call('POST', '/EX-2/exchange', {
      body: { at: iso(at), finalRegisterKwh: '521', newSerialNumber: 'EX-2-B' },
    });
    const body = { meterId: 'EX-2', to: iso(startTime + 1) };
    const replayed = await stack.request(rejected, 'POST', `${rejectedPath}/replay`, { body });
    expect(replayed.body.data).toMatchObject({ replayed: 4, failed: 0 });
    const query = { interval: 'hour', from: iso(at - 2 * hourMs), to: iso(at + 4 * hourMs) };
    expect((await call('GET', '/EX-2/consumption', { query })).body.data.totalKwh).toBe('5');
  });

  it('judges by a corrected record at once', async () => {
    await create('EX-3', { installedAt: iso(startTime - 10 * dayMs), initialRegisterKwh: '5' });
    const add = async (hours: number, registerKwh: string) =>
      (await call('POST', '/EX-3/readings', { body: { time: iso(startTime - hours * hourMs), registerKwh } })).status;
    expect(await add(3, '50000')).toBe(422);
    expect((await call('PUT', '/EX-3', { body: { initialRegisterKwh: '49000' } })).status).toBe(200);
    expect(await add(3, '50000')).toBe(201);
    expect(await add(2, '60')).toBe(422);
  });

  it.each([
    ['already_exists', { newSerialNumber: 'ACR-1' }],
    ['unprocessable', { at: iso(startTime + hourMs) }],
    ['unprocessable', { at: iso(startTime - 60 * dayMs) }],
    ['unprocessable', { newDigits: 3, newInitialRegisterKwh: '5000' }],
    ['validation_failed', { finalRegisterKwh: 'full' }],
    // Below what the device showed, and beyond what the point can draw.
    ['unprocessable', { finalRegisterKwh: '3' }],
    ['unprocessable', { finalRegisterKwh: '99000' }],
  ])('refuses with %s: %j', async (code, more) => {
    const body = { finalRegisterKwh: '20', newSerialNumber: 'EX-1-C', ...more };
    expect((await call('POST', '/EX-1/exchange', { body })).body.code).toBe(code);
  });
});

describe('consumption', () => {
  it('follows the days of the tenant’s time zone', async () => {
    await create('CON-1', { installedAt: '2026-06-01T00:00:00Z', initialRegisterKwh: '0' });
    const hourly = Array.from({ length: 72 }, (_, i) => ({
      time: iso(Date.UTC(2026, 5, 10, 21 + i)),
      registerKwh: String(100 + i),
    }));
    await call('POST', '/CON-1/readings', { body: { readings: hourly } });
    const { body } = await call('GET', '/CON-1/consumption', { query: { from: '2026-06-11', to: '2026-06-13' } });
    expect(body.data.buckets).toEqual([
      {
        start: '2026-06-10T21:00:00.000Z',
        end: '2026-06-11T21:00:00.000Z',
        consumptionKwh: '24',
        estimated: false,
        complete: true,
        flags: [],
      },
      {
        start: '2026-06-11T21:00:00.000Z',
        end: '2026-06-12T21:00:00.000Z',
        consumptionKwh: '24',
        estimated: false,
        complete: true,
        flags: [],
      },
    ]);
  });

  it('estimates what lies between readings and leaves open what lies after them', async () => {
    const { body } = await call('GET', '/CON-1/consumption', {
      query: { interval: 'hour', from: '2026-06-13T19:30:00Z', to: '2026-06-13T22:00:00Z' },
    });
    expect(
      body.data.buckets.map(({ consumptionKwh, estimated, complete }: any) => [consumptionKwh, estimated, complete]),
    ).toEqual([
      ['1', false, true],
      [null, false, false],
      [null, false, false],
    ]);
    expect(body.data.billable).toBe(false);
    const month = await call('GET', '/CON-1/consumption', {
      query: { interval: 'month', from: '2026-06-01', to: '2026-07-01' },
    });
    expect(month.body.data).toMatchObject({ totalKwh: '171', buckets: [{ complete: false }] });
  });

  it.each([
    { from: '2026-06-02', to: '2026-06-01' },
    { interval: 'hour', from: '2026-01-01', to: '2026-06-01' },
  ])('refuses the period %j', async (query) => {
    expect((await call('GET', '/CON-1/consumption', { query })).body.code).toBe('unprocessable');
  });

  it('frees a meter from a wrong reading once somebody looked at it', async () => {
    await create('REF-1', { initialRegisterKwh: '0', installedAt: iso(startTime - 10 * dayMs) });
    const add = async (hours: number, registerKwh: string) =>
      (await call('POST', '/REF-1/readings', { body: { time: iso(startTime - hours * hourMs), registerKwh } })).status;
    expect(await add(9, '3000')).toBe(201);
    expect(await add(2, '50')).toBe(422);
    const reference = { time: iso(startTime - 3 * hourMs), registerKwh: '49' };
    expect((await call('POST', '/REF-1/reference', { body: reference })).status).toBe(200);
    expect(await add(2, '50')).toBe(201);
    expect(await add(1, '51')).toBe(201);
    const { body } = await call('GET', '/REF-1/consumption', {
      query: { interval: 'hour', from: iso(startTime - 2 * hourMs), to: iso(startTime - hourMs) },
    });
    expect(body.data).toMatchObject({ totalKwh: '1', billable: true });
  });
});

describe('live readings', () => {
  it('shows the latest reading of each meter of a station, silent ones too', async () => {
    await stack.addStation('ST-V');
    for (const id of ['LV-1', 'LV-2', 'LV-3'])
      await create(id, { stationId: 'ST-V', installedAt: iso(startTime - 200 * dayMs), initialRegisterKwh: '0' });
    const add = (id: string, hours: number, registerKwh: string) =>
      call('POST', `/${id}/readings`, { body: { time: iso(startTime - hours * hourMs), registerKwh } });
    await add('LV-1', 2, '7');
    await add('LV-1', 3, '6');
    await add('LV-2', 24 * 70, '5');
    const live = (query: Record<string, string>) =>
      stack.request(liveReadings, 'GET', '/api/scada/readings/live', { query });
    const { body } = await live({ stationId: 'ST-V' });
    expect(body.data.map(({ meterId, reading }: any) => [meterId, reading?.registerKwh])).toEqual([
      ['LV-1', '7'],
      ['LV-2', '5'],
      ['LV-3', undefined],
    ]);
    expect((await live({ stationId: 'ST-9' })).status).toBe(404);
    vi.setSystemTime(startTime);
  });
});
