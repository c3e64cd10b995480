/** Edits of energy fed in and of reactive energy: by the rules of energy taken, and none moves another. */
import { beforeAll, expect, it } from 'vitest';
import { usageBetween } from '../contract.ts';
import { handler as ingest } from '../ingest/handler.ts';
import { handler as readingEdits } from '../reading-edits/handler.ts';
import { deliver, hourMs, iso, readingMessage, useMeteringStack } from '../test-support/metering-stack.ts';
import { handler } from './handler.ts';

const stack = useMeteringStack();
const base = '/api/billing/usage-edits';
/** Midnight in Aden. */
const t0 = Date.UTC(2026, 4, 10, 21);
const at = (hours: number) => iso(t0 + hours * hourMs);
const call = (method: string, path: string, body?: object, subject = 'usr_ONE') =>
  stack.request(handler, method, `${base}${path}`, { ...(body ? { body } : {}), subject });
const edit = (meterId: string, from: number, to: number, more: object) =>
  call('POST', '', { meterId, from: at(from), to: at(to), method: 'linear', reason: 'Reversed', ...more });
const used = async (meterId: string, from: number, to: number) => {
  const [bucket] = await usageBetween(stack.session(), meterId, [{ start: t0 + from * hourMs, end: t0 + to * hourMs }]);
  return bucket!;
};
const kwhOf = async (id: string) => (await call('GET', `/${id}`)).body.data.cells.map(({ kwh }: any) => kwh);

const code = '1-0:3.8.0*255';

/** 28 days and a day: 1 kWh an hour taken, 2 fed in from 8 to 16, 0.5 kvarh an hour. */
async function setUp(id: string): Promise<void> {
  await stack.addMeter({
    id,
    installedAt: at(-700),
    initialRegisterKwh: '0',
    maxPlausibleKw: 20,
    registers: [{ obis: code }],
  });
  let fedIn = 0;
  const messages = [];
  for (let hour = -28 * 24; hour <= 24; hour++) {
    const more = { reading_export: fedIn, registers: { [code]: (hour + 28 * 24) / 2 } };
    messages.push(readingMessage(id, t0 + hour * hourMs, hour + 28 * 24, more));
    const local = (hour + 28 * 24) % 24;
    fedIn += local >= 8 && local < 16 ? 2 : 0;
  }
  await deliver(ingest, messages);
}

beforeAll(() => setUp('OE-1'));

it('of what was fed in count beside those of what was taken, and move nothing else', async () => {
  expect(await used('OE-1', 0, 24)).toMatchObject({
    importUnits: 24_000_000n,
    exportUnits: 16_000_000n,
    reactiveUnits: 12_000_000n,
  });
  const { status, body } = await edit('OE-1', 10, 14, { energy: 'fed_in', totalKwh: '12' });
  expect(status, JSON.stringify(body)).toBe(201);
  expect(body.data).toMatchObject({ energy: 'fed_in', oldKwh: '8', newKwh: '12', registerKwh: '8', status: 'applied' });
  expect(stack.events('meter.usage_edited').at(-1)!.payload).toMatchObject({ energy: 'fed_in', newKwh: '12' });
  const day = await used('OE-1', 0, 24);
  expect(day).toMatchObject({ importUnits: 24_000_000n, exportUnits: 20_000_000n, reactiveUnits: 12_000_000n });
  expect(day).toMatchObject({ otherStretches: [{ id: body.data.id, method: 'linear' }] });
  expect(day).not.toHaveProperty('stretches');
  expect(day).not.toHaveProperty('edited');
  // The same stretch of another energy is free, of this one it is not.
  expect((await edit('OE-1', 10, 14, { energy: 'fed_in', totalKwh: '1' })).status).toBe(409);
  expect((await edit('OE-1', 10, 14, { totalKwh: '8' })).status).toBe(201);
  expect(await used('OE-1', 10, 14)).toMatchObject({ importUnits: 8_000_000n, exportUnits: 12_000_000n });
  const undone = await call('POST', `/${body.data.id}/undo`, { reason: 'Right after all' });
  expect(undone.body.data).toMatchObject({ energy: 'fed_in', oldKwh: '12', newKwh: '8' });
  expect(await used('OE-1', 10, 14)).toMatchObject({ importUnits: 8_000_000n, exportUnits: 8_000_000n });
});

it('have the shape of like days and the mean of weeks of their own energy', async () => {
  await setUp('OE-2');
  const shaped = await edit('OE-2', 6, 10, { energy: 'fed_in', method: 'like_days', ignoreRegister: true });
  expect(await kwhOf(shaped.body.data.id)).toEqual(['0', '0', '2', '2']);
  const mean = await edit('OE-2', 0, 24, {
    ...{ energy: 'reactive', method: 'history', interval: 'day', ignoreRegister: true },
  });
  expect(mean.body.data).toMatchObject({ energy: 'reactive', oldKwh: '12', newKwh: '12', registerKwh: '12' });
  const given = await edit('OE-2', 12, 14, { energy: 'fed_in', method: 'values', values: ['0', '20.1'] });
  expect(given.status).toBe(422);
  expect((await edit('OE-2', 12, 14, { energy: 'heat', totalKwh: '1' })).status).toBe(400);
});

it('tell of a register that a meter does not have', async () => {
  await stack.addMeter({ id: 'OE-3', installedAt: at(0), initialRegisterKwh: '0', maxPlausibleKw: 20 });
  await deliver(ingest, [readingMessage('OE-3', t0, 0), readingMessage('OE-3', t0 + 24 * hourMs, 24)]);
  expect((await edit('OE-3', 0, 4, { energy: 'fed_in' })).status).toBe(422);
  await edit('OE-3', 0, 4, { energy: 'fed_in', method: 'values', values: ['1', '2', '3', '4'] });
  expect(await used('OE-3', 0, 4)).toMatchObject({ importUnits: 4_000_000n, exportUnits: 10_000_000n });
});

it('wait for a second person, over figures of their own energy', async () => {
  await setUp('OE-4');
  const set = (needsApproval: boolean) =>
    stack.request(readingEdits, 'PUT', '/api/billing/reading-edits/settings', { body: { needsApproval } });
  await set(true);
  const { id } = (await edit('OE-4', 10, 14, { energy: 'fed_in', totalKwh: '10' })).body.data;
  const taken = (await edit('OE-4', 10, 14, { totalKwh: '10' })).body.data;
  expect((await call('POST', `/${taken.id}/approve`, undefined, 'usr_TWO')).status).toBe(200);
  expect((await call('POST', `/${id}/approve`, undefined, 'usr_ONE')).status).toBe(403);
  expect((await call('POST', `/${id}/approve`, undefined, 'usr_TWO')).status).toBe(200);
  expect(await used('OE-4', 10, 14)).toMatchObject({ importUnits: 10_000_000n, exportUnits: 10_000_000n });
  await set(false);
});
