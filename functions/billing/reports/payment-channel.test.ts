/** Money by the way it came: each payment is in one channel, and the channels add up to the methods. */
import { beforeAll, expect, it } from 'vitest';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { handler as customers } from '../customers/handler.ts';
import { paymentReference } from '../mobile/field-reference.ts';
import { paymentEntity } from '../payments/payment-entity.ts';
import type { Payment } from '../payments/payment-schema.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { countPage } from './count-page.ts';
import { handler } from './handler.ts';
import type { ReportMessage } from './start-report.ts';

const stack = useBillingStack();
const base = '/api/billing/reports';
const june = { from: '2026-06-01', to: '2026-06-30' };
const run = async (more: object): Promise<any> => {
  const body = { kind: 'collections', ...june, ...more };
  const { id } = (await stack.call('channels', handler, 'POST', base, { body })).body.data;
  await stack.workOff('billing-reports', (message) => countPage(JSON.parse(message) as ReportMessage));
  return (await stack.call('channels', handler, 'GET', `${base}/${id}`)).body.data;
};

beforeAll(async () => {
  await stack.addTenant('channels');
  const body = { name: 'Payer' };
  const customerId = (await stack.call('channels', customers, 'POST', '/api/billing/customers', { body })).body.data.id;
  const collected = { externalReference: paymentReference({ collectorId: 'usr_1', operationId: 'op_1' }) };
  const ways: [string, Partial<Payment>][] = [
    ['1.00', { cashierSessionId: 'csh_1' }],
    ['2.00', { cashierSessionId: 'csh_1', ...collected }],
    ['4.00', collected],
    ['8.00', { bankLineId: 'bln_1', method: 'bank_transfer' }],
    ['16.00', { provider: 'kuraimi', externalReference: 'K-1', method: 'wallet' }],
    ['32.00', { externalReference: 'R-7' }],
    ['64.00', {}],
  ];
  await openSession('channels').transact('billing', (unit) => {
    for (const [amount, way] of ways)
      unit.create(paymentEntity, {
        ...{ id: newId('pay'), paymentNumber: amount, customerId, amount, currency: 'YER', method: 'cash' },
        ...{ receivedAt: '2026-06-10T09:00:00.000Z', advanceAmount: amount, allocations: [], status: 'received' },
        ...way,
      });
  });
});

it('is told of each channel and of all', async () => {
  const report = await run({ by: 'channel' });
  expect(report.by).toBe('channel');
  expect(
    report.result.map(({ channel, payments, receivedAmount }: any) => [channel, payments, receivedAmount]),
  ).toEqual([
    ['bank_file', 1, '8.00'],
    ['by_hand', 2, '96.00'],
    ['field', 2, '6.00'],
    ['provider', 1, '16.00'],
    ['till', 1, '1.00'],
    ['all', 7, '127.00'],
  ]);
  const byMethod = await run({});
  expect(byMethod.result.at(-1)).toMatchObject({ method: 'all', payments: 7, receivedAmount: '127.00' });
  const arabic = { 'accept-language': 'ar' };
  const csv = await stack.call('channels', handler, 'GET', `${base}/${report.id}/csv`, { headers: arabic });
  expect(csv.text).toContain('القناة');
  expect(csv.text).toContain('التحصيل الميداني');
});
