/** Schedules look after every tenant, also behind one that makes trouble. */
import { expect, it } from 'vitest';
import { sumOverTenants } from '../contract.ts';
import { useIdentityStack } from '../test-support/identity-stack.ts';

const stack = useIdentityStack();

it('does the work for all, and says at the end whose was not done', async () => {
  const ids: string[] = [];
  for (const name of ['Sum One', 'Sum Two', 'Sum Three']) ids.push((await stack.addTenant(name)).tenantId);
  const done: string[] = [];
  const work = async ({ tenantId }: { tenantId: string }) => done.push(tenantId) && 2;
  expect(await sumOverTenants(work)).toBe(2 * done.length);
  expect(done).toEqual(expect.arrayContaining(ids));
  done.length = 0;
  const failing = sumOverTenants((session) =>
    session.tenantId === ids[0] ? Promise.reject(new Error('Trouble.')) : work(session),
  );
  await expect(failing).rejects.toThrow(ids[0]);
  expect(done).toEqual(expect.arrayContaining(ids.slice(1)));
});
