import type { SQSEvent } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { type EventEnvelope, toBusDetail } from '../../../layers/kernel/events/envelope.ts';
import { standardRules } from '../../../layers/ledger/standard-rules.ts';
import { makeEvent, type Tenant, useLedgerStack } from '../test-support/ledger-stack.ts';
import { handler } from './post-events.ts';

const stack = useLedgerStack();

const deliver = (events: readonly EventEnvelope[]) =>
  handler({
    Records: events.map((event, i) => ({
      messageId: `message-${i}`,
      body: JSON.stringify({ detail: toBusDetail(event) }),
      attributes: { ApproximateReceiveCount: '1' },
    })),
  } as unknown as SQSEvent);

const invoice = (tenant: Tenant, number: number, changes: object = {}, envelope: Partial<EventEnvelope> = {}) =>
  makeEvent(
    tenant.id,
    'invoice.created',
    {
      invoiceNumber: `INV-${number}`,
      customerId: 'cus-1',
      totalAmount: '1150.00',
      taxAmount: '150.00',
      currency: 'YER',
      ...changes,
    },
    { aggregateId: `inv-${number}`, ...envelope },
  );
const entries = async (tenant: Tenant) =>
  (await tenant.call('GET', '/api/core/journal-entries?limit=200&order=asc')).data as any[];
const failures = async (tenant: Tenant, status = 'open') =>
  (await tenant.call('GET', `/api/core/failed-postings?status=${status}`)).data as any[];
const closing = async (tenant: Tenant, id: string) =>
  (await tenant.call('GET', `/api/core/accounts/${id}/balance?date=2026-12-31`)).data.base.closing;

describe('an event of another domain', () => {
  it('is posted by the standard rule, in the tenant’s time zone, and carries where it came from', async () => {
    const tenant = await stack.tenant();
    const event = invoice(tenant, 1, { fixedCharges: '100' }, { occurredAt: '2026-03-31T22:30:00.000Z' });
    expect(await deliver([event])).toEqual({ batchItemFailures: [] });
    expect(await entries(tenant)).toMatchObject([
      {
        journal: 'sales',
        // Aden is three hours ahead of UTC: the evening of March 31 there is April.
        date: '2026-04-01',
        reference: 'SAL-2026-04-000001',
        externalReference: 'INV-1',
        description: 'Invoice INV-1',
        descriptionAr: 'فاتورة INV-1',
        source: { type: 'event', eventId: event.id, eventType: 'invoice.created', ruleId: 'invoice-created' },
        lines: [
          { accountId: '1131', side: 'debit', amount: '1150.00', dimensions: { customer: 'cus-1' } },
          { accountId: '4110', side: 'credit', amount: '900.00' },
          { accountId: '4210', side: 'credit', amount: '100.00' },
          { accountId: '2131', side: 'credit', amount: '150.00' },
        ],
      },
    ]);
    expect(stack.outbox(tenant.id, 'journal.posted')[0].item).toMatchObject({
      correlationId: { S: 'cor-1' },
      causationId: { S: event.id },
    });
  });

  it('is posted once, however often and wherever it arrives', async () => {
    const tenant = await stack.tenant();
    const events = [invoice(tenant, 1), invoice(tenant, 2)];
    await deliver([...events, ...events]);
    await Promise.all([deliver(events), deliver([...events].reverse()), deliver(events)]);
    expect((await entries(tenant)).map(({ number }) => number).sort()).toEqual([1, 2]);
    expect(await closing(tenant, '1131')).toBe('2300.00');
    expect(await failures(tenant)).toEqual([]);
  });

  it('comes in batches that share transactions, and in batches at the same time', async () => {
    const tenant = await stack.tenant();
    const events = Array.from({ length: 90 }, (_, i) => invoice(tenant, i));
    const answers = await Promise.all([0, 30, 60].map((start) => deliver(events.slice(start, start + 30))));
    const again = answers.flatMap(({ batchItemFailures }) => batchItemFailures);
    expect(again).toEqual([]);
    expect((await entries(tenant)).map(({ number }) => number).sort((a, b) => a - b)).toEqual(
      events.map((_, i) => i + 1),
    );
    expect(await closing(tenant, '1131')).toBe('103500.00');
  });

  it('without a rule is none of the ledger’s business', async () => {
    const tenant = await stack.tenant();
    await deliver([makeEvent(tenant.id, 'invoice.overdue', {})]);
    await tenant.call('PUT', '/api/core/posting-rules/invoice-created', { isActive: false });
    await deliver([invoice(tenant, 1)]);
    expect([await entries(tenant), await failures(tenant)]).toEqual([[], []]);
  });

  it('of one tenant touches no other', async () => {
    const [north, south] = [await stack.tenant(), await stack.tenant()];
    await deliver([invoice(north, 1), invoice(south, 2), invoice(north, 3)]);
    expect((await entries(north)).map(({ externalReference }) => externalReference).sort()).toEqual(['INV-1', 'INV-3']);
    expect((await entries(south)).map(({ externalReference }) => externalReference)).toEqual(['INV-2']);
  });
});

describe('what cannot be posted', () => {
  it('is kept with its reason and holds up no other; retried, it is posted', async () => {
    const tenant = await stack.tenant();
    await tenant.call('PUT', '/api/core/accounts/2131', { isActive: false });
    const good = invoice(tenant, 2, { taxAmount: undefined });
    expect(await deliver([invoice(tenant, 1), good, invoice(tenant, 3, { totalAmount: 'many' })])).toEqual({
      batchItemFailures: [],
    });
    expect((await entries(tenant)).map(({ externalReference }) => externalReference)).toEqual(['INV-2']);
    const kept = await failures(tenant);
    expect(kept.map(({ message }) => message).sort()).toEqual([
      'Account "2131" is not active.',
      'There is no amount at "totalAmount". There is no amount at "totalAmount".',
    ]);
    expect(kept.every(({ messageAr }) => /[\u0600-\u06ff]/.test(messageAr))).toBe(true);
    expect(stack.outbox(tenant.id, 'journal.posting_failed')).toHaveLength(2);
    expect((await tenant.call('POST', '/api/core/periods/2026-03/close')).body.detail).toMatch(/wait to be posted: 2/);

    const { id } = kept.find(({ message }) => message.includes('2131'));
    const retry = () => tenant.call('POST', `/api/core/failed-postings/${id}/retry`);
    expect((await retry()).status).toBe(422);
    expect((await tenant.call('GET', `/api/core/failed-postings/${id}`)).data).toMatchObject({
      attempts: 2,
      event: { payload: { invoiceNumber: 'INV-1' } },
    });
    await tenant.call('PUT', '/api/core/accounts/2131', { isActive: true });
    const answers = await Promise.all([retry(), retry()]);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect((await retry()).status).toBe(409);
    expect(await closing(tenant, '1131')).toBe('2300.00');
    expect(await failures(tenant, 'posted')).toMatchObject([{ id, entryId: expect.stringMatching(/^jrn_/) }]);

    // The event itself may still come again.
    await deliver([invoice(tenant, 2, {}, good)]);
    expect(await closing(tenant, '1131')).toBe('2300.00');
  });

  it('can be laid aside for good', async () => {
    const tenant = await stack.tenant();
    await deliver([invoice(tenant, 1, { totalAmount: undefined })]);
    const [{ id }] = (await failures(tenant)) as [any];
    const discard = () => tenant.call('POST', `/api/core/failed-postings/${id}/discard`, { reason: 'a test' });
    expect(await discard()).toMatchObject({ status: 200, data: { status: 'discarded', discardReason: 'a test' } });
    expect((await discard()).status).toBe(409);
    expect((await tenant.call('POST', `/api/core/failed-postings/${id}/retry`)).status).toBe(409);
  });

  it('because its period is closed goes to the next open one, or waits, as the tenant wants', async () => {
    const tenant = await stack.tenant();
    await deliver([invoice(tenant, 1)]);
    await tenant.call('POST', '/api/core/periods/2026-03/close');
    await deliver([invoice(tenant, 2)]);
    expect((await entries(tenant)).map(({ date }) => date)).toEqual(['2026-03-15', '2026-04-01']);
    await tenant.call('PUT', '/api/core/ledger-settings', { closedPeriodPolicy: 'hold' });
    await deliver([invoice(tenant, 3)]);
    expect(await failures(tenant)).toMatchObject([{ reason: 'conflict', message: 'Period 2026-03 is closed.' }]);
    await tenant.call('POST', '/api/core/periods/2026-03/reopen', { reason: 'late' });
    const [{ id }] = (await failures(tenant)) as [any];
    expect((await tenant.call('POST', `/api/core/failed-postings/${id}/retry`)).status).toBe(200);
    expect((await entries(tenant)).map(({ date }) => date)).toEqual(['2026-03-15', '2026-03-15', '2026-04-01']);
  });
});

describe('posting rules', () => {
  const samples: Record<string, object> = {
    'invoice.created': { totalAmount: '115', taxAmount: '15', lateFees: '5' },
    'invoice.cancelled': { totalAmount: '115', taxAmount: '15' },
    'payment.received': { amount: '50', method: 'kuraimi' },
    'payment.refunded': { amount: '50', method: 'cash', purpose: 'deposit' },
    'payment.reversed': { amount: '50', method: 'wallet', purpose: 'debt', reason: 'Bounced' },
    'prepaid.vended': {
      paymentId: 'p',
      arrearsAmount: '10',
      chargedAmount: '39',
      energyAmount: '30',
      fixedAmount: '5',
      taxAmount: '4',
    },
    'prepaid.vend_failed': { paymentId: 'p', amount: '50', reason: 'No' },
    'prepaid.reversed': {
      paymentId: 'p',
      returnedAmount: '40',
      chargedAmount: '39',
      energyAmount: '30',
      fixedAmount: '5',
      taxAmount: '4',
      reason: 'Wrong meter',
    },
    'prepaid.credit_returned': {
      returnedAmount: '25',
      energyAmount: '20',
      fixedAmount: '3',
      taxAmount: '1.5',
      carriedAmount: '0.5',
    },
    'bank_line.suspended': { amount: '50', date: '2026-03-15' },
    'bank_line.released': { amount: '50' },
    'cashier_session.money_moved': { type: 'pay_out', counterpart: 'bank', amount: '50', reason: 'Noon' },
    'cashier_session.difference_found': { method: 'cash', amount: '-5', reason: 'Change' },
    'payroll.approved': {
      grossAmount: '1000',
      netAmount: '850',
      taxAmount: '100',
      insuranceAmount: '50',
      employerInsurance: '90',
    },
    'payroll.paid': { netAmount: '850' },
    'inventory.received': { totalCost: '70' },
    'inventory.issued': { totalCost: 70.5, projectId: 'p' },
    'inventory.adjusted': { totalCost: '-3' },
    'purchase.invoiced': { totalAmount: '115', taxAmount: '15' },
    'asset.depreciation.calculated': { amount: '9', assetId: 'a', date: '2026-03-31' },
  };

  it('of the standard set all balance on the standard chart', async () => {
    const tenant = await stack.tenant();
    expect(Object.keys(samples).sort()).toEqual(standardRules.map(({ eventType }) => eventType).sort());
    for (const { id, eventType } of standardRules) {
      const event = { type: eventType, payload: { ...samples[eventType], currency: 'USD', exchangeRate: '535.255' } };
      const { data } = await tenant.call('POST', '/api/core/posting-rules/dry-run', { ruleId: id, event });
      expect(data, id).toMatchObject({ outcome: 'posted', messages: [] });
    }
    expect(await entries(tenant)).toEqual([]);
  });

  it('can be tried before they are saved, and refuse what they cannot read', async () => {
    const tenant = await stack.tenant();
    const rule = {
      id: 'fees',
      name: 'Fees',
      nameAr: 'رسوم',
      eventType: 'payment.fees',
      journal: 'payments',
      description: 'Fees {event.aggregateId}',
      lines: [
        { role: 'bank-charges', side: 'debit', amountPaths: ['item.fee'], forEach: 'charges' },
        { accountPath: 'account', side: 'credit', amountPaths: ['total'] },
      ],
    };
    const payload = { account: '1112', total: '3', charges: [{ fee: '1' }, { fee: '2' }, { fee: 0 }] };
    const dryRun = async (changes: object) =>
      (
        await tenant.call('POST', '/api/core/posting-rules/dry-run', {
          rule,
          event: { type: 'payment.fees', aggregateId: 'p-1', payload: { ...payload, ...changes } },
        })
      ).data;
    expect(await dryRun({})).toMatchObject({
      outcome: 'posted',
      description: 'Fees p-1',
      lines: [{ amount: '1.00' }, { amount: '2.00' }, { accountId: '1112', amount: '3.00' }],
    });
    expect(await dryRun({ total: '4' })).toMatchObject({ outcome: 'refused' });
    expect(await dryRun({ account: undefined })).toMatchObject({ outcome: 'refused' });
    expect((await tenant.call('POST', '/api/core/posting-rules', rule)).status).toBe(201);
    for (const wrong of [
      { id: 'x', eventType: 'journal.posted' },
      { id: 'x', lines: [{ ...rule.lines[0], accountId: '1' }, rule.lines[1]] },
      { id: 'x', lines: [rule.lines[0], { ...rule.lines[1], roleBy: 'customerType' }] },
      { id: 'x', journal: 'closing' },
    ])
      expect((await tenant.call('POST', '/api/core/posting-rules', { ...rule, ...wrong })).status).toBe(400);
  });

  it('are loaded once', async () => {
    const tenant = await stack.tenant();
    expect((await tenant.call('POST', '/api/core/posting-rules/load-standard')).data).toEqual({
      created: 0,
      unchanged: standardRules.length,
    });
    expect((await tenant.call('GET', '/api/core/posting-rules?journal=payroll')).data).toHaveLength(1);
  });
});
