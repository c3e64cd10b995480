/**
 * Numbers of invoices: the account's, the last day, and a count where a customer has several invoices of one last day (a second
 * currency, a meter that could not be billed before). A row of its own keeps a number from being given twice.
 */
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { Invoice } from './invoice-schema.ts';

export const invoiceNumberEntity = defineEntity<
  { invoiceNumber: string; invoiceId: string },
  { invoiceNumber: string }
>()({
  name: 'invoice number',
  table: 'billing',
  key: ({ invoiceNumber }) => ({ pk: ['INVOICE-NUMBER', invoiceNumber], sk: ['INVOICE-NUMBER'] }),
  idOf: ({ invoiceNumber }) => invoiceNumber,
});

/**
 * Writes an invoice under the first free number.
 * @param first count to begin with: of several invoices made together the second knows that the first number is taken
 * @param write commits the invoice and what `claim` adds; it is tried again where the number is taken
 */
export async function numbered<T>(
  drafted: Invoice,
  first: number,
  write: (invoice: Invoice, claim: (unit: UnitOfWork) => void) => Promise<T>,
): Promise<T> {
  for (let count = first; ; count++) {
    const invoiceNumber = count === 1 ? drafted.invoiceNumber : `${drafted.invoiceNumber}-${count}`;
    let isTaken = false;
    const refused = (): AppError => {
      isTaken = true;
      return new AppError('conflict', `Invoice number ${invoiceNumber} is taken.`);
    };
    try {
      return await write({ ...drafted, invoiceNumber }, (unit) => {
        unit.create(invoiceNumberEntity, { invoiceNumber, invoiceId: drafted.id }, { refused });
      });
    } catch (error) {
      if (!isTaken) throw error;
    }
  }
}
