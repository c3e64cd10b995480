/** Customers with an open invoice each, and a bank's file of what they paid: most by number, some by name, some by nobody known. */
import { checkDigit } from '../functions/billing/customers/account-number.ts';
import { accountNumberEntity, customerEntity } from '../functions/billing/customers/customer-entity.ts';
import {
  customerInvoiceEntity,
  invoiceEntity,
  openInvoiceEntity,
} from '../functions/billing/invoices/invoice-entity.ts';
import { tenantEntity } from '../functions/identity/tenants/tenant-entity.ts';
import type { TenantSession } from '../layers/kernel/data/session.ts';
import type { TestService } from '../local/services/dynamodb/test-service.ts';
import { put, write } from './billing-base.ts';

/** One line in ten names nobody by number, for which all of their open invoices are read once; writing more takes longer than measuring. */
const payers = 6000;

const accountOf = (i: number): string => {
  const nine = String(100_000_000 + i);
  return nine + checkDigit(nine);
};
const nameOf = (i: number): string => `Ahmed Saleh${i}`;
const invoiceNumberOf = (i: number): string => `${accountOf(i)}-20260430`;
const amountOf = (i: number): string => `${1000 + (i % 1200)}.00`;

export function createPayers(dynamodb: TestService, session: TenantSession): void {
  const { tenantId } = session;
  write(dynamodb, [
    put(session, tenantEntity, {
      id: tenantId,
      name: tenantId,
      timeZone: 'Asia/Aden',
      currency: 'YER',
      locale: 'ar',
      status: 'active',
    }),
  ]);
  for (let i = 0; i < payers; i++) {
    const digits = String(i).padStart(26, '0');
    const [customerId, invoiceId, accountNumber] = [`cus_${digits}`, `inv_${digits}`, accountOf(i)];
    const [amount, zero] = [amountOf(i), '0.00'];
    const period = { from: '2026-04-01', to: '2026-05-01' };
    const [invoiceNumber, dueDate, currency] = [invoiceNumberOf(i), '2026-05-17', 'YER'];
    write(dynamodb, [
      put(session, customerEntity, {
        id: customerId,
        accountNumber,
        name: nameOf(i),
        type: 'residential',
        status: 'active',
        language: 'ar',
      } as never),
      put(session, accountNumberEntity, { accountNumber, customerId }),
      put(session, invoiceEntity, {
        id: invoiceId,
        invoiceNumber,
        kind: 'invoice',
        customerId,
        accountNumber,
        period,
        issueDate: '2026-05-02',
        dueDate,
        currency,
        bills: [],
        subtotal: amount,
        taxAmount: zero,
        fixedCharges: zero,
        rounding: zero,
        totalAmount: amount,
        paidAmount: zero,
        dueAmount: amount,
        status: 'issued',
        estimated: false,
      }),
      put(session, customerInvoiceEntity, { customerId, from: period.from, invoiceId, kind: 'invoice', meterIds: [] }),
      put(session, openInvoiceEntity, { customerId, currency, dueDate, invoiceId, invoiceNumber }),
    ]);
  }
}

/** CSV with the bank's own ids. In ten lines seven name an account, one an invoice, one a person, and one nobody. */
export function bankFile(lines: number): string {
  const line = (n: number): string => {
    const i = (n * 7919) % payers;
    const [reference, description] =
      n % 10 < 7
        ? ['', `Transfer for account ${accountOf(i)}`]
        : n % 10 === 7
          ? [invoiceNumberOf(i), 'Electricity']
          : n % 10 === 8
            ? ['', `Payment by ${nameOf(i)}`]
            : ['', `Cash deposit ${n}`];
    return `2026-06-10,${amountOf(i)},B${n},${reference},${description}`;
  };
  return ['date,amount,id,reference,description', ...Array.from({ length: lines }, (_, n) => line(n))].join('\n');
}
