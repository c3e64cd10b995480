/** What billing publishes, as it publishes it, against the standard rules: nothing fails, and what is taken back leaves nothing. */
import type { SQSEvent } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { type EventEnvelope, toBusDetail } from '../../../layers/kernel/events/envelope.ts';
import { bankLineReleased, bankLineSuspended } from '../../billing/bank-imports/bank-events.ts';
import { tillDifferenceFound, tillMoneyMoved } from '../../billing/cashier-sessions/cashier-session-events.ts';
import { invoiceCancelled, invoiceCreated, paymentReceived, paymentReversed } from '../../billing/events.ts';
import {
  prepaidCreditReturned,
  prepaidReversed,
  prepaidVended,
  prepaidVendFailed,
} from '../../billing/prepaid/prepaid-events.ts';
import { paymentRefunded } from '../../billing/refunds/refund-events.ts';
import { makeEvent, type Tenant, useLedgerStack } from '../test-support/ledger-stack.ts';
import { handler } from './post-events.ts';

const stack = useLedgerStack();

async function bring(tenant: Tenant, type: string, payload: object): Promise<EventEnvelope> {
  const event = makeEvent(tenant.id, type, payload, { occurredAt: '2026-05-10T08:00:00.000Z' });
  await handler({
    Records: [
      {
        messageId: 'message',
        body: JSON.stringify({ detail: toBusDetail(event) }),
        attributes: { ApproximateReceiveCount: '1' },
      },
    ],
  } as unknown as SQSEvent);
  return event;
}

async function publish(tenant: Tenant, type: string, payload: object): Promise<EventEnvelope> {
  const event = await bring(tenant, type, payload);
  expect((await tenant.call('GET', '/api/core/failed-postings')).data).toEqual([]);
  return event;
}

/** The lines of the newest entry, as `account side amount`. */
async function lastLines(tenant: Tenant, journal: string): Promise<string[]> {
  const { data } = await tenant.call('GET', `/api/core/journal-entries?journal=${journal}&order=desc&limit=200`);
  const newest = (data as any[]).sort((a, b) => b.number - a.number)[0];
  return newest.lines.map(({ accountId, side, amount }: any) => `${accountId} ${side} ${amount}`);
}

const balances = async (tenant: Tenant) =>
  Object.fromEntries(
    await Promise.all(
      ['1111', '1112', '1121', '1131', '2122', '2131', '4110', '4210', '4230'].map(async (id) => {
        const { data } = await tenant.call('GET', `/api/core/accounts/${id}/balance?date=2026-12-31`);
        return [id, data.base.closing] as const;
      }),
    ),
  ) as Record<string, string>;

const isNothing = (all: Record<string, string>): boolean => Object.values(all).every((one) => one === '0.00');

describe('billing’s events', () => {
  it('are all posted, and cancellation and reversal take them back to nothing', async () => {
    const tenant = await stack.tenant();
    const { example: invoice } = invoiceCreated;
    await publish(tenant, 'invoice.created', invoice);
    expect(await lastLines(tenant, 'sales')).toEqual([
      '1131 debit 14250.00',
      '4110 credit 13750.00',
      '4210 credit 500.00',
    ]);
    await publish(tenant, 'payment.received', paymentReceived.example);
    expect(await lastLines(tenant, 'receipts')).toEqual(['1111 debit 15000.00', '1131 credit 15000.00']);
    expect((await balances(tenant))['1131']).toBe('-750.00');
    await publish(tenant, 'payment.reversed', paymentReversed.example);
    expect(await lastLines(tenant, 'payments')).toEqual(['1131 debit 15000.00', '1111 credit 15000.00']);
    await publish(tenant, 'invoice.cancelled', invoiceCancelled.example);
    expect(await balances(tenant)).toSatisfy(isNothing);
  });

  it('that are difference notes may be negative, and late fees are income of their own', async () => {
    const tenant = await stack.tenant();
    const note = {
      ...invoiceCreated.example,
      kind: 'difference_note',
      totalAmount: '-1150.00',
      taxAmount: '-150.00',
      fixedCharges: '0.00',
      dueAmount: '-1150.00',
    };
    await publish(tenant, 'invoice.created', note);
    expect(await lastLines(tenant, 'sales')).toEqual([
      '1131 credit 1150.00',
      '4110 debit 1000.00',
      '2131 debit 150.00',
    ]);
    await publish(tenant, 'invoice.cancelled', { ...note, reason: 'x' });
    expect(await balances(tenant)).toSatisfy(isNothing);
    const fee = { ...note, kind: 'late_fee', totalAmount: '90.00', lateFees: '90.00', taxAmount: '0.00' };
    await publish(tenant, 'invoice.created', fee);
    expect(await lastLines(tenant, 'sales')).toEqual(['1131 debit 90.00', '4230 credit 90.00']);
    await publish(tenant, 'invoice.cancelled', { ...fee, reason: 'x' });
    expect(await balances(tenant)).toSatisfy(isNothing);
  });

  it('post energy by the type of the customer, and by the role’s own account where the type or its role is not told', async () => {
    const tenant = await stack.tenant();
    const { customerType: _, ...untold } = invoiceCreated.example;
    const sold = async (type: string, payload: object) => {
      await publish(tenant, type, payload);
      return (await lastLines(tenant, 'sales')).filter((line) => /^41/.test(line));
    };
    const government = { ...untold, customerType: 'government', totalAmount: '1500.00' };
    expect(await sold('invoice.created', government)).toEqual(['4140 credit 1000.00']);
    expect(await sold('invoice.created', untold)).toEqual(['4110 credit 13750.00']);
    expect(await sold('invoice.cancelled', { ...government, reason: 'x' })).toEqual(['4140 debit 1000.00']);
    const farm = { ...prepaidVended.example, customerType: 'agricultural' };
    expect(await sold('prepaid.vended', farm)).toEqual(['4160 credit 3500.00']);
    expect(await sold('prepaid.reversed', { ...prepaidReversed.example, ...farm })).toEqual(['4160 debit 3500.00']);
    const { roles } = (await tenant.call('GET', '/api/core/ledger-settings')).data;
    const { 'energy-revenue-government': __, ...fewer } = roles;
    expect((await tenant.call('PUT', '/api/core/ledger-settings', { roles: fewer })).status).toBe(200);
    expect(await sold('invoice.created', government)).toEqual(['4110 credit 1000.00']);
  });

  it('of every way to pay go where the money is, and come back from there', async () => {
    const tenant = await stack.tenant();
    for (const method of ['cash', 'bank_transfer', 'card', 'wallet', 'cheque', 'gateway'])
      for (const purpose of ['debt', 'prepaid']) {
        await publish(tenant, 'payment.received', { ...paymentReceived.example, method, purpose });
        await publish(tenant, 'payment.reversed', { ...paymentReversed.example, method, purpose });
      }
    expect(await balances(tenant)).toSatisfy(isNothing);
  });

  it('of refunds, tills and suspense go where the money is', async () => {
    const tenant = await stack.tenant();
    await publish(tenant, 'payment.received', { ...paymentReceived.example, amount: '500.00', method: 'gateway' });
    await publish(tenant, 'payment.refunded', paymentRefunded.example);
    expect(await lastLines(tenant, 'payments')).toEqual(['1131 debit 500.00', '1121 credit 500.00']);
    await publish(tenant, 'bank_line.suspended', bankLineSuspended.example);
    expect(await lastLines(tenant, 'receipts')).toEqual(['1112 debit 15000.00', '2191 credit 15000.00']);
    await publish(tenant, 'bank_line.released', bankLineReleased.example);
    expect(await lastLines(tenant, 'receipts')).toEqual(['2191 debit 15000.00', '1112 credit 15000.00']);
    expect(await balances(tenant)).toSatisfy(isNothing);
    await publish(tenant, 'cashier_session.money_moved', tillMoneyMoved.example);
    expect(await lastLines(tenant, 'receipts')).toEqual(['1113 debit 50000.00', '1111 credit 50000.00']);
    await publish(tenant, 'cashier_session.money_moved', { ...tillMoneyMoved.example, type: 'pay_in' });
    expect(await lastLines(tenant, 'receipts')).toEqual(['1111 debit 50000.00', '1113 credit 50000.00']);
    await publish(tenant, 'cashier_session.difference_found', tillDifferenceFound.example);
    expect(await lastLines(tenant, 'receipts')).toEqual(['1111 credit 150.00', '5640 debit 150.00']);
  });

  it('of prepaid energy turn what was paid into revenue, tax and settled debt, and a reversal gives back what was sold', async () => {
    const tenant = await stack.tenant();
    const paid = { ...paymentReceived.example, purpose: 'prepaid' as const, amount: '5000.00' };
    await publish(tenant, 'payment.received', paid);
    expect(await lastLines(tenant, 'receipts')).toEqual(['1111 debit 5000.00', '2122 credit 5000.00']);
    await publish(tenant, 'prepaid.vended', prepaidVended.example);
    expect(await lastLines(tenant, 'sales')).toEqual([
      '2122 debit 4990.00',
      '1131 credit 1000.00',
      '4110 credit 3500.00',
      '4210 credit 300.00',
      '2131 credit 190.00',
    ]);
    // 10.00 are kept for the next purchase.
    expect((await balances(tenant))['2122']).toBe('10.00');
    await publish(tenant, 'prepaid.reversed', prepaidReversed.example);
    expect(await balances(tenant)).toMatchObject({
      '1131': '-5000.00',
      '2122': '0.00',
      '4110': '0.00',
      '2131': '0.00',
    });
    await publish(tenant, 'payment.received', paid);
    await publish(tenant, 'prepaid.vend_failed', prepaidVendFailed.example);
    expect(await balances(tenant)).toMatchObject({ '1131': '-10000.00', '2122': '0.00' });
    // A cheque bounces after its token was made: the customer owes it, and what was sold stays sold.
    const before = await balances(tenant);
    await publish(tenant, 'payment.received', { ...paid, method: 'cheque' });
    await publish(tenant, 'prepaid.vended', prepaidVended.example);
    await publish(tenant, 'payment.reversed', {
      ...paymentReversed.example,
      ...paid,
      method: 'cheque',
      purpose: 'debt',
    });
    const after = await balances(tenant);
    expect(Number(after['1131']) - Number(before['1131'])).toBe(4000);
    expect([after['1121'], after['2122'], after['4110']]).toEqual(['0.00', '10.00', '3500.00']);
    await publish(tenant, 'prepaid.reversed', prepaidReversed.example);
    const { paymentId: _, ...gift } = prepaidVended.example;
    await publish(tenant, 'prepaid.vended', { ...gift, kind: 'free_units' });
    await publish(tenant, 'prepaid.credit_returned', prepaidCreditReturned.example);
    expect(await balances(tenant)).toMatchObject({
      '1131': '-13449.25',
      '4110': '-3125.00',
      '4210': '-160.00',
      '2131': '-164.25',
    });
  });

  it('wait where a tenant’s own copy of a rule knows nothing of a part of them, and are posted once it does', async () => {
    const tenant = await stack.tenant();
    const path = '/api/core/posting-rules/prepaid-credit-returned';
    const { lines } = (await tenant.call('GET', path)).data;
    const older = lines.filter(({ amountPaths }: any) => amountPaths[0] !== 'fixedAmount');
    expect((await tenant.call('PUT', path, { lines: older })).status).toBe(200);
    const { example } = prepaidCreditReturned;
    const parts = { returnedAmount: '3281.25', fixedAmount: '0.00', taxAmount: '156.25' };
    await publish(tenant, 'prepaid.credit_returned', { ...example, ...parts });
    await bring(tenant, 'prepaid.credit_returned', example);
    const [waiting, ...others] = (await tenant.call('GET', '/api/core/failed-postings')).data;
    expect(others).toEqual([]);
    expect(waiting).toMatchObject({ status: 'open', reason: 'unprocessable', ruleId: 'prepaid-credit-returned' });
    expect(await balances(tenant)).toMatchObject({ '1131': '-3281.25', '4210': '0.00' });
    await tenant.call('PUT', path, { lines });
    expect((await tenant.call('POST', `/api/core/failed-postings/${waiting.id}/retry`)).status).toBe(200);
    expect(await balances(tenant)).toMatchObject({ '1131': '-6730.50', '4210': '-160.00' });
  });
});
