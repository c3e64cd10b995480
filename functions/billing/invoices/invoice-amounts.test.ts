/** What an invoice is after money came to it or was taken back: amounts, state and the limits that nothing may pass. */
import { expect, it } from 'vitest';
import { settle } from './invoice-amounts.ts';
import type { Invoice } from './invoice-schema.ts';

const now = '2026-06-15T09:00:00.000Z';
const invoice = (paid: number, total: number, status: Invoice['status'], paidAt?: string) =>
  ({
    id: 'inv_1',
    currency: 'JPY',
    totalAmount: String(total),
    paidAmount: String(paid),
    status,
    ...(paidAt === undefined ? {} : { paidAt }),
  }) as Invoice;

it.each<[Invoice, number, Partial<Invoice>]>([
  [invoice(0, 10, 'issued'), 4, { paidAmount: '4', dueAmount: '6', status: 'partially_paid' }],
  [invoice(4, 10, 'partially_paid'), 5, { paidAmount: '9', dueAmount: '1', status: 'partially_paid' }],
  [invoice(4, 10, 'partially_paid'), 6, { paidAmount: '10', dueAmount: '0', status: 'paid', paidAt: now }],
  [invoice(0, 10, 'overdue'), 4, { paidAmount: '4', dueAmount: '6', status: 'overdue' }],
  [invoice(4, 10, 'overdue'), 6, { paidAmount: '10', dueAmount: '0', status: 'paid', paidAt: now }],
  [invoice(10, 10, 'paid', 'before'), -4, { paidAmount: '6', dueAmount: '4', status: 'partially_paid' }],
  [invoice(10, 10, 'paid', 'before'), -10, { paidAmount: '0', dueAmount: '10', status: 'issued' }],
  [invoice(4, 10, 'overdue'), -4, { paidAmount: '0', dueAmount: '10', status: 'overdue' }],
  [invoice(0, 0, 'issued'), 0, { paidAmount: '0', dueAmount: '0', status: 'paid', paidAt: now }],
  [invoice(0, -10, 'issued'), -10, { paidAmount: '-10', dueAmount: '0', status: 'paid', paidAt: now }],
  [invoice(0, -10, 'issued'), -4, { paidAmount: '-4', dueAmount: '-6', status: 'partially_paid' }],
  [invoice(-4, -10, 'partially_paid'), 4, { paidAmount: '0', dueAmount: '-10', status: 'issued' }],
])('%o and %i more', (before, minor, expected) => {
  const { paidAmount, dueAmount, status, paidAt } = settle(before, BigInt(minor), now);
  expect({ paidAmount, dueAmount, status, paidAt }).toEqual({ paidAt: undefined, ...expected });
});

it.each<[string, Invoice, number]>([
  ['more than is owed', invoice(4, 10, 'partially_paid'), 7],
  ['less than nothing', invoice(4, 10, 'partially_paid'), -5],
  ['more of a credit than there is', invoice(-4, -10, 'partially_paid'), -7],
  ['a credit that was not used', invoice(-4, -10, 'partially_paid'), 5],
])('has never %s paid', (_, before, minor) => {
  expect(() => settle(before, BigInt(minor), now)).toThrow(RangeError);
});
