/** Open invoices by what is owed of them, read once for a message of an import: lines that name no number may name a person. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { KeyParts } from '../../../layers/kernel/data/keys.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { invoiceEntity, openPartitions, type StoredInvoice } from '../invoices/invoice-entity.ts';
import type { Invoice } from '../invoices/invoice-schema.ts';

/** What is kept of an open invoice: a hundred thousand whole ones would not fit into the function's memory. */
export type OpenInvoice = Pick<StoredInvoice, 'id' | 'customerId'>;

/** By amount and currency, as `1234.00 YER`. */
export type OpenByAmount = () => Promise<ReadonlyMap<string, OpenInvoice[]>>;

/** Beyond so many names are left to people: all of them are read, 100 MB or so. */
const maxOpenInvoices = 100_000;

export const amountKey = ({ dueAmount, currency }: Pick<Invoice, 'dueAmount' | 'currency'>): string =>
  `${dueAmount} ${currency}`;

/** Reads them when they are first asked for. @param most of an installation; with more there are none */
export function openInvoices(session: TenantSession, most = maxOpenInvoices): OpenByAmount {
  let loading: ReturnType<OpenByAmount> | undefined;
  return () => {
    loading ??= load(session, most);
    return loading;
  };
}

/** Each partition by itself: merged into one order, every one would be read as far as all of them together. */
async function load(session: TenantSession, most: number): Promise<ReadonlyMap<string, OpenInvoice[]>> {
  const byAmount = new Map<string, OpenInvoice[]>();
  let count = 0;
  const read = async (pk: KeyParts): Promise<void> => {
    let cursor: string | undefined;
    do {
      const page = await session.query<Invoice & Stored>(invoiceEntity, { index: 'gsi2', pk, limit: 500, cursor });
      for (const { id, customerId, ...owed } of page.items) {
        const alike = byAmount.get(amountKey(owed));
        if (alike === undefined) byAmount.set(amountKey(owed), [{ id, customerId }]);
        else alike.push({ id, customerId });
      }
      count += page.items.length;
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined && count <= most);
  };
  await Promise.all(openPartitions.map(read));
  return count > most ? new Map() : byAmount;
}
