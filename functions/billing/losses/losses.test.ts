/** Balances of feeders and transformers over the handler, from readings on real tables; the arithmetic is written out. */
import { beforeAll, describe, expect, it } from 'vitest';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { elementEntity } from '../../scada/topology/element-entity.ts';
import { placeMeters } from '../../scada/topology/place-meters.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { handler } from './handler.ts';

const stack = useBillingStack();
const base = '/api/billing/loss-areas';
const april = { from: '2026-04-01', to: '2026-05-01' };

const call = (method: string, path = '', more: object = {}, tenant = 'loss') =>
  stack.call(tenant, handler, method, base + path, more);
async function addArea(body: object): Promise<string> {
  const made = await call('POST', '', { body: { name: 'Area', kind: 'transformer', ...body } });
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  return made.body.data.id;
}
const assign = (id: string, meters: Record<string, object[]>) =>
  call('PUT', `/${id}/meters`, {
    body: { meters: Object.entries(meters).map(([meterId, spans]) => ({ meterId, spans })) },
  });
const report = (id: string, query: Record<string, string> = april) => call('GET', `/${id}/report`, { query });

beforeAll(async () => {
  await stack.addTenant('loss');
  await stack.addTenant('other');
  const registers: [string, [string, number, object?][]][] = [
    // 1,000 kWh enter in April; 600 of them by the 16th.
    [
      'IN',
      [
        ['2026-04-01T00:00', 5000],
        ['2026-04-16T00:00', 5600],
        ['2026-05-01T00:00', 6000],
      ],
    ],
    [
      'A',
      [
        ['2026-04-01T00:00', 100],
        ['2026-04-16T00:00', 250],
        ['2026-05-01T00:00', 400],
      ],
    ],
    [
      'B',
      [
        ['2026-04-01T00:00', 0],
        ['2026-04-16T00:00', 200],
        ['2026-05-01T00:00', 500],
      ],
    ],
    // Has a roof: takes 250, feeds in 100.
    [
      'SUN',
      [
        ['2026-04-01T00:00', 10, { exportRegisterKwh: '0' }],
        ['2026-05-01T00:00', 260, { exportRegisterKwh: '100' }],
      ],
    ],
    // Nothing at the edges of April: 10 a day from 30 March to 2 May, 33 days.
    [
      'ROUGH',
      [
        ['2026-03-30T00:00', 0],
        ['2026-05-02T00:00', 330],
      ],
    ],
    [
      'FEEDER-IN',
      [
        ['2026-04-01T00:00', 0],
        ['2026-05-01T00:00', 2000],
      ],
    ],
    [
      'SHOP',
      [
        ['2026-04-01T00:00', 0],
        ['2026-05-01T00:00', 700],
      ],
    ],
  ];
  for (const [id, readings] of registers) {
    await stack.addMeter('loss', id);
    await stack.read('loss', id, readings);
  }
  await stack.addMeter('loss', 'MUTE');
});

describe('the balance of an area', () => {
  it('is what entered less what meters took on the days they counted, parted by the percentage', async () => {
    const id = await addArea({ inputMeters: [{ meterId: 'IN', from: '2026-01-01' }], technicalLossPercent: '4.5' });
    await assign(id, {
      A: [{ from: '2026-01-01' }],
      // Moved away on the 16th: 200 of its 500 kWh count.
      B: [{ from: '2026-01-01', to: '2026-04-16' }],
      SUN: [{ from: '2026-04-01' }],
    });
    const { status, body } = await report(id);
    expect(status).toBe(200);
    expect(body.data).toMatchObject({
      metersFrom: 'assignments',
      inputKwh: '1000', // 6000 - 5000
      fedInKwh: '100',
      returnedKwh: '0',
      outputKwh: '750', // 300 + 200 + 250
      lossKwh: '350', // 1000 + 100 - 750
      lossPercent: '31.82', // 350 / 1100
      technicalLossKwh: '49.5', // 4.5 % of 1100
      commercialLossKwh: '300.5', // 350 - 49.5
      commercialLossPercent: '27.32', // 300.5 / 1100
      quality: {
        meterCount: 4,
        estimatedPercent: '0.00',
        daysWithoutInput: 0,
        metersWithoutData: [],
        incompleteMeters: [],
      },
    });
    expect(body.data.meters).toHaveLength(4);
    expect(body.data.meters.find(({ meterId }: any) => meterId === 'B')).toEqual({
      meterId: 'B',
      role: 'output',
      from: '2026-04-01',
      to: '2026-04-16',
      importKwh: '200',
      exportKwh: null,
      estimated: false,
      complete: true,
    });
    // 600 entered until the 16th, 150 + 200 were taken; SUN, without a reading on the 16th, 250 and 100 times 15 / 30 days.
    expect((await report(id, { from: '2026-04-01', to: '2026-04-16' })).body.data).toMatchObject({
      inputKwh: '600',
      fedInKwh: '50',
      outputKwh: '475', // 150 + 200 + 125
      lossKwh: '175', // 600 + 50 - 475
      quality: { estimatedPercent: '26.32' }, // 125 / 475
    });
    for (const meter of ['A', 'B', 'SUN']) await assign(id, { [meter]: [] });
  });

  it('says what it does not know: meters without data, estimated edges, days without an input', async () => {
    const id = await addArea({ inputMeters: [{ meterId: 'IN', from: '2026-01-01' }] });
    await assign(id, { A: [{ from: '2026-01-01' }], ROUGH: [{ from: '2026-01-01' }], MUTE: [{ from: '2026-01-01' }] });
    const { data } = (await report(id)).body;
    expect(data).toMatchObject({
      outputKwh: '600', // 300 + 330 x 30 / 33 days
      lossKwh: '400', // 1000 - 600
      technicalLossKwh: '0',
      commercialLossKwh: '400',
      quality: { estimatedPercent: '50.00', metersWithoutData: ['MUTE'] }, // 300 / 600
    });
    await call('PUT', `/${id}`, { body: { inputMeters: [{ meterId: 'IN', from: '2026-04-16' }] } });
    expect((await report(id)).body.data).toMatchObject({
      inputKwh: '400',
      lossKwh: null,
      lossPercent: null,
      commercialLossKwh: null,
      quality: { daysWithoutInput: 15 },
    });
    await call('PUT', `/${id}`, { body: { inputMeters: [{ meterId: 'MUTE', from: '2026-01-01' }] } });
    // An input meter is never output as well.
    expect((await report(id)).body.data).toMatchObject({ lossKwh: null, quality: { meterCount: 3 } });
    await assign(id, { A: [], ROUGH: [], MUTE: [] });
  });

  it('of a feeder counts the meters of its transformers, each day of a meter once', async () => {
    const feeder = await addArea({ kind: 'feeder', inputMeters: [{ meterId: 'FEEDER-IN', from: '2026-01-01' }] });
    const transformer = await addArea({ parentId: feeder, inputMeters: [{ meterId: 'IN', from: '2026-01-01' }] });
    await assign(feeder, { SHOP: [{ from: '2026-01-01' }], B: [{ from: '2026-04-16' }] });
    await assign(transformer, { A: [{ from: '2026-01-01' }], B: [{ from: '2026-01-01', to: '2026-04-16' }] });
    const { data } = (await report(feeder)).body;
    expect(data).toMatchObject({
      inputKwh: '2000',
      outputKwh: '1500', // SHOP 700 + A 300 + B 500, by way of both
      lossKwh: '500',
      lossPercent: '25.00',
    });
    expect(data.meters.filter(({ meterId }: any) => meterId === 'B')).toHaveLength(1);
    expect((await report(transformer)).body.data).toMatchObject({ outputKwh: '500', lossKwh: '500' }); // 1000 - 300 - 200
    expect((await call('DELETE', `/${feeder}`)).status).toBe(409);
    for (const id of [feeder, transformer]) await assign(id, { SHOP: [], A: [], B: [] });
    expect((await call('DELETE', `/${transformer}`)).status).toBe(204);
    expect((await call('DELETE', `/${feeder}`)).status).toBe(204);
    expect((await report(feeder)).status).toBe(404);
  });

  it('takes the meters of the network where the area is an element of it', async () => {
    const session = openSession('loss');
    await session.transact('scada', (unit) => {
      const more = { normalPosition: 'closed' as const };
      unit.create(elementEntity, { id: 'SS', name: 'SS', kind: 'substation', ...more });
      unit.create(elementEntity, { id: 'F', name: 'F', kind: 'feeder', parentId: 'SS', ...more });
      // Open at present: a balance of a month does not hang on it.
      unit.create(elementEntity, { id: 'S', name: 'S', kind: 'switch', parentId: 'F', normalPosition: 'open' });
      unit.create(elementEntity, { id: 'T', name: 'T', kind: 'transformer', parentId: 'S', ...more });
    });
    await placeMeters(session, 'T', ['A', 'B']);
    await placeMeters(session, 'F', ['IN']);
    const id = await addArea({
      kind: 'feeder',
      networkElementId: 'F',
      inputMeters: [{ meterId: 'IN', from: '2026-01-01' }],
    });
    expect((await report(id)).body.data).toMatchObject({
      metersFrom: 'network',
      outputKwh: '800', // 300 + 500; the input meter on the feeder is no output
      lossKwh: '200',
    });
    expect(await assign(id, { A: [{ from: '2026-01-01' }] })).toMatchObject({ status: 409 });
    const byHand = await addArea({});
    await assign(byHand, { A: [{ from: '2026-01-01' }] });
    expect((await call('PUT', `/${byHand}`, { body: { networkElementId: 'F' } })).status).toBe(409);
    await assign(byHand, { A: [] });
    expect((await call('PUT', `/${byHand}`, { body: { networkElementId: 'F' } })).status).toBe(200);
    expect((await call('PUT', `/${byHand}`, { body: { networkElementId: null } })).body.data).not.toHaveProperty(
      'networkElementId',
    );
    expect((await call('PUT', `/${byHand}`, { body: { networkElementId: 'NONE' } })).status).toBe(404);
  });
});

describe('a meter', () => {
  it('counts in one area on any day, also when two assign it at once', async () => {
    const areas = await Promise.all(['X', 'Y', 'Z'].map((name) => addArea({ name })));
    const answers = await Promise.all(areas.map((id) => assign(id, { A: [{ from: '2026-01-01' }] })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    const winner = areas[answers.findIndex(({ status }) => status === 200)]!;
    const next = areas.find((id) => id !== winner)!;
    expect((await assign(next, { A: [{ from: '2026-04-16' }] })).status).toBe(409);
    expect((await assign(winner, { A: [{ from: '2026-01-01', to: '2026-04-16' }] })).status).toBe(200);
    expect((await assign(next, { A: [{ from: '2026-04-16' }] })).status).toBe(200);
    expect((await call('GET', `/${winner}/meters`)).body.data).toEqual([
      { meterId: 'A', spans: [{ from: '2026-01-01', to: '2026-04-16' }] },
    ]);
    expect((await call('DELETE', `/${winner}`)).status).toBe(409);
    for (const id of areas) await assign(id, { A: [] });
  });
});

describe('what does not fit', () => {
  it('is refused with a reason', async () => {
    const id = await addArea({ inputMeters: [{ meterId: 'IN', from: '2026-01-01' }] });
    const spans = (...all: object[]) => assign(id, { A: all });
    expect((await spans({ from: '2026-04-02', to: '2026-04-02' })).status).toBe(422);
    expect((await spans({ from: '2026-01-01' }, { from: '2026-04-02' })).status).toBe(422);
    expect((await spans({ from: '2026-13-45' })).status).toBe(400);
    expect((await assign(id, { NOBODY: [{ from: '2026-01-01' }] })).status).toBe(404);
    const twice = [
      { meterId: 'A', spans: [] },
      { meterId: 'A', spans: [] },
    ];
    expect((await call('PUT', `/${id}/meters`, { body: { meters: twice } })).status).toBe(422);
    const create = (body: object) => call('POST', '', { body: { name: 'N', kind: 'transformer', ...body } });
    expect((await create({ parentId: id })).status).toBe(422);
    expect((await create({ technicalLossPercent: '100' })).status).toBe(400);
    expect((await create({ inputMeters: [{ meterId: 'NOBODY', from: '2026-01-01' }] })).status).toBe(404);
    expect((await report(id, { from: '2026-04-01', to: '2026-04-01' })).status).toBe(422);
    expect((await report(id, { from: '0001-01-01', to: '0001-02-01' })).status).toBe(422);
    expect((await report(id, { from: '2025-01-01', to: '2026-01-03' })).status).toBe(422);
    expect((await report(id, { from: '9999-12-01', to: '9999-12-31' })).status).toBe(422);
    expect((await report(id, { from: 'x', to: '2026-01-03' })).status).toBe(400);
  });

  it('is too much at once, too', async () => {
    const meterIds = Array.from({ length: 201 }, (_, i) => `BIG-${i}`);
    for (let at = 0; at < meterIds.length; at += 20)
      await Promise.all(meterIds.slice(at, at + 20).map((id) => stack.addMeter('loss', id)));
    const id = await addArea({});
    for (let at = 0; at < meterIds.length; at += 20)
      await assign(
        id,
        Object.fromEntries(
          meterIds.slice(at, at + 20).map((each) => [each, [{ from: '2026-04-01', to: '2026-04-03' }]]),
        ),
      );
    expect(await report(id)).toMatchObject({ status: 422 });
    // Meters whose days are over do not count against the limit.
    expect((await report(id, { from: '2026-05-01', to: '2026-06-01' })).body.data.quality.meterCount).toBe(0);
    await assign(id, { 'BIG-7': [] });
    expect((await report(id)).body.data.quality.metersWithoutData).toHaveLength(200);
    const page = await call('GET', `/${id}/meters`, { query: { limit: '3' } });
    expect(page.body).toMatchObject({ data: [{}, {}, {}], pagination: { nextCursor: expect.any(String) } });
  }, 60_000);

  it('is another tenant’s', async () => {
    const id = await addArea({ name: 'Mine' });
    for (const [method, path, body] of [
      ['GET', `/${id}`],
      ['GET', `/${id}/meters`],
      ['PUT', `/${id}/meters`, { meters: [{ meterId: 'A', spans: [] }] }],
      ['DELETE', `/${id}`],
    ] as const)
      expect((await call(method, path, body ? { body } : {}, 'other')).status).toBe(404);
    expect((await call('GET', `/${id}/report`, { query: april }, 'other')).status).toBe(404);
    expect((await call('GET', '', {}, 'other')).body.data).toEqual([]);
  });
});
