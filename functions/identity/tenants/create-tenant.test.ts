import { expect, it } from 'vitest';
import { findUser } from '../log-in-names/find-user.ts';
import { principal, useIdentityStack } from '../test-support/identity-stack.ts';
import { handler } from './handler.ts';

const stack = useIdentityStack();
const create = (password: string, email: string) =>
  stack.call(handler, 'POST', '/api/core/tenants', {
    as: principal('root', { permissions: ['system:*'] }),
    body: { name: 'North', owner: { name: 'Layla', email, password } },
  });

it('takes no password for the owner that everybody guesses first', async () => {
  for (const password of ['password1234', '123456789012', 'layla@north.example'])
    expect(await create(password, 'layla@north.example')).toMatchObject({
      status: 400,
      body: { code: 'validation_failed', errors: [{ path: '/owner/password' }] },
    });
  expect(await findUser('layla@north.example')).toBeUndefined();
  expect((await create('violet kettle at noon', 'layla@north.example')).status).toBe(201);
});
