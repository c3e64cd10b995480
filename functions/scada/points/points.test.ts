import { describe, expect, it } from 'vitest';
import { handler as devices } from '../devices/handler.ts';
import { handler as profiles } from '../profiles/handler.ts';
import { handler as protocols } from '../protocols/handler.ts';
import { addDevice, addLine, addPoint } from '../test-support/plant.ts';
import { type RequestOptions, useScadaStack } from '../test-support/scada-stack.ts';
import { handler as points } from './handler.ts';

const stack = useScadaStack();
const call = (method: string, path: string, options?: RequestOptions) =>
  stack.request(points, method, `/api/scada/points${path}`, options);
const callDevices = (method: string, path: string, options?: RequestOptions) =>
  stack.request(devices, method, `/api/scada/devices${path}`, options);
const callProtocols = (method: string, path: string, options?: RequestOptions) =>
  stack.request(protocols, method, `/api/scada/protocols${path}`, options);

async function plant(name: string, tenantId = 'a', stationId = 'ST-1'): Promise<string> {
  await addLine(stack, { name, tenantId, stationId });
  await addDevice(stack, { name, tenantId, stationId }, `${name}-rtu`);
  return `${name}-rtu`;
}

describe('a protocol', () => {
  it('has the documented columns and defaults', async () => {
    const body = { stationId: 'ST-1', name: 'Hall', protocolType: 'modbus', host: '10.0.0.1', port: 502 };
    const made = await callProtocols('POST', '', { body });
    expect(made).toMatchObject({
      status: 201,
      body: {
        data: {
          ...body,
          settings: {},
          authType: 'none',
          isActive: true,
          connectionStatus: 'disconnected',
          lastConnectedAt: null,
        },
      },
    });
    const { id } = made.body.data;
    const changed = await callProtocols('PUT', `/${id}`, { body: { port: 503 } });
    expect(changed.body.data).toMatchObject({ port: 503, isActive: true, name: 'Hall' });
    expect((await callProtocols('GET', `/${id}/history`)).body.data).toHaveLength(2);
  });

  it('takes no secret in clear and no unknown field', async () => {
    const body = { stationId: 'ST-1', name: 'x', protocolType: 'mqtt', host: 'h', port: 1883 };
    expect(
      (await callProtocols('POST', '', { body: { ...body, credentials: { username: 'u', password: 'p' } } })).status,
    ).toBe(400);
    expect((await callProtocols('POST', '', { body: { ...body, secret: 'x' } })).status).toBe(400);
    const credentials = { username: 'u', password: { secret: 'broker' } };
    expect((await callProtocols('POST', '', { body: { ...body, authType: 'basic', credentials } })).status).toBe(201);
  });

  it('needs a station of the tenant, and stays while devices use it', async () => {
    const body = { stationId: 'ST-9', name: 'x', protocolType: 'modbus', host: 'h', port: 502 };
    expect((await callProtocols('POST', '', { body })).status).toBe(404);
    await plant('used');
    expect((await callProtocols('DELETE', '/used-line')).status).toBe(409);
    expect((await callDevices('DELETE', '/used-rtu')).status).toBe(204);
    expect((await callProtocols('DELETE', '/used-line')).status).toBe(204);
  });
});

describe('a device', () => {
  it('is reached by a protocol of its own station', async () => {
    await addLine(stack, { name: 'far', tenantId: 'b', stationId: 'ST-9' });
    const body = { stationId: 'ST-1', protocolId: 'far-line', name: 'd' };
    expect((await callDevices('POST', '', { body })).status).toBe(404);
  });

  it('tells how it is doing before anything was heard', async () => {
    const id = await plant('quiet');
    await addPoint(stack, id, 'quiet.v');
    const { body } = await callDevices('GET', `/${id}/status`);
    expect(body.data).toMatchObject({
      deviceId: id,
      state: 'disconnected',
      protocol: { id: 'quiet-line', state: 'disconnected' },
      points: { total: 1, silent: 1, good: 0 },
      lastValueAt: null,
    });
    const readings = await callDevices('GET', `/${id}/readings`);
    expect(readings.body.data).toMatchObject([{ pointId: 'quiet.v', reading: null }]);
    for (const path of ['', '/status', '/readings', '/history'])
      expect((await callDevices('GET', `/${id}${path}`, { tenantId: 'b' })).status).toBe(404);
  });
});

describe('a point', () => {
  it('has the documented columns and defaults', async () => {
    const deviceId = await plant('cols');
    const point = await addPoint(stack, deviceId, 'cols.v', { unit: 'V', alarmHigh: 253 });
    expect(point).toMatchObject({
      id: 'cols.v',
      stationId: 'ST-1',
      deviceId,
      protocolId: 'cols-line',
      scaleFactor: 1,
      offset: 0,
      unit: 'V',
      alarmHigh: 253,
      scanRateMs: 1000,
      isActive: true,
      writable: false,
      lastValue: null,
      lastQuality: null,
      lastTimestamp: null,
    });
  });

  it('has an address and a type, or an expression', async () => {
    const deviceId = await plant('expr');
    const body = { deviceId, name: 'p', pointType: 'analog_input' };
    const wrong = [{}, { address: '1' }, { dataType: 'int16' }, { address: '1', dataType: 'int16', expression: '1' }];
    for (const fields of wrong)
      expect(await call('POST', '', { body: { ...body, ...fields } })).toMatchObject({
        status: 400,
        body: { errors: [{ path: '/address' }] },
      });
    expect((await call('POST', '', { body: { ...body, expression: '[a] + 1' } })).status).toBe(201);
  });

  it('changes what is sent, drops what is null, and never its device', async () => {
    const deviceId = await plant('chg');
    await addPoint(stack, deviceId, 'chg.v', { alarmHigh: 10, scaleFactor: 0.5 });
    const changed = await call('PUT', '/chg.v', { body: { name: 'New', alarmHigh: null } });
    expect(changed.body.data).toMatchObject({ name: 'New', scaleFactor: 0.5, deviceId });
    expect(changed.body.data).not.toHaveProperty('alarmHigh');
    expect((await call('PUT', '/chg.v', { body: { deviceId: 'other' } })).status).toBe(400);
    expect((await call('PUT', '/chg.v', { body: { address: null } })).status).toBe(400);
  });

  it('is listed by station, device and kind, a page at a time', async () => {
    const deviceId = await plant('many');
    for (const i of [1, 2, 3]) await addPoint(stack, deviceId, `many.${i}`);
    await addPoint(stack, deviceId, 'many.4', { pointType: 'binary_input', dataType: 'boolean', role: 'supply' });
    const ids = async (query: Record<string, string>) =>
      (await call('GET', '', { query })).body.data.map(({ id }: any) => id);
    expect(await ids({ deviceId })).toEqual(['many.1', 'many.2', 'many.3', 'many.4']);
    expect(await ids({ deviceId, role: 'supply' })).toEqual(['many.4']);
    const all: string[] = [];
    let cursor: string | undefined;
    do {
      const { body } = await call('GET', '', { query: { limit: '2', ...(cursor ? { cursor } : {}) } });
      all.push(...body.data.map(({ id }: any) => id));
      cursor = body.pagination.nextCursor ?? undefined;
    } while (cursor);
    expect(all).toEqual([...all].sort());
    expect(all).toEqual(expect.arrayContaining(['many.1', 'many.4', 'cols.v']));
    expect(new Set(all).size).toBe(all.length);
    expect((await call('GET', '', { query: { stationId: 'ST-9' } })).status).toBe(404);
  });

  it('is unknown to other tenants', async () => {
    for (const [method, body] of [['GET'], ['PUT', { name: 'x' }], ['DELETE']] as const)
      expect((await call(method, '/cols.v', { tenantId: 'b', body })).status).toBe(404);
    expect((await call('GET', '', { tenantId: 'b' })).body.data).toEqual([]);
  });
});

describe('an import', () => {
  const importing = (format: string, content: string, options: object = {}) =>
    call('POST', '/import', { body: { format, content, ...options } });

  it('of CSV creates every point, and replaces them when it is repeated', async () => {
    const deviceId = await plant('csv');
    const csv = [
      'id,deviceId,name,pointType,address,dataType,scaleFactor,writable,unit,control',
      `csv.v,${deviceId},"Voltage, L1",analog_input,holding:1,uint16,0.1,,V,`,
      `csv.c,${deviceId},"The ""main"" breaker",binary_output,"{""group"":""binary_output"",""index"":0}",boolean,,true,,"{""mode"":""select_before_operate""}"`,
    ].join('\r\n');
    expect((await importing('csv', csv, { dryRun: true })).body.data).toMatchObject({ applied: false, created: 2 });
    expect((await call('GET', '/csv.v')).status).toBe(404);
    expect((await importing('csv', csv)).body.data).toEqual({ applied: true, created: 2, replaced: 0, problems: [] });
    expect((await call('GET', '/csv.v')).body.data).toMatchObject({ name: 'Voltage, L1', scaleFactor: 0.1 });
    expect((await call('GET', '/csv.c')).body.data).toMatchObject({
      name: 'The "main" breaker',
      address: { group: 'binary_output', index: 0 },
      control: { mode: 'select_before_operate' },
    });
    expect((await importing('csv', csv)).body.data).toMatchObject({ applied: true, created: 0, replaced: 2 });
    expect((await call('GET', '/csv.v')).body.data.version).toBe(2);
  });

  it('writes nothing when one line is wrong, and says which and why', async () => {
    const deviceId = await plant('bad');
    const good = { id: 'bad.1', deviceId, name: 'n', pointType: 'counter', address: 1, dataType: 'uint32' };
    const lines = [
      JSON.stringify(good),
      '{"id":',
      JSON.stringify({ ...good, id: 'bad.2', scanRateMs: 1 }),
      JSON.stringify({ ...good, id: 'bad.3', deviceId: 'nobody' }),
      JSON.stringify(good),
      JSON.stringify({ ...good, id: undefined }),
      JSON.stringify({ ...good, id: 'bad.4', colour: 'red' }),
      JSON.stringify({ ...good, id: 'cols.v' }),
    ];
    const { status, body } = await importing('jsonl', lines.join('\n'));
    expect(status).toBe(200);
    expect(body.data).toMatchObject({ applied: false, created: 0, replaced: 0 });
    expect(body.data.problems.map(({ line, path }: any) => `${line}${path}`).sort()).toEqual(
      ['2', '3/scanRateMs', '4/deviceId', '5/id', '6/id', '7', '8/deviceId'].sort(),
    );
    expect(body.data.problems.find(({ line }: any) => line === 7).message).toBe('Unknown field: "colour".');
    expect((await call('GET', '/bad.1')).status).toBe(404);
    expect((await importing('csv', 'id,name\nx')).body.data.problems[0].message).toMatch(/2 columns/);
    expect((await importing('csv', 'id\n"x')).body.data.problems[0].message).toMatch(/not closed/);
    expect((await importing('csv', 'id\n')).body.data.applied).toBe(false);
  });

  it('takes thousands', async () => {
    const deviceId = await plant('bulk');
    const lines = Array.from({ length: 2_000 }, (_, i) =>
      JSON.stringify({
        id: `bulk.${i}`,
        deviceId,
        name: `P ${i}`,
        pointType: 'counter',
        address: i,
        dataType: 'uint32',
      }),
    );
    expect((await importing('jsonl', lines.join('\n'))).body.data).toMatchObject({ applied: true, created: 2_000 });
    expect((await callDevices('GET', `/${deviceId}/status`)).body.data.points.total).toBe(2_000);
    expect(stack.count('scada', 'point import')).toBeGreaterThan(0);
  });

  it('reaches no device of another tenant', async () => {
    const line = JSON.stringify({
      id: 'x.1',
      deviceId: 'bulk-rtu',
      name: 'n',
      pointType: 'counter',
      address: 1,
      dataType: 'u',
    });
    const { body } = await call('POST', '/import', { tenantId: 'b', body: { format: 'jsonl', content: line } });
    expect(body.data.problems).toMatchObject([{ path: '/deviceId' }]);
  });
});

describe('a profile', () => {
  it('is known by name, with its source', async () => {
    const { body } = await stack.request(profiles, 'GET', '/api/scada/profiles');
    expect(body.data.length).toBeGreaterThan(5);
    for (const { id, pointCount, source } of body.data) {
      expect(source.document.length * pointCount).toBeGreaterThan(0);
      const one = await stack.request(profiles, 'GET', `/api/scada/profiles/${id}`);
      expect(one.body.data.points).toHaveLength(pointCount);
    }
    expect((await stack.request(profiles, 'GET', '/api/scada/profiles/nobody')).status).toBe(404);
  });

  it('gives a device its points, as a whole and again', async () => {
    const deviceId = await plant('prf');
    const list = (await stack.request(profiles, 'GET', '/api/scada/profiles')).body.data;
    for (const { id, pointCount } of list) {
      const apply = () => callDevices('POST', `/${deviceId}/profile`, { body: { profile: id, ct: 40 } });
      const first = (await apply()).body.data;
      expect(first.created + first.replaced, id).toBe(pointCount);
      expect((await apply()).body.data).toMatchObject({ created: 0, replaced: pointCount });
      expect((await callDevices('GET', `/${deviceId}`)).body.data.profile).toBe(id);
      const point = await call('GET', `/${first.pointIds[0]}`);
      expect(point.body.data).toMatchObject({ deviceId, stationId: 'ST-1' });
    }
    const wrong = (body: object) => callDevices('POST', `/${deviceId}/profile`, { body });
    expect((await wrong({ profile: 'nobody' })).status).toBe(422);
    expect((await wrong({ profile: list[0].id, keys: ['nothing'] })).status).toBe(422);
    expect(
      (await callDevices('POST', `/${deviceId}/profile`, { tenantId: 'b', body: { profile: list[0].id } })).status,
    ).toBe(404);
  });
});
