/** Rows there is one of, such as settings: who saves them at once, for the first time or not, and who says which version is replaced. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTables, type TestTables } from '../../../test/support/tables.ts';
import { defineEntity } from './entity.ts';
import { saveRow } from './save-row.ts';
import { openSession } from './session.ts';

interface Lamp {
  id: 'lamp';
  watts: number;
  colour?: string | undefined;
}

const lampEntity = defineEntity<Lamp, { id: 'lamp' }>()({
  name: 'lamp',
  table: 'plant',
  key: ({ id }) => ({ pk: ['SETTINGS'], sk: [id] }),
  idOf: ({ id }) => id,
});

let tables: TestTables;
let tenants = 0;
beforeAll(async () => {
  tables = await startTables(['plant']);
});
afterAll(() => tables.close());

const fresh = () => openSession(`save-${++tenants}`);
const id = 'lamp';

it('takes all who save at once, also for the first time: one after the other', async () => {
  const session = fresh();
  for (const round of [0, 1]) {
    const saved = await Promise.all([1, 2, 3].map((watts) => saveRow(session, lampEntity, { id, watts })));
    expect(saved.map(({ version }) => version).sort()).toEqual([1, 2, 3].map((nth) => nth + 3 * round));
    const last = saved.find(({ version }) => version === 3 + 3 * round);
    expect(await session.get(lampEntity, { id })).toMatchObject({ watts: last!.watts });
  }
});

it('removes what is named when it is left out, and keeps the rest', async () => {
  const session = fresh();
  await saveRow(session, lampEntity, { id, watts: 1, colour: 'red' });
  expect(await saveRow(session, lampEntity, { id, watts: 2 })).toMatchObject({ colour: 'red' });
  await saveRow(session, lampEntity, { id, watts: 2 }, { removable: ['colour'] });
  expect(await session.get(lampEntity, { id })).not.toHaveProperty('colour');
});

it('begins with the initial row, and changes only what is given afterwards', async () => {
  const session = fresh();
  const initial = { watts: 40, colour: 'white' };
  expect(await saveRow(session, lampEntity, { id, colour: 'blue' }, { initial })).toMatchObject({ watts: 40 });
  expect(await saveRow(session, lampEntity, { id, watts: 9 }, { initial })).toMatchObject({ colour: 'blue', watts: 9 });
});

it('refuses all but one of those who replace the same version', async () => {
  const session = fresh();
  for (const expectedVersion of [0, 1]) {
    const outcomes = await Promise.allSettled(
      [1, 2, 3].map((watts) => saveRow(session, lampEntity, { id, watts }, { expectedVersion })),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'version_conflict' });
  }
});
