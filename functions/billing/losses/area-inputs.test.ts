/** Inputs of areas: what enters through one counts in one area on any day, whoever defines areas at the same moment. */
import { beforeAll, expect, it } from 'vitest';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { pointEntity } from '../../scada/points/point-entity.ts';
import { createPointSchema } from '../../scada/points/point-schema.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { lossReporting } from '../test-support/loss-reporting.ts';
import { inputSourceEntity } from './area-inputs.ts';

const stack = useBillingStack();
const { call, addArea, report, linesOf } = lossReporting(stack, 'inputs');
const always = { from: '2026-01-01' };
const add = (body: object) => call('POST', '', { body: { name: 'Area', kind: 'feeder', ...body } });
const meter = (meterId: string, days: object = always) => ({ inputMeters: [{ meterId, ...days }] });
const point = (pointId: string, more: object = {}) => ({ inputPoints: [{ pointId, ...always, ...more }] });
const sources = (ids: readonly string[]) => ({ inputMeters: ids.map((meterId) => ({ meterId, ...always })) });
/** Areas that have a meter as their input, by what is stored of it. */
const areasOf = async (id: string): Promise<string[] | undefined> =>
  (await openSession('inputs').get(inputSourceEntity, { kind: 'meter', id }))?.spans.map(({ areaId }) => areaId);

beforeAll(async () => {
  await stack.addTenant('inputs');
  for (const id of ['TWICE', 'RACE', 'MOVED', 'NESTED', 'OLD']) await stack.addMeter('inputs', id);
  for (const id of ['TIE', 'POWER']) {
    const own = {
      id,
      name: id,
      deviceId: 'dev',
      pointType: 'analog_input',
      address: '1',
      dataType: 'float32',
    } as const;
    await openSession('inputs').transact('scada', (unit) =>
      unit.create(pointEntity, {
        ...createPointSchema.parse({ ...own, unit: id === 'TIE' ? 'kWh' : 'MW' }),
        id,
        stationId: 'SUB-1',
      }),
    );
  }
});

it('are refused where another area has the same on one of the days, with its name and what to do', async () => {
  const { id } = (await add(meter('TWICE'))).body.data;
  const refused = await add({ name: 'Other', ...meter('TWICE', { from: '2026-04-01' }) });
  expect(refused.status).toBe(409);
  expect(refused.body.detail).toContain(`"TWICE" is an input of the area "${id}" from 2026-01-01 on`);
  expect((await call('PUT', `/${id}`, { body: meter('TWICE', { from: '2026-01-01', to: '2026-04-01' }) })).status).toBe(
    200,
  );
  const other = await add({ name: 'Other', ...meter('TWICE', { from: '2026-04-01' }) });
  expect(other.status).toBe(201);
  // Neither grows back over the other's days.
  expect((await call('PUT', `/${id}`, { body: meter('TWICE') })).status).toBe(409);
  expect((await call('DELETE', `/${other.body.data.id}`)).status).toBeLessThan(300);
  expect((await call('PUT', `/${id}`, { body: meter('TWICE') })).status).toBe(200);
});

it('are one area’s of those that are defined at the same moment', async () => {
  const answers = await Promise.all(['A', 'B', 'C'].map((name) => add({ name, ...meter('RACE') })));
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
  expect(answers.every(({ status }) => [201, 409, 412].includes(status))).toBe(true);
});

it('are free again when an area is given others', async () => {
  const { id } = (await add(meter('MOVED'))).body.data;
  await call('PUT', `/${id}`, { body: { inputMeters: [] } });
  expect((await add(meter('MOVED'))).status).toBe(201);
});

it('may be those of a feeder and of its one transformer, and of no second one', async () => {
  const feeder = (await add(meter('NESTED'))).body.data.id;
  const under = { kind: 'transformer', parentId: feeder, ...meter('NESTED') };
  const transformer = (await add(under)).body.data.id;
  expect((await add(under)).status).toBe(409);
  // On its own it would count the same again.
  expect((await call('PUT', `/${transformer}`, { body: { parentId: null } })).status).toBe(409);
});

it.each([
  ['counters', 'TIE', {}],
  ['power', 'POWER', { measures: 'power' }],
])('between two areas are told apart by what flows where: %s', async (_, id, measured) => {
  expect((await add(point(id, measured))).status).toBe(201);
  expect((await add(point(id, measured))).status).toBe(409);
  expect((await add(point(id, { ...measured, counts: 'returned' }))).status).toBe(201);
  expect((await add(point(id, { ...measured, counts: 'returned' }))).status).toBe(409);
});

it('that areas had together before are said on every report about them', async () => {
  const [one, two] = [await addArea(meter('OLD')), await addArea(meter('OLD', { from: '2026-04-16' }))];
  const made = await report([one, two]);
  expect(made.result.map((row: any) => row.quality.sharedInputs)).toEqual([1, 1]);
  expect((await linesOf(made.id)).every(({ findings }) => findings.includes('shared_input'))).toBe(true);
  const before = await report([one, two], { from: '2026-04-01', to: '2026-04-16' });
  expect(before.result.map((row: any) => row.quality.sharedInputs)).toEqual([0, 0]);
  await addArea({});
  // Neither is kept: who is changed first takes it.
  expect((await call('PUT', `/${one}`, { body: { name: 'One' } })).status).toBe(200);
  expect((await call('PUT', `/${two}`, { body: { name: 'Two' } })).status).toBe(409);
  expect((await call('DELETE', `/${two}`)).status).toBe(204);
  expect(await areasOf('OLD')).toEqual([one]);
  const forgotten = await addArea(meter('TWICE'));
  await addArea({});
  expect((await call('DELETE', `/${forgotten}`)).status).toBe(204);
  expect(await areasOf('TWICE')).toBeUndefined();
});

it('of twenty meters that are all replaced at once fit into one transaction', async () => {
  const ids = Array.from({ length: 40 }, (_, i) => `M${i}`);
  for (const id of ids) await stack.addMeter('inputs', id);
  const { id } = (await add(sources(ids.slice(0, 20)))).body.data;
  expect((await call('PUT', `/${id}`, { body: sources(ids.slice(20)) })).status).toBe(200);
  expect((await add(sources(ids.slice(0, 20)))).status).toBe(201);
});
