/** Edits of usage: a stretch counts as a person decided, the rest as the registers say, and it can be taken back. */
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { documentClient } from '../../../layers/kernel/data/client.ts';
import { usageBetween } from '../contract.ts';
import { handler as ingest } from '../ingest/handler.ts';
import { handler as readingEdits } from '../reading-edits/handler.ts';
import { deliver, hourMs, iso, readingMessage, useMeteringStack } from '../test-support/metering-stack.ts';
import { handler } from './handler.ts';

const stack = useMeteringStack();
const base = '/api/billing/usage-edits';
/** Midnight in Aden. */
const t0 = Date.UTC(2026, 4, 10, 21);
const day = 24;
const at = (hours: number) => iso(t0 + hours * hourMs);
const call = (method: string, path: string, body?: object, options: object = {}) =>
  stack.request(handler, method, `${base}${path}`, { ...(body ? { body } : {}), ...options });
const edit = (meterId: string, from: number, to: number, more: object = {}, options: object = {}) =>
  call(
    'POST',
    '',
    { meterId, from: at(from), to: at(to), method: 'linear', reason: 'A phase was not connected', ...more },
    options,
  );
const used = async (meterId: string, from: number, to: number, of?: string) => {
  const buckets = [{ start: t0 + from * hourMs, end: t0 + to * hourMs }];
  const [bucket] = await usageBetween(stack.session(of), meterId, buckets);
  return bucket!;
};
const kwhOf = async (id: string) => (await call('GET', `/${id}`)).body.data.cells.map(({ kwh }: any) => kwh);

/** 28 days of 1 kWh an hour, 3 from 18 to 22; on day 28 hours 6 to 12 are missing: 8 kWh between. */
async function setUp(id: string): Promise<void> {
  await stack.addMeter({ id, installedAt: at(-30 * day), initialRegisterKwh: '990', maxPlausibleKw: 20 });
  let register = 1000;
  const messages = [];
  for (let hour = -28 * day; hour <= 2 * day; hour++) {
    if (hour <= 6 || hour >= 12) messages.push(readingMessage(id, t0 + hour * hourMs, register));
    const isEvening = (hour + 28 * day) % 24 >= 18 && (hour + 28 * day) % 24 < 22;
    register += hour >= 6 && hour < 12 ? (hour === 6 ? 8 : 0) : isEvening ? 3 : 1;
  }
  await deliver(ingest, messages);
}

beforeAll(async () => {
  await setUp('UE-1');
  await setUp('UE-2');
});

describe('an edit of usage', () => {
  it('spreads what the register moved evenly, and keeps what counted before', async () => {
    const { status, body } = await edit('UE-1', 6, 12);
    expect(status, JSON.stringify(body)).toBe(201);
    expect(body.data).toMatchObject({
      ...{ status: 'applied', action: 'set', intervals: 6, oldKwh: '8', newKwh: '8', registerKwh: '8' },
      basis: 'evenly spread, scaled to what the register moved',
      reason: 'A phase was not connected',
    });
    expect(await kwhOf(body.data.id)).toEqual(['1.333333', '1.333333', '1.333334', '1.333333', '1.333333', '1.333334']);
    expect(await used('UE-1', 7, 8)).toMatchObject({ importUnits: 1_333_333n, edited: true, billable: true });
    expect(await used('UE-1', 12, 13)).not.toHaveProperty('edited');
    expect((await used('UE-1', 0, 24)).importUnits).toBe(BigInt((6 + 8 + 6 + 12 + 2) * 1e6));
    expect(stack.events('meter.usage_edited').at(-1)!.payload).toMatchObject({
      ...{ meterId: 'UE-1', action: 'set', from: at(6), to: at(12), method: 'linear', oldKwh: '8', newKwh: '8' },
    });
  });

  it('has the shape of like days, scaled to the register or, where that is wrong, as they are', async () => {
    const scaled = (await edit('UE-2', 16, 20, { method: 'like_days', totalKwh: '16' })).body.data;
    expect(await kwhOf(scaled.id)).toEqual(['2', '2', '6', '6']);
    await call('POST', `/${scaled.id}/undo`, { reason: 'The register counted wrongly' });
    const plain = (await edit('UE-2', 4, 8, { method: 'like_days', ignoreRegister: true })).body.data;
    expect(plain).toMatchObject({ newKwh: '4', basis: 'the mean of up to 3 days of the same kind' });
    // What the register counted besides is not made up for afterwards.
    const hours = await Promise.all([3, 8, 12].map(async (hour) => (await used('UE-2', hour, hour + 1)).importUnits));
    expect(hours).toEqual([1_000_000n, 1_333_334n, 1_000_000n]);
  });

  it('takes the mean of four weeks, or a total of its own', async () => {
    await setUp('UE-3');
    // 20 × 1 + 4 × 3 kWh a day.
    const mean = await edit('UE-3', 0, 24, { method: 'history', interval: 'day', ignoreRegister: true });
    expect(mean.body.data).toMatchObject({ newKwh: '32', intervals: 1 });
    expect((await used('UE-3', 0, 48)).importUnits).toBe(64_000_000n);
    const total = await edit('UE-3', 24, 48, { totalKwh: '0', interval: 'day' });
    expect(total.body.data).toMatchObject({
      newKwh: '0',
      oldKwh: '32',
      basis: 'evenly spread, scaled to a total given',
    });
    expect((await used('UE-3', 0, 48)).importUnits).toBe(32_000_000n);
  });

  it('goes on where readings end, and what lies between stays unmeasured', async () => {
    await setUp('UE-4');
    await edit('UE-4', 48, 50, { method: 'values', values: ['2', '3'] });
    expect(await used('UE-4', 47, 50)).toMatchObject({ importUnits: 6_000_000n, complete: true, billable: true });
    await edit('UE-4', 60, 61, { method: 'values', values: ['2'] });
    expect(await used('UE-4', 47, 61)).toMatchObject({ importUnits: 8_000_000n, billable: false });
    // Readings that come later count beside it, not within.
    await deliver(ingest, [
      readingMessage('UE-4', t0 + 50 * hourMs, 1964),
      readingMessage('UE-4', t0 + 52 * hourMs, 1966),
    ]);
    expect((await used('UE-4', 47, 52)).importUnits).toBe(8_000_000n);
  });

  it('follows local days over the change of clocks', async () => {
    const night = Date.UTC(2025, 9, 24, 22);
    await stack.addMeter(
      { id: 'UE-DST', stationId: 'ST-9', installedAt: iso(night), initialRegisterKwh: '100' },
      'tenant-b',
    );
    await deliver(ingest, [
      readingMessage('UE-DST', night, 100, {}, 'ST-9'),
      readingMessage('UE-DST', night + 73 * hourMs, 173, {}, 'ST-9'),
    ]);
    const of = { tenantId: 'tenant-b' };
    const body = {
      meterId: 'UE-DST',
      from: iso(night),
      to: iso(night + 73 * hourMs),
      method: 'linear',
      interval: 'day',
    };
    const made = await call('POST', '', { ...body, reason: 'x' }, of);
    const { cells } = (await call('GET', `/${made.body.data.id}`, undefined, of)).body.data;
    expect(cells.map(({ kwh }: any) => kwh)).toEqual(['24', '25', '24']);
  });

  it('takes days of the weeks before as the clock on the wall had them', async () => {
    // Midnights in the zone of the tenant: its clocks go back on 26 October.
    const midnight = (date: number) => Date.UTC(2025, 9, date - 1, date <= 26 ? 22 : 23);
    await stack.addMeter(
      { id: 'UE-FALL', stationId: 'ST-9', installedAt: iso(midnight(1)), initialRegisterKwh: '0' },
      'tenant-b',
    );
    let register = 0;
    const messages = [];
    // Tuesdays 10 kWh, Wednesdays 20, and 5 on other days; from Tuesday the 28th on nothing was counted.
    for (let date = 1; date <= 30; date++) {
      messages.push(readingMessage('UE-FALL', midnight(date), register, {}, 'ST-9'));
      register += date >= 28 ? 0 : ([7, 14, 21].includes(date) && 10) || ([1, 8, 15, 22].includes(date) && 20) || 5;
    }
    await deliver(ingest, messages);
    const body = {
      ...{ meterId: 'UE-FALL', from: iso(midnight(28)), to: iso(midnight(30)), interval: 'day' },
      ...{ method: 'like_days', ignoreRegister: true, reason: 'A phase was not connected' },
    };
    const made = await call('POST', '', body, { tenantId: 'tenant-b' });
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    const { cells } = (await call('GET', `/${made.body.data.id}`, undefined, { tenantId: 'tenant-b' })).body.data;
    expect(cells.map(({ kwh }: any) => kwh)).toEqual(['10', '20']);
  });

  it('is taken back by another, and what the readings tell counts again', async () => {
    await setUp('UE-5');
    const { id } = (await edit('UE-5', 6, 12, { totalKwh: '20' })).body.data;
    expect((await used('UE-5', 6, 12)).importUnits).toBe(20_000_000n);
    const undone = await call('POST', `/${id}/undo`, { reason: 'Wrong meter' });
    expect(undone.body.data).toMatchObject({
      action: 'undo',
      undoes: id,
      oldKwh: '20',
      newKwh: '8',
      reason: 'Wrong meter',
    });
    expect(await used('UE-5', 6, 12)).toMatchObject({ importUnits: 8_000_000n });
    expect((await call('GET', `/${id}`)).body.data).toMatchObject({ status: 'applied', undoneBy: undone.body.data.id });
    expect((await call('POST', `/${id}/undo`, { reason: 'Again' })).status).toBe(409);
    expect((await call('POST', `/${undone.body.data.id}/undo`, { reason: 'Undo' })).status).toBe(409);
    expect((await edit('UE-5', 6, 12, { totalKwh: '9' })).status).toBe(201);
  });

  it('is one of two made at once for stretches that touch, and both of two that do not', async () => {
    await setUp('UE-6');
    const same = await Promise.all([edit('UE-6', 0, 4), edit('UE-6', 3, 6), edit('UE-6', 2, 5)]);
    expect(same.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    const apart = await Promise.all([edit('UE-6', 20, 22), edit('UE-6', 22, 24)]);
    expect(apart.map(({ status }) => status)).toEqual([201, 201]);
    expect((await used('UE-6', 0, 24)).importUnits).toBe(34_000_000n);
  });

  it.each<[number, string, number, number, object]>([
    [404, 'of a meter that is not there', 30, 34, { meterId: 'UE-NONE' }],
    [422, 'that ends before it begins', 34, 34, {}],
    [422, 'of the future', 30, 60 * day, {}],
    [422, 'before the installation', -31 * day, -29 * day, {}],
    [422, 'of longer than is edited at once', -401 * day, 3, {}],
    [422, 'of too many intervals', 9, 35 * day, { interval: 'quarter_hour' }],
    [422, 'with more than the point can draw', 30, 34, { totalKwh: '81' }],
    [422, 'without values', 30, 34, { method: 'values' }],
    [422, 'with values nobody asked for', 30, 32, { values: ['1', '2'] }],
    [422, 'with too few values', 30, 34, { method: 'values', values: ['1', '2'] }],
    [422, 'of values and a total', 30, 32, { method: 'values', values: ['1', '2'], totalKwh: '3' }],
    [422, 'without a register or a total', 48, 50, {}],
    [422, 'with nothing to be like', -29 * day, -28 * day, { method: 'like_days' }],
    [400, 'with a negative value', 30, 31, { method: 'values', values: ['-1'] }],
    [400, 'without a reason', 30, 34, { reason: ' ' }],
  ])('is refused with %i %s', async (status, _, from, to, more) => {
    expect((await edit('UE-2', from, to, more)).status).toBe(status);
  });

  it('of another tenant does not exist', async () => {
    const { id } = (await edit('UE-1', 30, 31)).body.data;
    const foreign = { tenantId: 'tenant-b' };
    expect((await call('GET', `/${id}`, undefined, foreign)).status).toBe(404);
    expect((await call('POST', `/${id}/undo`, { reason: 'x' }, foreign)).status).toBe(404);
    expect((await call('POST', `/${id}/approve`, undefined, foreign)).status).toBe(404);
    expect((await call('GET', '', undefined, { ...foreign, query: { meterId: 'UE-1' } })).body.data).toEqual([]);
    expect((await edit('UE-1', 0, 1, {}, foreign)).status).toBe(404);
  });
});

it('are asked for only at a meter that has some', async () => {
  await setUp('UE-8');
  const sent = vi.spyOn(documentClient(), 'send');
  const asked = async () => {
    sent.mockClear();
    await used('UE-8', 6, 12);
    return JSON.stringify(sent.mock.calls.map(([{ input }]) => input)).includes('USAGE-EDITS');
  };
  expect(await asked()).toBe(false);
  await edit('UE-8', 6, 12);
  expect(await asked()).toBe(true);
  sent.mockRestore();
});

describe('two persons', () => {
  const as = (subject: string, method: string, path: string, body?: object) => call(method, path, body, { subject });
  const body = (from: number, to: number) => ({
    ...{ meterId: 'UE-7', from: at(from), to: at(to), method: 'linear', totalKwh: '20', reason: 'Wrong' },
  });

  it('decide where the settings ask for it, over figures that still hold', async () => {
    await setUp('UE-7');
    const set = (needsApproval: boolean) =>
      stack.request(readingEdits, 'PUT', '/api/billing/reading-edits/settings', { body: { needsApproval } });
    await set(true);
    const { id } = (await as('usr_ONE', 'POST', '', body(6, 12))).body.data;
    expect((await used('UE-7', 6, 12)).importUnits).toBe(8_000_000n);
    expect((await call('GET', '')).body.data.map((each: any) => each.id)).toEqual([id]);
    expect((await as('usr_ONE', 'POST', `/${id}/approve`)).status).toBe(403);
    // A reading comes that tells of the stretch: the figures beside which it was asked for are others now.
    await deliver(ingest, [readingMessage('UE-7', t0 + 9 * hourMs, 1905)]);
    expect((await as('usr_TWO', 'POST', `/${id}/approve`)).status).toBe(409);
    expect((await as('usr_TWO', 'POST', `/${id}/decline`, { reason: 'Anew' })).body.data.status).toBe('declined');
    const again = (await as('usr_ONE', 'POST', '', body(6, 12))).body.data;
    const answers = await Promise.all([
      as('usr_TWO', 'POST', `/${again.id}/approve`),
      as('usr_TRE', 'POST', `/${again.id}/approve`),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect((await used('UE-7', 6, 12)).importUnits).toBe(20_000_000n);
    const undo = (await as('usr_ONE', 'POST', `/${again.id}/undo`, { reason: 'After all' })).body.data;
    expect(undo.status).toBe('requested');
    expect((await used('UE-7', 6, 12)).importUnits).toBe(20_000_000n);
    expect((await as('usr_TWO', 'POST', `/${undo.id}/approve`)).status).toBe(200);
    expect((await used('UE-7', 6, 12)).importUnits).toBe(8_000_000n);
    await set(false);
  });
});
