/** Whether a period can be closed while something in it is not reconciled. */
import { expect, it } from 'vitest';
import { lines, type Tenant, useLedgerStack } from '../test-support/ledger-stack.ts';

const stack = useLedgerStack();

const collect = (tenant: Tenant, date: string) =>
  tenant.call('POST', '/api/core/journal-entries', {
    date,
    journal: 'receipts',
    description: 'x',
    post: true,
    lines: lines('1121', '1131', '60'),
  });
const policy = (tenant: Tenant, reconciliationPolicy: string) =>
  tenant.call('PUT', '/api/core/ledger-settings', { reconciliationPolicy });
const checks = async (tenant: Tenant) => (await tenant.call('GET', '/api/core/periods/2026-03/checks')).data;
const close = (tenant: Tenant) => tenant.call('POST', '/api/core/periods/2026-03/close');

it('what is not reconciled warns, blocks or is ignored, as the tenant wants', async () => {
  const tenant = await stack.tenant();
  await collect(tenant, '2026-03-10');
  const { data: session } = await tenant.call('POST', '/api/core/reconciliation/sessions', {
    accountId: '1112',
    to: '2026-03-31',
  });
  expect(await checks(tenant)).toMatchObject({
    canClose: true,
    problems: [
      { check: 'open_reconciliations', ids: [session.id], isWarning: true },
      { check: 'open_items', ids: ['1121'], isWarning: true },
    ],
  });
  await policy(tenant, 'ignore');
  expect(await checks(tenant)).toEqual({ canClose: true, problems: [] });
  await policy(tenant, 'block');
  expect(await checks(tenant)).toMatchObject({
    canClose: false,
    problems: [{ isWarning: false }, { isWarning: false }],
  });
  const refusal = await close(tenant);
  expect([refusal.status, refusal.body.detail]).toEqual([409, expect.stringMatching(/sessions.*open: 1.*items: 1121/)]);

  await tenant.call('POST', `/api/core/reconciliation/sessions/${session.id}/close`, {});
  await tenant.call('POST', '/api/finance/settlements', {
    provider: 'kuraimi',
    reference: 'PO-1',
    date: '2026-03-12',
    grossAmount: '60',
  });
  expect((await close(tenant)).status).toBe(200);
});

it('a session or an item of a later month holds up nothing', async () => {
  const tenant = await stack.tenant();
  await policy(tenant, 'block');
  await collect(tenant, '2026-04-01');
  await tenant.call('POST', '/api/core/periods', { id: '2026-03' });
  await tenant.call('POST', '/api/core/reconciliation/sessions', { accountId: '1112', to: '2026-04-30' });
  expect(await checks(tenant)).toEqual({ canClose: true, problems: [] });
});
