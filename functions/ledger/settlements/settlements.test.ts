import { describe, expect, it } from 'vitest';
import { lines, type Tenant, useLedgerStack } from '../test-support/ledger-stack.ts';

const stack = useLedgerStack();
const clearing = '1121';

const collect = (tenant: Tenant, amount: string, date: string) =>
  tenant.call('POST', '/api/core/journal-entries', {
    date,
    journal: 'receipts',
    description: 'x',
    post: true,
    lines: lines(clearing, '1131', amount),
  });
const settle = (tenant: Tenant, more: object = {}) =>
  tenant.call('POST', '/api/finance/settlements', {
    provider: 'kuraimi',
    reference: 'PO-1',
    date: '2026-03-12',
    grossAmount: '60',
    feeAmount: '1.5',
    ...more,
  });
const overview = async (tenant: Tenant, date = '2026-03-31') =>
  (await tenant.call('GET', `/api/finance/intermediate-accounts?date=${date}`)).data as any[];
const closing = async (tenant: Tenant, id: string) =>
  (await tenant.call('GET', `/api/core/accounts/${id}/balance?date=2026-12-31`)).data.base.closing;

describe('a settlement', () => {
  it('books net and fee, clears the collections it pays, and is announced', async () => {
    const tenant = await stack.tenant();
    for (const amount of ['10', '20', '30']) await collect(tenant, amount, '2026-03-10');
    await collect(tenant, '77', '2026-03-11');
    const { status, data } = await settle(tenant);
    expect(status).toBe(201);
    expect(data).toMatchObject({ netAmount: '58.50', feeAmount: '1.50', matchedLines: 3, accountId: clearing });
    expect([await closing(tenant, '1112'), await closing(tenant, '5530'), await closing(tenant, clearing)]).toEqual([
      '58.50',
      '1.50',
      '77.00',
    ]);
    expect(stack.outbox(tenant.id, 'finance.settlement_completed').map(({ payload }) => payload)).toEqual([data]);
    expect(await overview(tenant)).toMatchObject([
      { accountId: clearing, balance: '77.00', openItems: 1, openAmount: '77.00', oldestDays: 20, isComplete: true },
    ]);
    expect((await tenant.call('GET', '/api/finance/settlements?provider=kuraimi')).data).toEqual([data]);
    expect((await tenant.call('GET', `/api/finance/settlements/${data.id}`)).data).toEqual(data);
    expect((await tenant.call('GET', '/api/finance/settlements?provider=jawali')).data).toEqual([]);
  });

  it('happens once, whoever sends it at once', async () => {
    const tenant = await stack.tenant();
    await collect(tenant, '60', '2026-03-10');
    const answers = await Promise.all([settle(tenant), settle(tenant), settle(tenant)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    expect(await closing(tenant, '1112')).toBe('58.50');
    expect((await settle(tenant)).status).toBe(409);
  });

  it('pays the lines that are named, and no others', async () => {
    const tenant = await stack.tenant();
    for (const amount of ['25', '35', '25', '35']) await collect(tenant, amount, '2026-03-10');
    const [{ items }] = (await tenant.call('GET', `/api/finance/intermediate-accounts/${clearing}?date=2026-03-31`))
      .data;
    const byAmount = (amount: string) => items.find((item: any) => item.amount === amount).id;
    expect((await settle(tenant, { lineIds: [byAmount('25.00')] })).status).toBe(422);
    const named = await settle(tenant, { lineIds: [byAmount('25.00'), byAmount('35.00')] });
    expect(named.data.matchedLines).toBe(2);
    // The same lines cannot be paid again; what is ambiguous is booked and left open.
    const again = await settle(tenant, { reference: 'PO-2', lineIds: [byAmount('25.00'), byAmount('35.00')] });
    expect(again.status).toBe(409);
    expect((await overview(tenant))[0]).toMatchObject({ openItems: 2, openAmount: '60.00' });
  });

  it('refuses what makes no sense', async () => {
    const tenant = await stack.tenant();
    for (const wrong of [
      { feeAmount: '61' },
      { grossAmount: '0', feeAmount: '0' },
      { grossAmount: '1.005' },
      { accountId: '1111' },
    ])
      expect((await settle(tenant, wrong)).status, JSON.stringify(wrong)).toBe(422);
    expect((await settle(tenant, { accountId: 'none' })).status).toBe(404);
    expect((await tenant.call('GET', '/api/finance/intermediate-accounts/1111')).status).toBe(422);
    const read = { permissions: ['ledger:reconciliation:read'] };
    expect((await tenant.call('POST', '/api/finance/settlements', {}, read)).status).toBe(403);
  });

  it('of one tenant is nobody else’s', async () => {
    const [north, south] = [await stack.tenant(), await stack.tenant()];
    await collect(north, '60', '2026-03-10');
    const { data } = await settle(north);
    expect((await south.call('GET', `/api/finance/settlements/${data.id}`)).status).toBe(404);
    expect((await south.call('GET', '/api/finance/settlements')).data).toEqual([]);
    expect(await overview(south)).toEqual([]);
    // The same number of the same provider is another payout there.
    expect((await settle(south)).data).toMatchObject({ matchedLines: 0 });
  });
});

it('open items are told by age', async () => {
  const tenant = await stack.tenant();
  for (const date of ['2026-01-01', '2026-02-10', '2026-03-01', '2026-03-31']) await collect(tenant, '5', date);
  const [account] = await overview(tenant);
  expect(account.ages.map(({ count }: any) => count)).toEqual([2, 1, 1, 0]);
  expect((await overview(tenant, '2026-01-31'))[0]).toMatchObject({ openItems: 1, oldestDays: 30 });
});
