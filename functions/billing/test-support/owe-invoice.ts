/** An invoice of a given amount, issued as billing issues one, for tests that need a debt and no readings. */
import { openSession } from '../../../layers/kernel/data/session.ts';
import { readAdvance } from '../accounts/account-entity.ts';
import type { Invoice } from '../invoices/invoice-schema.ts';
import { writeInvoice } from '../invoices/write-invoice.ts';

let serial = 0;

export async function oweInvoice(
  tenantId: string,
  customerId: string,
  amount: string,
  more: Partial<Invoice> = {},
): Promise<Invoice> {
  const session = openSession(tenantId);
  const number = String(++serial);
  const invoice: Invoice = {
    id: `inv_${number.padStart(26, '0')}`,
    invoiceNumber: number,
    kind: 'invoice',
    customerId,
    accountNumber: 'A',
    period: { from: '2026-04-01', to: '2026-05-01' },
    issueDate: '2026-06-01',
    dueDate: '2026-06-20',
    currency: 'YER',
    bills: [],
    subtotal: amount,
    taxAmount: '0.00',
    fixedCharges: '0.00',
    rounding: '0.00',
    totalAmount: amount,
    paidAmount: '0.00',
    dueAmount: amount,
    status: 'issued',
    estimated: false,
    ...more,
  };
  const advance = await readAdvance(session, customerId, invoice.currency);
  return session.transact('billing', (unit) => writeInvoice(unit, invoice, advance, session.context.now()));
}
