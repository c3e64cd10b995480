/** Edits of readings: what arrived stays, what a person decided stands, and nobody decides alone where two are asked for. */
import { beforeAll, describe, expect, it } from 'vitest';
import { usageBetween } from '../contract.ts';
import { handler as ingest } from '../ingest/handler.ts';
import { handler as meters } from '../meters/handler.ts';
import { deliver, hourMs, iso, readingMessage, startTime, useMeteringStack } from '../test-support/metering-stack.ts';
import { handler } from './handler.ts';

const stack = useMeteringStack();
const base = '/api/billing/reading-edits';
const t0 = startTime - 72 * hourMs;
const at = (hours: number) => iso(t0 + hours * hourMs);
const call = (method: string, path: string, body?: object, options: object = {}) =>
  stack.request(handler, method, `${base}${path}`, { ...(body ? { body } : {}), ...options });
const edit = (meterId: string, action: string, hours: number, kwh: string, more: object = {}) =>
  call('POST', '', { meterId, action, time: at(hours), registerKwh: kwh, reason: 'Photo of the reader', ...more });
const listed = async (meterId: string, query: object = {}) =>
  (
    await stack.request(meters, 'GET', `/api/billing/meters/${meterId}/readings`, {
      query: { order: 'asc', from: at(0), ...query },
    })
  ).body.data;
const used = async (meterId: string, from: number, to: number) => {
  const [bucket] = await usageBetween(stack.session(), meterId, [{ start: t0 + from * hourMs, end: t0 + to * hourMs }]);
  return bucket!;
};

/** 1 kWh an hour; the reading of hour 4 was typed wrongly, though not impossibly. */
async function setUp(id: string): Promise<void> {
  await stack.addMeter({ id, installedAt: at(-1), initialRegisterKwh: '99' });
  const kwh = [100, 101, 102, 103, 113, 114, 115];
  await deliver(ingest, [
    ...kwh.map((value, i) => readingMessage(id, t0 + i * hourMs, value)),
    readingMessage(id, t0 + 24 * hourMs, 124),
  ]);
}

beforeAll(async () => {
  await setUp('ED-1');
});

describe('an edit', () => {
  it('corrects what stands, keeps what arrived, and says who and why', async () => {
    expect((await used('ED-1', 3, 4)).importUnits).toBe(10_000_000n);
    const { status, body } = await edit('ED-1', 'correct', 4, '113', { newRegisterKwh: '104' });
    expect(status).toBe(201);
    expect(body.data).toMatchObject({ status: 'applied', oldRegisterKwh: '113', sequence: 1 });
    // 114 and 115 contradict the person's word no more than a leap of 10 kWh does.
    expect(await used('ED-1', 3, 4)).toMatchObject({ importUnits: 1_000_000n, edited: true });
    const row = (await listed('ED-1')).find(({ time }: any) => time === at(4));
    expect(row).toMatchObject({ registerKwh: '104', edit: { action: 'corrected', arrivedKwh: '113' } });
    expect(stack.events('meter.reading_edited').at(-1)!.payload).toMatchObject({
      action: 'correct',
      oldRegisterKwh: '113',
      newRegisterKwh: '104',
      reason: 'Photo of the reader',
    });
  });

  it('of the one register leaves what a person said of the other, and fits the device', async () => {
    await setUp('ED-EXP');
    const correct = (more: object) => edit('ED-EXP', 'correct', 24, '124', { newRegisterKwh: '123', ...more });
    expect((await correct({ newExportRegisterKwh: '100000000' })).status).toBe(422);
    expect((await correct({ newExportRegisterKwh: '40' })).status).toBe(201);
    expect((await correct({ newRegisterKwh: '122' })).status).toBe(201);
    const row = async () => (await listed('ED-EXP')).find(({ time }: any) => time === at(24));
    expect(await row()).toMatchObject({ registerKwh: '122', exportRegisterKwh: '40' });
    await edit('ED-EXP', 'restore', 24, '124');
    expect(await row()).not.toHaveProperty('exportRegisterKwh');
  });

  it('can be followed by others, each with what stood before, until what arrived is back', async () => {
    await setUp('ED-2');
    await edit('ED-2', 'correct', 4, '113', { newRegisterKwh: '104' });
    await edit('ED-2', 'reject', 4, '113');
    expect((await listed('ED-2')).find(({ time }: any) => time === at(4)).edit.action).toBe('rejected');
    const restored = await edit('ED-2', 'restore', 4, '113');
    expect(restored.body.data.sequence).toBe(3);
    expect((await used('ED-2', 3, 4)).importUnits).toBe(10_000_000n);
    const { body } = await call('GET', '', undefined, { query: { meterId: 'ED-2' } });
    expect(body.data.map((each: any) => [each.action, each.oldRegisterKwh, each.sequence])).toEqual([
      ['correct', '113', 1],
      ['reject', '104', 2],
      ['restore', undefined, 3],
    ]);
  });

  it('adds a reading that never arrived, and takes it back', async () => {
    await setUp('ED-3');
    await edit('ED-3', 'add', 12, '116');
    expect((await used('ED-3', 6, 12)).importUnits).toBe(1_000_000n);
    expect((await listed('ED-3')).map(({ edit: mark }: any) => mark?.action).filter(Boolean)).toEqual(['added']);
    await edit('ED-3', 'restore', 12, '116');
    expect((await used('ED-3', 6, 12)).importUnits).toBe(3_000_000n);
  });

  it('survives the arrival coming again', async () => {
    await setUp('ED-4');
    await edit('ED-4', 'reject', 4, '113');
    await deliver(ingest, [readingMessage('ED-4', t0 + 4 * hourMs, 113)]);
    expect((await listed('ED-4')).find(({ time }: any) => time === at(4)).edit.action).toBe('rejected');
  });

  it('shows in pages of any size, in both orders', async () => {
    await setUp('ED-5');
    await edit('ED-5', 'correct', 4, '113', { newRegisterKwh: '104' });
    await edit('ED-5', 'add', 12, '116');
    await edit('ED-5', 'reject', 6, '115');
    for (const order of ['asc', 'desc'])
      for (const limit of ['1', '2', '3', '8', '50']) {
        const rows: any[] = [];
        let cursor: string | undefined;
        do {
          const { body } = await stack.request(meters, 'GET', '/api/billing/meters/ED-5/readings', {
            query: { order, limit, from: at(0), ...(cursor ? { cursor } : {}) },
          });
          rows.push(...body.data);
          cursor = body.pagination.nextCursor ?? undefined;
        } while (cursor !== undefined);
        if (order === 'desc') rows.reverse();
        expect(rows.map(({ registerKwh, edit: mark }) => `${registerKwh} ${mark?.action ?? ''}`.trim())).toEqual([
          '100',
          '101',
          '102',
          '103',
          '104 corrected',
          '114',
          '115 rejected',
          '116 added',
          '124',
        ]);
      }
  });

  it('of the reference lets new readings be judged without it', async () => {
    await stack.addMeter({ id: 'ED-6' });
    await deliver(ingest, [readingMessage('ED-6', t0, 5000)]);
    const good = { time: at(1), registerKwh: '10' };
    const add = () => stack.request(meters, 'POST', '/api/billing/meters/ED-6/readings', { body: good });
    expect((await add()).status).toBe(422);
    await edit('ED-6', 'reject', 0, '5000');
    expect((await add()).status).toBe(201);
  });

  it.each<[number, string, string, number, string, object]>([
    [404, 'of a reading that is not there', 'reject', 4, '112', {}],
    [409, 'that changes nothing', 'restore', 4, '113', {}],
    [422, 'without the new value', 'correct', 4, '113', {}],
    [422, 'with a value nobody asked for', 'reject', 4, '113', { newRegisterKwh: '1' }],
    [422, 'beyond the register', 'correct', 4, '113', { newRegisterKwh: '1234567' }],
    [422, 'of the future', 'add', 100, '200', {}],
    [422, 'before the installation', 'add', -5, '90', {}],
    [400, 'without a reason', 'reject', 4, '113', { reason: ' ' }],
  ])('is refused with %i %s', async (status, _, action, hours, kwh, more) => {
    if ((await stack.request(meters, 'GET', '/api/billing/meters/ED-7')).status === 404) await setUp('ED-7');
    const answer = await edit('ED-7', action, hours, kwh, more);
    expect(answer.status).toBe(status);
    // A rule says what it asks for in `message` as well, which is the text in the reader's language.
    if (status === 422) expect(answer.body.message).toBe(answer.body.errors[0].message);
  });

  it('of another tenant does not exist', async () => {
    const { id } = (await edit('ED-1', 'reject', 5, '114')).body.data;
    const foreign = { tenantId: 'tenant-b' };
    expect((await call('GET', `/${id}`, undefined, foreign)).status).toBe(404);
    expect((await call('POST', `/${id}/approve`, undefined, foreign)).status).toBe(404);
    expect((await call('GET', '', undefined, { ...foreign, query: { meterId: 'ED-1' } })).body.data).toEqual([]);
    const body = { meterId: 'ED-1', action: 'reject', time: at(4), registerKwh: '113', reason: 'x' };
    expect((await call('POST', '', body, foreign)).status).toBe(404);
  });
});

describe('two persons', () => {
  const request = (subject: string, method: string, path: string, body?: object) =>
    stack.request(handler, method, `${base}${path}`, { ...(body ? { body } : {}), subject });

  it('may set for the first time, both at once, whether they are asked', async () => {
    const body = { needsApproval: false };
    const answers = await Promise.all([1, 2, 3].map(() => call('PUT', '/settings', body, { tenantId: 'tenant-b' })));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  it('decide where the settings ask for it', async () => {
    await setUp('ED-8');
    await call('PUT', '/settings', { needsApproval: true });
    const body = { meterId: 'ED-8', action: 'reject', time: at(4), registerKwh: '113', reason: 'Wrong' };
    const { id } = (await request('usr_ONE', 'POST', '', body)).body.data;
    expect((await used('ED-8', 3, 4)).importUnits).toBe(10_000_000n);
    expect((await call('GET', '')).body.data.map((each: any) => each.id)).toContain(id);
    expect((await request('usr_ONE', 'POST', `/${id}/approve`)).status).toBe(403);
    const answers = await Promise.all([
      request('usr_TWO', 'POST', `/${id}/approve`),
      request('usr_TRE', 'POST', `/${id}/approve`),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    // Between 103 at 3 and 114 at 5 the register went up evenly.
    expect((await used('ED-8', 3, 4)).importUnits).toBe(5_500_000n);
    const again = (await request('usr_ONE', 'POST', '', { ...body, action: 'restore' })).body.data;
    const declined = await request('usr_TWO', 'POST', `/${again.id}/decline`, { reason: 'It is wrong' });
    expect(declined.body.data).toMatchObject({ status: 'declined', declineReason: 'It is wrong' });
    expect((await used('ED-8', 3, 4)).importUnits).toBe(5_500_000n);
    await call('PUT', '/settings', { needsApproval: false });
  });
});

describe('a stored reading', () => {
  it('knows the message and the topic it came by', async () => {
    await stack.addMeter({ id: 'ED-9' });
    const message = { ...readingMessage('ED-9', t0, 5), messageId: 'c0ffee00-0000-4000-8000-000000000001' };
    await deliver(ingest, [message]);
    await stack.request(meters, 'POST', '/api/billing/meters/ED-9/readings', {
      body: { time: at(1), registerKwh: '6' },
      headers: { 'x-correlation-id': 'cor_FROM-THE-FIELD' },
    });
    expect(await listed('ED-9')).toMatchObject([
      { messageId: 'c0ffee00-0000-4000-8000-000000000001', topic: 'acrel/ST-1/meter/ED-9/data', source: 'mqtt' },
      { messageId: 'cor_FROM-THE-FIELD', source: 'api' },
    ]);
  });
});
