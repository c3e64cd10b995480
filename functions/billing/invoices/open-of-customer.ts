/** What a customer owes, invoice by invoice: as many reads as there is owed, however long they have been a customer. */
import type { Page, TenantSession } from '../../../layers/kernel/data/session.ts';
import { invoiceEntity, isOpen, type OpenInvoice, openInvoiceEntity, type StoredInvoice } from './invoice-entity.ts';

/** Most customers owe less than so many; whoever owes more is read page by page. */
const atATime = 25;

const openPage = (
  session: TenantSession,
  customerId: string,
  { currency, cursor }: { currency: string | undefined; cursor: string | undefined },
): Promise<Page<OpenInvoice>> =>
  session.query<OpenInvoice>(openInvoiceEntity, {
    pk: ['OPEN-INVOICES', customerId],
    // With what parts it from the day: no currency begins with another one.
    ...(currency === undefined ? {} : { beginsWith: [currency, ''] }),
    limit: atATime,
    consistent: true,
    cursor,
  });

interface OpenWanted {
  /** @default any, one after the other */
  currency?: string;
  /** Asked of what was found so far before more is read. @default all are wanted */
  isEnough?: (found: readonly StoredInvoice[]) => boolean;
}

/** Open invoices of a customer, the longest due first, read consistently: what was written just now is there. */
export async function openOfCustomer(
  session: TenantSession,
  customerId: string,
  { currency, isEnough = () => false }: OpenWanted = {},
): Promise<StoredInvoice[]> {
  const found: StoredInvoice[] = [];
  let cursor: string | undefined;
  do {
    const { items, nextCursor } = await openPage(session, customerId, { currency, cursor });
    const keys = items.map(({ invoiceId }) => ({ id: invoiceId }));
    const read = await session.getMany(invoiceEntity, keys, { consistent: true });
    const byId = new Map(read.map((invoice) => [invoice.id, invoice]));
    // One that was paid between the two reads is open no more.
    found.push(...items.flatMap(({ invoiceId }) => byId.get(invoiceId) ?? []).filter(isOpen));
    cursor = nextCursor ?? undefined;
  } while (cursor !== undefined && !isEnough(found));
  return found;
}

/** The open invoice of a customer that has one of these numbers. */
export async function openByNumber(
  session: TenantSession,
  customerId: string,
  currency: string,
  numbers: readonly string[],
): Promise<string | undefined> {
  let cursor: string | undefined;
  do {
    const { items, nextCursor } = await openPage(session, customerId, { currency, cursor });
    const named = items.find(({ invoiceNumber }) => numbers.includes(invoiceNumber));
    if (named !== undefined) return named.invoiceId;
    cursor = nextCursor ?? undefined;
  } while (cursor !== undefined);
  return undefined;
}
