/** Who may do what with integrations: those who connect providers, those who watch them, and the others. */
import { beforeAll, expect, it } from 'vitest';
import { permissionsOf } from '../../identity/roles/system-roles.ts';
import { caller } from '../test-support/fixtures.ts';
import { usePlatformStack } from '../test-support/platform-stack.ts';
import { handler } from './handler.ts';

usePlatformStack();
const as = (role: string) =>
  caller(handler, '/api/v1/developer/integrations', {
    tenantId: 'tenant-roles',
    permissions: permissionsOf([role]),
  });
let id: string;
beforeAll(async () => {
  const body = { code: 'sms', provider: 'local_1', nameAr: 'x' };
  const made = await as('DEVELOPER')('POST', '', body);
  expect(made.status).toBe(201);
  id = made.data.id;
});

it.each([
  ['DEVELOPER', { read: 200, test: 200, write: 200, secret: 200, settings: 200 }],
  ['ADMIN', { read: 200, test: 200, write: 200, secret: 200, settings: 200 }],
  ['OPERATOR', { read: 200, test: 200, write: 403, secret: 403, settings: 403 }],
  ['ENGINEER', { read: 200, test: 200, write: 403, secret: 403, settings: 403 }],
  ['MANAGER', { read: 200, test: 200, write: 403, secret: 403, settings: 403 }],
  ['ACCOUNTANT', { read: 403, test: 403, write: 403, secret: 403, settings: 403 }],
  ['CASHIER', { read: 403, test: 403, write: 403, secret: 403, settings: 403 }],
  ['CUSTOMER', { read: 403, test: 403, write: 403, secret: 403, settings: 403 }],
])('%s: %o', async (role, expected) => {
  const call = as(role);
  const values = { sender: `of-${role}`.slice(0, 11) };
  expect({
    read: (await call('GET', `/${id}`)).status,
    test: (await call('POST', `/${id}/test`, {})).status,
    write: (await call('PUT', `/${id}`, { nameEn: role })).status,
    secret: (await call('PUT', `/${id}/configs`, { environment: 'development', values })).status,
    settings: (await call('PUT', '/log-settings', { logRetentionDays: 90, usageRetentionDays: 400 })).status,
  }).toEqual(expected);
});

it('a developer reaches nothing of customers, meters and money directly', () => {
  const held = permissionsOf(['DEVELOPER']);
  expect(held.filter((permission) => /^(billing|ledger|metering|scada|tenant|system):/.test(permission))).toEqual([]);
});
