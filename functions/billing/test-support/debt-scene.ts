/** Customers who owe very many invoices, what they pay and what is taken back of it, for tests of payments in several transactions. */
import { beforeAll, expect } from 'vitest';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { handler as customers } from '../customers/handler.ts';
import { minorOf } from '../invoices/invoice-amounts.ts';
import { openOfCustomer } from '../invoices/open-of-customer.ts';
import { handler as payments } from '../payments/handler.ts';
import { paymentEntity } from '../payments/payment-entity.ts';
import { handler as refunds } from '../refunds/handler.ts';
import type { BillingStack } from './billing-stack.ts';
import { oweInvoice } from './owe-invoice.ts';

const base = '/api/billing/payments';

export function useDebtScene(stack: BillingStack, tenant: string) {
  beforeAll(() => stack.addTenant(tenant));
  const openOf = (customerId: string) => openOfCustomer(openSession(tenant), customerId, { currency: 'YER' });
  return {
    openOf,
    /** A customer who owes so many invoices, each due a day after the one before. */
    async owing(count: number, amount = '10.00'): Promise<string> {
      const made = await stack.call(tenant, customers, 'POST', '/api/billing/customers', { body: { name: 'Payer' } });
      const customerId = made.body.data.id;
      for (let i = 0; i < count; i++)
        await oweInvoice(tenant, customerId, amount, {
          period: { from: '2026-01-01', to: '2026-02-01' },
          dueDate: new Date(Date.UTC(2025, 0, 1 + i)).toISOString().slice(0, 10),
        });
      return customerId;
    },
    pay: (customerId: string, amount: string, more: object = {}) =>
      stack.call(tenant, payments, 'POST', base, { body: { customerId, amount, method: 'cash', ...more } }),
    reverse: (id: string, more: object = {}) =>
      stack.call(tenant, payments, 'POST', `${base}/${id}/reverse`, { body: { reason: 'x', ...more } }),
    paymentOf: (id: string) => openSession(tenant).require(paymentEntity, { id }),
    /** A refund that two people agreed on. */
    async askBack(id: string, amount?: string) {
      const body = { reason: 'x', ...(amount === undefined ? {} : { amount }) };
      const { data } = (await stack.call(tenant, payments, 'POST', `${base}/${id}/refunds`, { body })).body;
      const path = `/api/billing/refunds/${data.id}/approve`;
      await stack.call(tenant, refunds, 'POST', path, { as: { subject: 'usr_2' } });
      return data;
    },
    /** What is open less what is paid ahead is the balance. */
    async expectAgreement(customerId: string): Promise<{ open: number; balance: string; advance: string }> {
      const open = await openOf(customerId);
      const path = `/api/billing/customers/${customerId}/balance`;
      const { balance, advance } = (await stack.call(tenant, customers, 'GET', path)).body.data[0];
      const owed = open.reduce((sum, { dueAmount }) => sum + minorOf(dueAmount, 'YER'), 0n);
      expect(minorOf(balance, 'YER')).toBe(owed - minorOf(advance, 'YER'));
      return { open: open.length, balance, advance };
    },
  };
}
