/**
 * Customers for the reports over all of them, each with the entries and payments of a year and a half. Those of a few hundred serve
 * all: the store answers from them (`sharesAccounts`).
 */
import { accountEntryEntity } from '../functions/billing/accounts/account-entity.ts';
import { customerEntity } from '../functions/billing/customers/customer-entity.ts';
import { customerTypes } from '../functions/billing/customers/customer-schema.ts';
import { paymentEntity } from '../functions/billing/payments/payment-entity.ts';
import { tenantEntity } from '../functions/identity/tenants/tenant-entity.ts';
import { openSession, type TenantSession } from '../layers/kernel/data/session.ts';
import type { TestService } from '../local/services/dynamodb/test-service.ts';
import { put, write } from './billing-base.ts';
import { sharedCustomers } from './billing-store.ts';

/** Months with a bill and its payment; the last one is open. */
const months = 18;
export const lastMonth = { from: '2026-06-01', to: '2026-06-30' };

const digits = (i: number, kind = 0): string => String(kind * 1e9 + i).padStart(26, '0');

export function createAccounts(dynamodb: TestService, tenantId: string, customers: number): TenantSession {
  const session = openSession(tenantId);
  const tenant = { id: tenantId, name: tenantId, timeZone: 'Asia/Aden', currency: 'YER' };
  write(dynamodb, [put(session, tenantEntity, { ...tenant, locale: 'ar', status: 'active' })]);
  for (let i = 0; i < customers; i++)
    write(dynamodb, [
      put(session, customerEntity, {
        id: `cus_${digits(i)}`,
        accountNumber: String(1_000_000 + i),
        name: `Customer ${i}`,
        type: customerTypes[i % customerTypes.length]!,
        phone: '+967771234567',
        address: { line1: 'Street 7', city: 'Aden' },
        language: 'ar',
        channels: ['sms'],
        exemptTaxes: [],
        isProtected: false,
        status: 'active',
      } as never),
    ]);
  for (let i = 0; i < Math.min(customers, sharedCustomers); i++)
    for (let month = 0; month < months; month++) writeMonth(dynamodb, session, i, month);
  return session;
}

function writeMonth(dynamodb: TestService, session: TenantSession, i: number, month: number): void {
  const customerId = `cus_${digits(i)}`;
  const issued = new Date(Date.UTC(2025, month, 2)).toISOString().slice(0, 10);
  const dueDate = new Date(Date.UTC(2025, month, 17)).toISOString().slice(0, 10);
  const paid = new Date(Date.UTC(2025, month, 20, 8)).toISOString();
  const minor = 1_000_000 + ((i * 7919 + month * 104_729) % 900_000);
  const [invoiceId, paymentId] = [`inv_${digits(i, month)}`, `pay_${digits(i, month)}`];
  const [own, reference] = [{ customerId, currency: 'YER' }, `${1_000_000 + i}-${issued}`];
  const entry = { ...own, id: invoiceId, type: 'invoice' as const, date: issued, minor: String(minor), reference };
  write(dynamodb, [put(session, accountEntryEntity, { ...entry, dueDate })]);
  if (month === months - 1) return;
  const amount = (minor / 100).toFixed(2);
  write(dynamodb, [
    put(session, accountEntryEntity, {
      ...own,
      id: paymentId,
      type: 'payment',
      date: paid.slice(0, 10),
      minor: String(-minor),
      reference: `R-${paymentId.slice(-9)}`,
    }),
    put(session, paymentEntity, {
      ...own,
      id: paymentId,
      paymentNumber: `R-${paymentId.slice(-9)}`,
      amount,
      method: 'cash',
      receivedAt: paid,
      allocations: [{ invoiceId, invoiceNumber: reference, amount }],
      advanceAmount: '0.00',
      status: 'received',
    } as never),
  ]);
}
