/** Balances of feeders and transformers over the handler, from readings on real tables; the arithmetic is written out. */
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { documentClient } from '../../../layers/kernel/data/client.ts';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { elementEntity, meterPlaceEntity } from '../../scada/topology/element-entity.ts';
import { placeMeters } from '../../scada/topology/place-meters.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { april, lossReporting } from '../test-support/loss-reporting.ts';

const stack = useBillingStack();
const { call, addArea, assign, report, row, linesOf } = lossReporting(stack, 'loss');

beforeAll(async () => {
  await stack.addTenant('loss');
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
      'HALF',
      [
        ['2026-04-16T00:00', 0],
        ['2026-05-01T00:00', 500],
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
    const made = await report([id]);
    expect(made).toMatchObject({ status: 'completed', meters: 4, metersDone: 4 });
    expect(made.result[0]).toMatchObject({
      metersFrom: 'assignments',
      inputKwh: '1000', // 6000 - 5000
      fedInKwh: '100',
      returnedKwh: '0',
      netInputKwh: '1100',
      meteredKwh: '750', // 300 + 200 + 250
      billedKwh: '0',
      withoutSupplyKwh: '750', // nobody has these meters
      lossKwh: '350', // 1000 + 100 - 750
      lossPercent: '31.82', // 350 / 1100
      technicalLossKwh: '49.5', // 4.5 % of 1100
      commercialLossKwh: '1050.5', // 1100 - 49.5 - 0
      commercialLossPercent: '95.50', // 1050.5 / 1100
      quality: {
        meters: 3,
        meterDays: 75, // 30 + 15 + 30
        meteredEstimatedPercent: '0.00',
        daysWithoutInput: 0,
        unreadMeters: 0,
        incompleteMeters: 0,
        unknownInputs: 0,
      },
    });
    const lines = await linesOf(made.id);
    expect(lines).toHaveLength(4);
    expect(lines.find(({ meterId }: any) => meterId === 'B')).toEqual({
      meterId: 'B',
      areaId: id,
      role: 'output',
      ...april,
      days: 15,
      importKwh: '200',
      exportKwh: null,
      billedKwh: '0',
      soldKwh: '0',
      unbilledKwh: '0',
      findings: ['without_supply'],
    });
    // 600 entered until the 16th, 150 + 200 were taken; SUN, without a reading on the 16th, 250 and 100 times 15 / 30 days.
    expect(await row(id, { from: '2026-04-01', to: '2026-04-16' })).toMatchObject({
      inputKwh: '600',
      fedInKwh: '50',
      meteredKwh: '475', // 150 + 200 + 125
      lossKwh: '175', // 600 + 50 - 475
      quality: { meteredEstimatedKwh: '125', meteredEstimatedPercent: '26.32' }, // 125 / 475
    });
    for (const meter of ['A', 'B', 'SUN']) await assign(id, { [meter]: [] });
  });

  it('says what it does not know: meters without data, estimated edges, days without an input', async () => {
    const id = await addArea({ inputMeters: [{ meterId: 'IN', from: '2026-01-01' }] });
    await assign(id, { A: [{ from: '2026-01-01' }], ROUGH: [{ from: '2026-01-01' }], MUTE: [{ from: '2026-01-01' }] });
    const made = await report([id]);
    expect(made.result[0]).toMatchObject({
      meteredKwh: '600', // 300 + 330 x 30 / 33 days
      lossKwh: '400', // 1000 - 600
      technicalLossKwh: '0',
      quality: { meters: 3, meteredEstimatedPercent: '50.00', unreadMeters: 1, unreadDays: 30 }, // 300 / 600
    });
    const found = await linesOf(made.id, { withFindings: 'true' });
    expect(found.find(({ meterId }: any) => meterId === 'MUTE')).toMatchObject({
      importKwh: null,
      findings: ['unread'],
    });
    expect(found.find(({ meterId }: any) => meterId === 'IN')).toBeUndefined();
    await call('PUT', `/${id}`, { body: { inputMeters: [{ meterId: 'IN', from: '2026-04-16' }] } });
    expect(await row(id)).toMatchObject({
      inputKwh: '400',
      lossKwh: null,
      lossPercent: null,
      technicalLossKwh: null,
      commercialLossKwh: null,
      quality: { daysWithoutInput: 15 },
    });
    await call('PUT', `/${id}`, { body: { inputMeters: [{ meterId: 'MUTE', from: '2026-01-01' }] } });
    // An input meter is never output as well.
    expect(await row(id)).toMatchObject({ lossKwh: null, quality: { meters: 2, unknownInputs: 1 } });
    // Known for half of its days is not known: the other half would pass for a gain.
    await call('PUT', `/${id}`, { body: { inputMeters: [{ meterId: 'HALF', from: '2026-01-01' }] } });
    expect(await row(id)).toMatchObject({ lossKwh: null, quality: { unknownInputs: 1 } });
    await assign(id, { A: [], ROUGH: [], MUTE: [] });
  });

  it('of a feeder counts the meters of its transformers, each day of a meter once', async () => {
    const feeder = await addArea({ kind: 'feeder', inputMeters: [{ meterId: 'FEEDER-IN', from: '2026-01-01' }] });
    const transformer = await addArea({ parentId: feeder, inputMeters: [{ meterId: 'IN', from: '2026-01-01' }] });
    await assign(feeder, { SHOP: [{ from: '2026-01-01' }], B: [{ from: '2026-04-16' }] });
    await assign(transformer, { A: [{ from: '2026-01-01' }], B: [{ from: '2026-01-01', to: '2026-04-16' }] });
    const made = await report([feeder, transformer]);
    expect(made.result.find(({ areaId }: any) => areaId === feeder)).toMatchObject({
      inputKwh: '2000',
      meteredKwh: '1500', // SHOP 700 + A 300 + B 500, by way of both
      lossKwh: '500',
      lossPercent: '25.00',
      quality: { meters: 3, meterDays: 90 },
    });
    expect(made.result.find(({ areaId }: any) => areaId === transformer)).toMatchObject({
      meteredKwh: '500',
      lossKwh: '500', // 1000 - 300 - 200
    });
    expect((await linesOf(made.id)).filter(({ meterId }: any) => meterId === 'B')).toHaveLength(2);
    expect((await call('DELETE', `/${feeder}`)).status).toBe(409);
    for (const id of [feeder, transformer]) await assign(id, { SHOP: [], A: [], B: [] });
    expect((await call('DELETE', `/${transformer}`)).status).toBe(204);
    expect((await call('DELETE', `/${feeder}`)).status).toBe(204);
    expect((await call('POST', '/reports', { body: { ...april, areaIds: [feeder] } })).status).toBe(404);
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
    // Gone from the register of meters, and still placed in the network.
    await session.transact('scada', (unit) => unit.put(meterPlaceEntity, { meterId: 'GHOST', elementId: 'T' }));
    await placeMeters(session, 'F', ['IN']);
    const id = await addArea({
      kind: 'feeder',
      networkElementId: 'F',
      inputMeters: [{ meterId: 'IN', from: '2026-01-01' }],
    });
    expect(await row(id)).toMatchObject({
      metersFrom: 'network',
      meteredKwh: '800', // 300 + 500; the input meter on the feeder is no output
      lossKwh: '200',
      quality: { meters: 3, unreadMeters: 1 },
    });
    const made = await report([id]);
    expect((await linesOf(made.id)).find(({ meterId }: any) => meterId === 'GHOST')).toMatchObject({
      findings: ['unknown_meter', 'unread'],
    });
    // Read once for all areas: it is whole each time.
    const transformer = await addArea({
      networkElementId: 'T',
      inputMeters: [{ meterId: 'B', from: '2026-01-01' }],
    });
    const send = vi.spyOn(documentClient(), 'send');
    const both = await report([id, transformer]);
    // What enters the transformer is no customer's of the feeder, and the feeder's total has it once.
    expect(both.result).toMatchObject([
      { areaId: id, meteredKwh: '300', lossKwh: '700' },
      { areaId: transformer, withinAreaId: id, meteredKwh: '300', lossKwh: '200' },
    ]);
    expect(both.totals).toMatchObject([{ areas: 1, overlappingAreas: 0, inputKwh: '1000', lossKwh: '700' }]);
    const ofNetwork = send.mock.calls.filter(([{ input }]: any) =>
      /\bNETWORK$/.test(input.ExpressionAttributeValues?.[':pk']),
    );
    expect(ofNetwork).toHaveLength(1);
    send.mockRestore();
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
