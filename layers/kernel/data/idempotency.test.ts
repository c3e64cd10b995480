/** Requests of more than one transaction: which of them marks the key, and who is told of those that do not say. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { startTables, type TestTables } from '../../../test/support/tables.ts';
import { defineEntity } from './entity.ts';
import { beginIdempotent, earlyMarkers } from './idempotency.ts';
import { openSession, type TenantSession } from './session.ts';

interface Lamp {
  id: string;
}

const lampEntity = defineEntity<Lamp>()({
  name: 'lamp',
  table: 'plant',
  key: ({ id }) => ({ pk: ['LAMPS'], sk: [id] }),
  idOf: ({ id }) => id,
});

const tenantId = 'repeats';
let tables: TestTables;
let requests = 0;
let told: unknown[];
const note = (operationId: unknown) => void told.push(operationId);
beforeAll(async () => {
  tables = await startTables(['plant']);
  earlyMarkers.subscribe(note);
});
afterAll(() => {
  earlyMarkers.unsubscribe(note);
  return tables.close();
});
beforeEach(() => {
  told = [];
  requests += 1;
});

const request = (nowMs: number) =>
  beginIdempotent({
    ...{ table: 'plant', tenantId, subject: 'usr_1', operationId: 'light', body: '' },
    ...{ key: `request ${requests}`, nowMs },
  });
async function begin(nowMs = 0): Promise<TenantSession> {
  const begun = await request(nowMs);
  if ('answer' in begun) throw new Error('It was answered before.');
  return openSession(tenantId, { idempotency: begun.record });
}
const light = (session: TenantSession, id: string) =>
  session.transact('plant', (unit) => unit.create(lampEntity, { id: `${requests} ${id}` }));
const minuteMs = 60_000;

it('one that died before its effect is done when it is repeated', async () => {
  await light((await begin()).beforehand(), 'first');
  await light(await begin(2 * minuteMs), 'second');
  expect(told).toEqual([]);
});

it('one that died after its effect is not', async () => {
  const session = await begin();
  await light(session, 'first');
  await light(session.afterwards(), 'second');
  await expect(request(2 * minuteMs)).rejects.toMatchObject({ code: 'idempotency_answer_lost' });
  expect(told).toEqual([]);
});

it('one that does not say which transaction is its effect is told of', async () => {
  const session = await begin();
  await light(session, 'first');
  expect(told).toEqual([]);
  await light(session, 'second');
  expect(told).toEqual(['light']);
});
