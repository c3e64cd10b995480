import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTables, type TestTables } from '../../../test/support/tables.ts';
import { defineEntity } from './entity.ts';
import { partitionKey, scopePrefix } from './keys.ts';
import { openGlobalSession, openSession, type TenantSession } from './session.ts';
import { updateAtomically } from './update-atomically.ts';
import { putStep } from './write-many.ts';

interface Deal {
  id: string;
  title: string;
}

const dealEntity = defineEntity<Deal>()({
  name: 'deal',
  table: 'sales',
  perWorkspace: true,
  key: ({ id }) => ({ pk: ['DEAL', id], sk: ['DEAL'] }),
  indexes: { gsi1: ({ id }) => ({ pk: ['DEAL'], sk: [id] }) },
  idOf: ({ id }) => id,
});
const settingEntity = defineEntity<Deal>()({
  name: 'setting',
  table: 'sales',
  key: ({ id }) => ({ pk: ['SETTING', id], sk: ['SETTING'] }),
  idOf: ({ id }) => id,
});

let tables: TestTables;
beforeAll(async () => {
  tables = await startTables(['sales']);
});
afterAll(() => tables.close());

const actor = { id: 'usr_1', kind: 'user', name: 'tester' };
const tenant = openSession('t1', { actor });
const add = (session: TenantSession, id: string, title: string) =>
  session.transact('sales', (unit) => unit.create(dealEntity, { id, title }));
const list = (session: TenantSession, cursor?: string) =>
  session.query<Deal>(dealEntity, { index: 'gsi1', pk: ['DEAL'], limit: 1, cursor });

describe('rows of a workspace', () => {
  it('cannot be named without one, in any way', async () => {
    const error = /inWorkspace/;
    await expect(add(tenant, 'd1', 'x')).rejects.toThrow(error);
    await expect(tenant.get(dealEntity, { id: 'd1' })).rejects.toThrow(error);
    await expect(tenant.getMany(dealEntity, [{ id: 'd1' }])).rejects.toThrow(error);
    await expect(list(tenant)).rejects.toThrow(error);
    await expect(updateAtomically(tenant, dealEntity, { id: 'd1' }, { update: 'ADD n :n' })).rejects.toThrow(error);
    expect(() => putStep(tenant, dealEntity, { id: 'd1', title: 'x' })).toThrow(error);
    await expect(tenant.audit(dealEntity, 'd1', { limit: 1, cursor: undefined })).rejects.toThrow(error);
    await expect(openGlobalSession().inWorkspace('w1').get(dealEntity, { id: 'd1' })).rejects.toThrow(error);
    await expect(tenant.inWorkspace('').get(dealEntity, { id: 'd1' })).rejects.toThrow(/needs its id/);
  });

  it('of two workspaces of a tenant do not meet: same ids, lists, history', async () => {
    const [one, two] = [tenant.inWorkspace('w1'), tenant.inWorkspace('w2')];
    await add(one, 'd1', 'one');
    await add(two, 'd1', 'two');
    await add(two, 'd2', 'two');
    expect((await one.require(dealEntity, { id: 'd1' })).title).toBe('one');
    expect((await list(one)).items.map(({ title }) => title)).toEqual(['one']);
    await expect(one.require(dealEntity, { id: 'd2' })).rejects.toMatchObject({ code: 'not_found' });
    expect((await two.audit(dealEntity, 'd1', { limit: 9, cursor: undefined })).items).toHaveLength(1);
    const { nextCursor } = await list(two);
    await expect(list(one, nextCursor!)).rejects.toMatchObject({ code: 'invalid_cursor' });
    expect((await list(two, nextCursor!)).items).toMatchObject([{ id: 'd2' }]);
    await expect(openSession('t2').inWorkspace('w1').require(dealEntity, { id: 'd1' })).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  it('stand beside rows of the tenant in one transaction', async () => {
    await tenant.inWorkspace('w3').transact('sales', (unit) => {
      unit.create(dealEntity, { id: 'd9', title: 'deal' });
      unit.create(settingEntity, { id: 's9', title: 'setting' });
    });
    expect((await tenant.require(settingEntity, { id: 's9' })).title).toBe('setting');
    expect((await tenant.inWorkspace('w3').require(dealEntity, { id: 'd9' })).title).toBe('deal');
  });
});

describe('keys of workspaces', () => {
  const text = fc.oneof(fc.string({ minLength: 1 }), fc.constantFrom('%W', '#', 'W#', '%25W', 'T#t', 'a'));
  it('are never those of a tenant or of another workspace, whatever the parts', () => {
    fc.assert(
      fc.property(text, text, text, fc.array(text, { minLength: 1, maxLength: 4 }), (tenantId, a, b, parts) => {
        const inA = partitionKey({ tenantId, workspaceId: a }, parts);
        expect(inA.startsWith(scopePrefix(tenantId))).toBe(true);
        expect(inA).not.toBe(partitionKey(tenantId, parts));
        expect(inA).not.toBe(partitionKey(tenantId, ['%W', a, ...parts]));
        if (a !== b) expect(inA.startsWith(scopePrefix({ tenantId, workspaceId: b }))).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });
});
