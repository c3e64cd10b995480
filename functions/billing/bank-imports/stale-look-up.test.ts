/** What lines name is looked up for a page at once: what is written in between is noticed when a line is taken. */
import { beforeAll, expect, it } from 'vitest';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { readAdvance } from '../accounts/account-entity.ts';
import { handler as customers } from '../customers/handler.ts';
import { recordPayment } from '../payments/record-payment.ts';
import { useBillingStack } from '../test-support/billing-stack.ts';
import { oweInvoice } from '../test-support/owe-invoice.ts';
import type { BankImport } from './bank-schema.ts';
import { lookUpLines } from './look-up-lines.ts';
import { openInvoices } from './open-by-amount.ts';
import { takeLine } from './take-line.ts';

const stack = useBillingStack();
const tenant = 'stale';
let ahmed: { id: string; accountNumber: string };
beforeAll(async () => {
  await stack.addTenant(tenant);
  const body = { name: 'Ahmed Saleh' };
  ahmed = (await stack.call(tenant, customers, 'POST', '/api/billing/customers', { body })).body.data;
});

const bankImport = { id: 'bim_1', bankAccount: 'main' } as BankImport;
const lineOf = (bankId: string, minor: bigint) => ({
  id: `bln_${bankId}`,
  line: { position: 1, date: '2026-06-10', minor, bankId, description: ahmed.accountNumber },
});

it('a transfer that a clerk entered after the look-up is one payment', async () => {
  const session = openSession(tenant);
  const of = lineOf('C1', 6000n);
  const lookedUp = await lookUpLines(session, [of.line]);
  const externalReference = 'C1';
  const order = { customerId: ahmed.id, amount: '60', method: 'bank_transfer', externalReference } as const;
  const { id } = await recordPayment(session, order);
  const taken = await takeLine(session, bankImport, 'YER', of, lookedUp, openInvoices(session));
  expect(taken).toMatchObject({ status: 'matched', matchedBy: 'entered_before', paymentId: id });
  expect((await readAdvance(session, ahmed.id, 'YER'))?.minor).toBe('6000');
});

it('two workers who looked up at once take a line once', async () => {
  const session = openSession(tenant);
  const of = lineOf('C2', 100n);
  const lookedUp = await lookUpLines(session, [of.line]);
  const take = () => takeLine(session, bankImport, 'YER', of, lookedUp, openInvoices(session));
  const taken = await Promise.all([take(), take(), take()]);
  expect(new Set(taken.map(({ paymentId }) => paymentId)).size).toBe(1);
  expect((await readAdvance(session, ahmed.id, 'YER'))?.minor).toBe('6100');
});

it('more open invoices than are read for names are none', async () => {
  const session = openSession(tenant);
  for (let i = 0; i < 3; i++) await oweInvoice(tenant, 'cus_1', '5.00');
  expect((await openInvoices(session)()).get('5.00 YER')).toHaveLength(3);
  expect((await openInvoices(session, 2)()).size).toBe(0);
});
