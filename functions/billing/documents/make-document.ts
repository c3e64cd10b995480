/** Makes the PDF of a document from the rows it stands for. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { notFound } from '../../../layers/kernel/errors/app-error.ts';
import { localDate } from '../../../layers/metering/time-zone.ts';
import { statementOf } from '../accounts/show-account.ts';
import { customerEntity } from '../customers/customer-entity.ts';
import type { Customer } from '../customers/customer-schema.ts';
import { collectiveBillOf } from '../invoices/collective-bill.ts';
import { invoiceEntity } from '../invoices/invoice-entity.ts';
import { vendEntity } from '../prepaid/vend-entity.ts';
import { numberReceipt } from '../receipts/number-receipt.ts';
import { readCollectiveBillId } from './collective-bill-ref.ts';
import type { DocumentLanguage, DocumentRef } from './document-schema.ts';
import { drawCollectiveBill } from './draw-collective-bill.ts';
import { drawCreditNote } from './draw-credit-note.ts';
import { drawInvoice, type InvoiceParty } from './draw-invoice.ts';
import { drawReceipt } from './draw-receipt.ts';
import { drawStatement } from './draw-statement.ts';
import { drawTokenSlip } from './draw-token-slip.ts';
import { invoiceContent } from './invoice-content.ts';
import { letterheadOf } from './letterhead-of.ts';
import { tokenSlipOf } from './token-slip.ts';

/** @param known the customer, where it was read before @throws AppError `not_found` */
export async function makeDocument(
  session: TenantSession,
  { kind, id, print }: DocumentRef,
  language: DocumentLanguage,
  known?: Customer,
): Promise<Buffer> {
  const { letterhead, style, timeZone } = await letterheadOf(session, language);
  const customerOf = async (customerId: string): Promise<Customer> =>
    known?.id === customerId ? known : session.require(customerEntity, { id: customerId });
  const partyOf = async (customerId: string): Promise<InvoiceParty> => party(await customerOf(customerId), language);
  switch (kind) {
    case 'invoice': {
      const invoice = await session.require(invoiceEntity, { id });
      const [content, owner] = await Promise.all([invoiceContent(session, invoice), partyOf(invoice.customerId)]);
      return drawInvoice(content, owner, letterhead, style);
    }
    case 'credit_note': {
      const invoice = await session.require(invoiceEntity, { id });
      if (invoice.cancelledAt === undefined) throw notFound('credit note', id);
      const day = localDate(Date.parse(invoice.cancelledAt), timeZone);
      return drawCreditNote(invoice, day, await partyOf(invoice.customerId), letterhead, style);
    }
    case 'receipt': {
      const payment = await numberReceipt(session, id);
      const day = localDate(Date.parse(payment.receivedAt), timeZone);
      return drawReceipt(payment, day, await partyOf(payment.customerId), letterhead, style, print);
    }
    case 'statement': {
      const [, customerId, from, to, currency] =
        /^(cus_\w{26})_(\d{4}-\d\d-\d\d)_(\d{4}-\d\d-\d\d)_([A-Z]{3})$/.exec(id) ?? [];
      if (customerId === undefined) throw notFound('statement', id);
      const statement = await statementOf(session, customerId, { from: from!, to: to!, currency: currency! });
      return drawStatement(statement, await partyOf(customerId), letterhead, style);
    }
    case 'collective_bill': {
      const named = readCollectiveBillId(id);
      if (named === undefined) throw notFound('collective bill', id);
      const customer = await customerOf(named.customerId);
      const sheet = await collectiveBillOf(session, named.scope, customer);
      return drawCollectiveBill(sheet, party(customer, language), letterhead, style);
    }
    case 'token_slip': {
      const vend = await session.require(vendEntity, { id });
      const owner = vend.customerId === undefined ? undefined : await partyOf(vend.customerId);
      return drawTokenSlip(await tokenSlipOf(session, vend, timeZone), owner, letterhead, style, print);
    }
  }
}

function party(customer: Customer, language: DocumentLanguage): InvoiceParty {
  const { address = {}, type, accountNumber, taxNumber } = customer;
  const parts = [address.street, address.building, address.district, address.city, address.region];
  const line = parts.filter(Boolean).join(language === 'ar' ? '، ' : ', ');
  return {
    name: language === 'ar' ? (customer.nameAr ?? customer.name) : customer.name,
    accountNumber,
    type,
    ...(line === '' ? {} : { address: line }),
    ...(taxNumber === undefined ? {} : { taxNumber }),
  };
}
