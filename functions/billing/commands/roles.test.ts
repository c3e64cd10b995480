/** Who sees commands to meters, who asks for them and who approves them: the second person is never a matter of engineering alone. */
import { beforeAll, expect, it } from 'vitest';
import { permissionsOf } from '../../identity/roles/system-roles.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { commandsBase as base, commandScene } from '../test-support/command-scene.ts';
import { handler } from './handler.ts';

const stack = useBillingStack();
const tenant = 'cmd-roles';
const { addMeter, ask } = commandScene(stack, tenant);
beforeAll(() => stack.addTenant(tenant));

it.each([
  ['MANAGER', { read: 200, request: 201, approve: 200, configure: 200 }],
  ['ENGINEER', { read: 200, request: 201, approve: 403, configure: 403 }],
  ['OPERATOR', { read: 200, request: 403, approve: 403, configure: 403 }],
  ['ACCOUNTANT', { read: 200, request: 403, approve: 403, configure: 403 }],
  ['TECHNICIAN', { read: 403, request: 403, approve: 403, configure: 403 }],
])('%s: %o', async (role, expected) => {
  const as = { subject: `usr_${role}`, permissions: permissionsOf([role]) };
  const call = async (method: string, path: string, body?: object) =>
    (await stack.call(tenant, handler, method, `${base}${path}`, { as, ...(body ? { body } : {}) })).status;
  const { id } = (await ask(await addMeter())).body.data;
  expect({
    read: await call('GET', `/${id}`),
    request: await call('POST', '', { meterId: await addMeter(), command: 'disconnect', reason: 'Unpaid' }),
    approve: await call('POST', `/${id}/approve`),
    configure: await call('PUT', '/settings', {}),
  }).toEqual(expected);
});
