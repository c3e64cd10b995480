/** Areas of energy losses over the handler: which meters count where, what is refused, and that they are one tenant's own. */
import { beforeAll, describe, expect, it } from 'vitest';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { april, lossReporting } from '../test-support/loss-reporting.ts';

const stack = useBillingStack();
const { call, addArea, assign, report, row, work } = lossReporting(stack, 'loss');

beforeAll(async () => {
  await stack.addTenant('loss');
  await stack.addTenant('other');
  for (const meterId of ['A', 'IN']) await stack.addMeter('loss', meterId);
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
    const order = async (body: object) => (await call('POST', '/reports', { body: { areaIds: [id], ...body } })).status;
    expect(await order({ from: '2026-04-01', to: '2026-04-01' })).toBe(422);
    expect(await order({ from: '0001-01-01', to: '0001-02-01' })).toBe(422);
    expect(await order({ from: '2025-01-01', to: '2026-01-03' })).toBe(422);
    expect(await order({ from: '9999-12-01', to: '9999-12-31' })).toBe(422);
    expect(await order({ from: 'x', to: '2026-01-03' })).toBe(400);
    expect(await order({ ...april, areaIds: [] })).toBe(400);
    expect(await order({ ...april, areaIds: ['lar_00000000000000000000000000'] })).toBe(404);
  });

  it('lists the meters of an area in pages', async () => {
    const meterIds = Array.from({ length: 7 }, (_, i) => `BIG-${i}`);
    for (const meterId of meterIds) await stack.addMeter('loss', meterId);
    const id = await addArea({});
    await assign(id, Object.fromEntries(meterIds.map((each) => [each, [{ from: '2026-04-01', to: '2026-04-03' }]])));
    // Meters whose days are over are not in a report.
    expect(await row(id, { from: '2026-05-01', to: '2026-06-01' })).toMatchObject({ quality: { meters: 0 } });
    const page = await call('GET', `/${id}/meters`, { query: { limit: '3' } });
    expect(page.body).toMatchObject({ data: [{}, {}, {}], pagination: { nextCursor: expect.any(String) } });
  });

  it('is another tenant’s', async () => {
    const id = await addArea({ name: 'Mine' });
    for (const [method, path, body] of [
      ['GET', `/${id}`],
      ['GET', `/${id}/meters`],
      ['PUT', `/${id}/meters`, { meters: [{ meterId: 'A', spans: [] }] }],
      ['DELETE', `/${id}`],
    ] as const)
      expect((await call(method, path, body ? { body } : {}, 'other')).status).toBe(404);
    expect((await call('POST', '/reports', { body: { ...april, areaIds: [id] } }, 'other')).status).toBe(404);
    const own = await report([id]);
    for (const path of ['', '/meters', '/csv'])
      expect((await call('GET', `/reports/${own.id}${path}`, {}, 'other')).status).toBe(404);
    expect((await call('POST', `/reports/${own.id}/resume`, {}, 'other')).status).toBe(404);
    expect((await call('GET', '/reports', {}, 'other')).body.data).toEqual([]);
    // All of its own areas are none.
    const { id: none } = (await call('POST', '/reports', { body: april }, 'other')).body.data;
    await work();
    expect((await call('GET', `/reports/${none}`, {}, 'other')).body.data).toMatchObject({
      status: 'completed',
      meters: 0,
      result: [],
    });
    expect((await call('GET', `/reports/${none}`)).status).toBe(404);
    expect((await call('GET', '', {}, 'other')).body.data).toEqual([]);
  });
});
