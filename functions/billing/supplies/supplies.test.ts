/** Moving in and out over the handler, on real tables: a meter never has two customers on one day. */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { addDays } from '../../../layers/tariff/calendar.ts';
import { handler as customers } from '../customers/handler.ts';
import { handler as tariffs } from '../tariffs/handler.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { handler } from './handler.ts';
import { supplyEntity } from './supply-entity.ts';
import { storedSupplySchema } from './supply-schema.ts';

const stack = useBillingStack();
const base = '/api/billing/supplies';
let customerIds: string[];
let tariffId: string;

beforeAll(async () => {
  await stack.addTenant('sup');
  const made = await Promise.all(
    ['One', 'Two', 'Three'].map((name) =>
      stack.call('sup', customers, 'POST', '/api/billing/customers', { body: { name } }),
    ),
  );
  customerIds = made.map(({ body }) => body.data.id);
  tariffId = (await stack.call('sup', tariffs, 'POST', '/api/billing/tariffs', { body: { code: 'T', name: 'T' } })).body
    .data.id;
});

const start = (meterId: string, from: string, customer = 0, more: object = {}) =>
  stack.call('sup', handler, 'POST', base, {
    body: { customerId: customerIds[customer], meterId, tariffId, from, ...more },
  });
const end = (id: string, to: string) => stack.call('sup', handler, 'POST', `${base}/${id}/end`, { body: { to } });

describe('a meter', () => {
  it('goes from one customer to the next, and remembers both', async () => {
    await stack.addMeter('sup', 'M-1');
    const first = (await start('M-1', '2026-01-10')).body.data;
    expect(await start('M-1', '2026-03-01', 1)).toMatchObject({ status: 409, body: { code: 'conflict' } });
    expect((await end(first.id, '2026-03-01')).body.data).toMatchObject({ to: '2026-03-01', version: 2 });
    expect((await start('M-1', '2026-02-28', 1)).status).toBe(409);
    expect((await start('M-1', '2026-03-01', 1)).status).toBe(201);
    const { body } = await stack.call('sup', handler, 'GET', base, { query: { meterId: 'M-1' } });
    expect(body.data.map(({ customerId, from, to }: any) => [customerId, from, to])).toEqual([
      [customerIds[0], '2026-01-10', '2026-03-01'],
      [customerIds[1], '2026-03-01', undefined],
    ]);
    expect(stack.events('supply.ended')).toHaveLength(1);
  });

  it('its supply is told of as documented, without what billing remembers for itself', async () => {
    await stack.addMeter('sup', 'M-SHOWN');
    const made = (await start('M-SHOWN', '2026-01-10')).body.data;
    await openSession('sup').transact('billing', (unit) =>
      unit.update(supplyEntity, made, { history: [{ kwhPerDay: '1' }], exportBank: { all: '1' }, billedBy: 'run' }),
    );
    const answers = [
      made,
      (await stack.call('sup', handler, 'GET', `${base}/${made.id}`)).body.data,
      (await stack.call('sup', handler, 'GET', base, { query: { meterId: 'M-SHOWN' } })).body.data[0],
      (await stack.call('sup', handler, 'PUT', `${base}/${made.id}`, { body: { dwellings: 2 } })).body.data,
      (await end(made.id, '2026-02-01')).body.data,
      ...['supply.started', 'supply.ended'].map((type) => JSON.parse(stack.events(type).at(-1).payload.S)),
    ];
    const told = new Set(Object.keys(storedSupplySchema.shape));
    for (const answer of answers) expect(Object.keys(answer).filter((field) => !told.has(field))).toEqual([]);
    expect(answers.at(1)).toMatchObject({ id: made.id, version: 2 });
    expect(answers.at(-1)).toMatchObject({ id: made.id, to: '2026-02-01', dwellings: 2 });
  });

  it('goes to exactly one of those who move in at once', async () => {
    for (let round = 0; round < 4; round++) {
      await stack.addMeter('sup', `RACE-${round}`);
      const answers = await Promise.all([0, 1, 2].map((customer) => start(`RACE-${round}`, '2026-01-01', customer)));
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    }
  });

  it('never has two customers on one day, whatever is tried in whatever order', async () => {
    let meter = 0;
    const move = fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 2 }));
    await fc.assert(
      fc.asyncProperty(fc.array(move, { minLength: 1, maxLength: 8 }), async (moves) => {
        const meterId = `P-${meter++}`;
        await stack.addMeter('sup', meterId);
        const open: string[] = [];
        for (const [isStart, day, customer] of moves) {
          const date = addDays('2026-01-01', day);
          const answer =
            isStart || open.length === 0 ? await start(meterId, date, customer) : await end(open.at(-1)!, date);
          if (answer.status === 201) open.push(answer.body.data.id);
        }
        const { body } = await stack.call('sup', handler, 'GET', base, { query: { meterId } });
        body.data.forEach(({ from }: any, i: number) => {
          if (i > 0) expect(body.data[i - 1].to <= from).toBe(true);
        });
      }),
      { numRuns: 12 },
    );
  });
});

describe('a supply', () => {
  it('is refused for what does not exist, is closed, or ends before it begins', async () => {
    await stack.addMeter('sup', 'M-2');
    expect((await start('NO-METER', '2026-01-01')).status).toBe(404);
    expect((await start('M-2', '2026-01-01', 0, { tariffId: `tar_${'0'.repeat(26)}` })).status).toBe(404);
    expect((await start('M-2', '2026-01-01', 0, { customerId: `cus_${'0'.repeat(26)}` })).status).toBe(404);
    expect((await start('M-2', '2026-02-30')).status).toBe(400);
    const { id } = (await start('M-2', '2026-01-05')).body.data;
    expect((await end(id, '2026-01-05')).status).toBe(422);
    expect((await end(id, '2026-02-01')).status).toBe(200);
    expect((await end(id, '2026-02-02')).status).toBe(409);
  });

  it('keeps a customer’s account open until he has left', async () => {
    await stack.addMeter('sup', 'M-3');
    const { id } = (await start('M-3', '2026-01-01', 2)).body.data;
    const close = () =>
      stack.call('sup', customers, 'PUT', `/api/billing/customers/${customerIds[2]}`, { body: { status: 'closed' } });
    expect(await close()).toMatchObject({ status: 409 });
    const all = (await stack.call('sup', customers, 'GET', `/api/billing/customers/${customerIds[2]}/meters`)).body
      .data;
    for (const supply of all) if (supply.to === undefined) await end(supply.id, '2026-06-01');
    expect((await stack.call('sup', handler, 'GET', `${base}/${id}`)).body.data.to).toBe('2026-06-01');
    expect((await close()).status).toBe(200);
    expect((await start('M-3', '2026-07-01', 2)).status).toBe(422);
  });

  it('has the phases of its meter unless it says otherwise, so that what is charged by phase is', async () => {
    for (const id of ['THREE-1', 'THREE-2']) await stack.addMeter('sup', id, { model: 'ADL400' });
    const { id, phases } = (await start('THREE-1', '2026-01-01')).body.data;
    expect(phases).toBe(3);
    expect((await start('THREE-2', '2026-01-01', 0, { phases: 1 })).body.data.phases).toBe(1);
    const none = { body: { phases: null } };
    expect((await stack.call('sup', handler, 'PUT', `${base}/${id}`, none)).status).toBe(400);
  });

  it('of another tenant does not exist', async () => {
    await stack.addMeter('sup', 'M-4');
    const { id } = (await start('M-4', '2026-01-01')).body.data;
    expect((await stack.call('foreign', handler, 'GET', `${base}/${id}`)).status).toBe(404);
    expect(
      (await stack.call('foreign', handler, 'POST', `${base}/${id}/end`, { body: { to: '2026-05-01' } })).status,
    ).toBe(404);
  });
});

it('a tariff is for the customers it is meant for, and not given any more once it is retired', async () => {
  await stack.addMeter('sup', 'TYPED');
  const add = async (code: string, more: object) =>
    (await stack.call('sup', tariffs, 'POST', '/api/billing/tariffs', { body: { code, name: code, ...more } })).body
      .data.id;
  const [industrial, old] = [await add('IND', { customerTypes: ['industrial'] }), await add('OLD', {})];
  const retire = { body: { status: 'retired' } };
  expect((await stack.call('sup', tariffs, 'PUT', `/api/billing/tariffs/${old}`, retire)).status).toBe(200);
  for (const other of [industrial, old])
    expect(await start('TYPED', '2026-01-01', 0, { tariffId: other })).toMatchObject({
      status: 422,
      body: { code: 'unprocessable' },
    });
  const { id } = (await start('TYPED', '2026-01-01')).body.data;
  const change = (body: object) => stack.call('sup', handler, 'PUT', `${base}/${id}`, { body });
  for (const other of [industrial, old]) expect((await change({ tariffId: other })).status).toBe(422);
  // Who has it keeps it.
  expect((await stack.call('sup', tariffs, 'PUT', `/api/billing/tariffs/${tariffId}`, retire)).status).toBe(200);
  expect((await change({ tariffId, phases: 3 })).status).toBe(200);
});
