import { beforeAll, describe, expect, it } from 'vitest';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { meterEntity } from '../../metering/meters/meter-entity.ts';
import { createMeterSchema } from '../../metering/meters/meter-schema.ts';
import { registerMeter } from '../../metering/meters/register-meter.ts';
import { handler as switchChangedSupply } from '../subscribers/switch-changed-supply.ts';
import { gatewayOf } from '../test-support/gateway.ts';
import { addDevice, addLine, addPoint } from '../test-support/plant.ts';
import { consume, iso, type RequestOptions, useScadaStack } from '../test-support/scada-stack.ts';
import { handler as topology } from './handler.ts';

const stack = useScadaStack();
const gateway = gatewayOf(stack);
const call = (method: string, path: string, options?: RequestOptions) =>
  stack.request(topology, method, `/api/scada/topology/elements${path}`, options);
const behind = async (id: string) => (await call('GET', `/${id}/customers-behind`)).body.data;
const meterIds = async (id: string) => (await behind(id)).meters.map(({ meterId }: any) => meterId);

/** SS1 ─ F1 ─ B1 ─ T1, S1 ─ T2; SS1 ─ F2 ─ B2 ─ T3; TIE between B2 and S1, normally open. */
const network = [
  { id: 'SS1', kind: 'substation' },
  { id: 'F1', kind: 'feeder', parentId: 'SS1' },
  { id: 'B1', kind: 'switch', parentId: 'F1', stationId: 'ST-1' },
  { id: 'T1', kind: 'transformer', parentId: 'B1', ratedKva: 400 },
  { id: 'S1', kind: 'switch', parentId: 'B1' },
  { id: 'T2', kind: 'transformer', parentId: 'S1' },
  { id: 'F2', kind: 'feeder', parentId: 'SS1' },
  { id: 'B2', kind: 'switch', parentId: 'F2' },
  { id: 'T3', kind: 'transformer', parentId: 'B2' },
  { id: 'TIE', kind: 'switch', parentId: 'B2', otherSideId: 'S1', normalPosition: 'open' },
];

beforeAll(async () => {
  for (const element of network)
    expect((await call('POST', '', { body: { name: element.id, ...element } })).status).toBe(201);
  for (const [id, customerId] of [
    ['M1', 'cus-1'],
    ['M2', 'cus-2'],
    ['M3', 'cus-2'],
    ['M4', undefined],
  ] as const)
    await registerMeter(
      stack.session(),
      createMeterSchema.parse({ id, model: 'ADL200', stationId: 'ST-1', ...(customerId ? { customerId } : {}) }),
    );
  const place = (element: string, ids: string[]) => call('PUT', `/${element}/meters`, { body: { meterIds: ids } });
  expect((await place('T1', ['M1', 'M9'])).body.data).toEqual({ placed: 1, unknownMeterIds: ['M9'] });
  await place('T2', ['M2', 'M3']);
  await place('T3', ['M4']);
  await addLine(stack, { name: 'net' });
  await addDevice(stack, { name: 'net' }, 'net-1');
  const position = { pointType: 'double_bit', dataType: 'double_bit', role: 'switch_position' };
  await addPoint(stack, 'net-1', 'b1-pos', { ...position, networkElementId: 'B1' });
  await addPoint(stack, 'net-1', 'supply-3', {
    pointType: 'binary_input',
    dataType: 'boolean',
    role: 'supply',
    networkElementId: 'T3',
  });
});

describe('the network', () => {
  it('tells who is behind a switch, with customers', async () => {
    expect(await behind('B1')).toMatchObject({
      supplied: true,
      transformerIds: ['T1', 'T2'],
      meterCount: 3,
      customerCount: 2,
      meters: [
        { meterId: 'M1', elementId: 'T1', customerId: 'cus-1' },
        { meterId: 'M2', elementId: 'T2', customerId: 'cus-2' },
        { meterId: 'M3', elementId: 'T2', customerId: 'cus-2' },
      ],
      truncated: false,
    });
    expect(await meterIds('B2')).toEqual(['M4']);
    const few = await call('GET', '/SS1/customers-behind', { query: { limit: '2' } });
    expect(few.body.data).toMatchObject({ meterCount: 4, truncated: true });
  });

  it('follows switching: a section that was switched over hangs on the other feeder', async () => {
    for (const [id, position] of [
      ['S1', 'open'],
      ['TIE', 'closed'],
    ])
      expect((await call('PUT', `/${id}/position`, { body: { position } })).status).toBe(200);
    expect(await meterIds('B1')).toEqual(['M1']);
    expect(await meterIds('B2')).toEqual(['M2', 'M3', 'M4']);
    expect((await call('GET', '/TIE')).body.data.present).toMatchObject({ position: 'closed', source: 'manual' });
    for (const [id, position] of [
      ['TIE', 'open'],
      ['S1', 'closed'],
    ])
      await call('PUT', `/${id}/position`, { body: { position } });
  });

  it('stays one: wrong neighbours, circles and what something hangs on are refused', async () => {
    const post = (body: object) => call('POST', '', { body: { name: 'x', ...body } });
    expect((await post({ id: 'X1', kind: 'feeder' })).status).toBe(422);
    expect((await post({ id: 'X1', kind: 'feeder', parentId: 'nobody' })).status).toBe(422);
    expect((await post({ id: 'X1', kind: 'feeder', parentId: 'SS1', otherSideId: 'F1' })).status).toBe(422);
    expect((await post({ id: 'F1', kind: 'feeder', parentId: 'SS1' })).status).toBe(409);
    expect((await call('PUT', '/F1', { body: { parentId: 'T1' } })).status).toBe(422);
    expect((await call('PUT', '/F1', { body: { parentId: null } })).status).toBe(422);
    expect((await call('DELETE', '/F1')).status).toBe(409);
    expect((await call('DELETE', '/T3')).status).toBe(409);
    expect((await call('PUT', '/T1/position', { body: { position: 'open' } })).status).toBe(422);
  });

  it('lists its elements, and forgets those that are removed', async () => {
    await call('POST', '', { body: { id: 'T9', name: 'Spare', kind: 'transformer', parentId: 'F2' } });
    expect((await call('GET', '', { query: { parentId: 'F2' } })).body.data.map(({ id }: any) => id)).toEqual([
      'B2',
      'T9',
    ]);
    await call('PUT', '/T9/meters', { body: { meterIds: ['M4'] } });
    expect((await call('GET', '/T3/meters')).body.data).toEqual([]);
    expect((await call('DELETE', '/T9/meters/M4')).status).toBe(204);
    expect((await call('DELETE', '/T9/meters/M4')).status).toBe(404);
    expect((await call('DELETE', '/T9')).status).toBe(204);
    await call('PUT', '/T3/meters', { body: { meterIds: ['M4'] } });
  });

  it('is each tenant’s own', async () => {
    expect((await call('GET', '', { tenantId: 'b' })).body.data).toEqual([]);
    for (const [method, path, body] of [
      ['GET', '/B1'],
      ['GET', '/B1/history'],
      ['GET', '/B1/customers-behind'],
      ['GET', '/T1/meters'],
      ['PUT', '/B1', { name: 'x' }],
      ['PUT', '/B1/position', { position: 'open' }],
      ['PUT', '/T1/meters', { meterIds: ['M1'] }],
      ['DELETE', '/T1/meters/M1'],
      ['DELETE', '/B1'],
    ] as const)
      expect((await call(method, path, { tenantId: 'b', body })).status, path).toBe(404);
    expect(await openSession('b').get(meterEntity, { id: 'M1' })).toBeUndefined();
  });
});

describe('a switch with telemetry', () => {
  const at = (value: string, timeMs: number) =>
    gateway.values([{ pointId: 'b1-pos', value, quality: 'good', timeMs, isEvent: true }]);
  const changes = () => stack.events('network.switch_changed').filter(({ aggregateId }) => aggregateId === 'B1');

  it('tells each change once, in the order of its own time, and what is behind it goes dark and comes back', async () => {
    const t = Date.now();
    await at('on', t);
    expect(changes()).toEqual([]);
    stack.pass(10_000);
    await at('off', t + 5000);
    await at('off', t + 5000);
    await at('on', t + 2000);
    expect(changes().map(({ payload }) => payload)).toMatchObject([
      {
        stationId: 'ST-1',
        elementId: 'B1',
        pointId: 'b1-pos',
        previousPosition: 'closed',
        position: 'open',
        time: iso(t + 5000),
      },
    ]);
    expect((await call('GET', '/B1')).body.data.present).toMatchObject({ position: 'open', source: 'telemetry' });
    expect((await call('GET', '/T1')).body.data.supplied).toBe(false);
    expect(await behind('B1')).toMatchObject({ supplied: false, meterCount: 3 });
    await consume(switchChangedSupply, changes());
    await consume(switchChangedSupply, changes());
    expect(stack.events('network.outage').map(({ payload }) => payload)).toMatchObject([
      { elementId: 'B1', cause: 'switch', transformerIds: ['T1', 'T2'], meterCount: 3 },
    ]);
    await at('on', t + 9000);
    await consume(switchChangedSupply, changes().slice(1));
    expect(stack.events('network.restored').map(({ payload }) => payload)).toMatchObject([
      { elementId: 'B1', cause: 'switch', meterCount: 3 },
    ]);
  });

  it('is not set by hand, and says nothing while its value is bad or on its way', async () => {
    expect((await call('PUT', '/B1/position', { body: { position: 'open' } })).status).toBe(409);
    const before = changes().length;
    const t = Date.now() + 1000;
    await gateway.values([{ pointId: 'b1-pos', value: 'off', quality: 'bad', timeMs: t }]);
    expect(changes()).toHaveLength(before);
    await at('intermediate', t + 1000);
    expect(changes().at(-1)!.payload.position).toBe('unknown');
    expect((await call('GET', '/B1')).body.data.present.position).toBe('closed');
    const told = stack.events('network.outage').length;
    await consume(switchChangedSupply, changes().slice(-1));
    expect(stack.events('network.outage')).toHaveLength(told);
    await at('on', t + 2000);
  });

  it('stays as the newest value says while what happened during an outage of the line follows', async () => {
    stack.pass(60_000);
    const t = Date.now();
    const told = changes().length;
    const present = async () => (await call('GET', '/B1')).body.data.present.position;
    await at('on', t + 20_000);
    expect(changes()).toHaveLength(told);
    await at('off', t + 10_000);
    expect(await present()).toBe('closed');
    await at('on', t + 20_000);
    await at('on', t + 20_000);
    expect(changes().slice(told)).toMatchObject([
      { payload: { position: 'open', time: iso(t + 10_000) } },
      { payload: { position: 'closed', time: iso(t + 20_000) } },
    ]);
    expect(await present()).toBe('closed');
    await at('off', t + 30_000);
    expect(await present()).toBe('open');
    await at('on', t + 40_000);
    expect(await present()).toBe('closed');
  });
});

describe('a point that tells of voltage', () => {
  it('makes outages and restorations with the number of meters', async () => {
    const t = Date.now();
    const supply = (value: boolean, timeMs: number) =>
      gateway.values([{ pointId: 'supply-3', value, quality: 'good', timeMs }]);
    await supply(true, t);
    await supply(false, t + 1000);
    await supply(true, t + 2000);
    const told = (type: string) => stack.events(type).filter(({ payload }) => payload.cause === 'supply');
    expect(told('network.outage').map(({ payload }) => payload)).toMatchObject([
      { elementId: 'T3', pointId: 'supply-3', meterCount: 1, time: iso(t + 1000) },
    ]);
    expect(told('network.restored')).toHaveLength(1);
  });
});
