/** How invoices are stored: all of them by day of issue, the open ones by day due, both over shards; and those of a customer. */
import { defineEntity, type Stored } from '../../../layers/kernel/data/entity.ts';
import type { KeyParts } from '../../../layers/kernel/data/keys.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { shardOf } from '../../../layers/kernel/data/sharded-query.ts';
import { invoiceRowEvents } from './invoice-row-events.ts';
import { type Invoice, openStatuses, type SuppliedBill } from './invoice-schema.ts';

const shards = 8;
const issued = (shard: number): KeyParts => ['INVOICES', shard];
const open = (shard: number): KeyParts => ['UNPAID', shard];
const range = Array.from({ length: shards }, (_, shard) => shard);
export const issuedPartitions = range.map(issued);
export const openPartitions = range.map(open);

export const isOpen = ({ status }: Pick<Invoice, 'status'>): boolean =>
  (openStatuses as readonly string[]).includes(status);

/** An open invoice in its customer's account: what money is for, found without the invoices of years before. */
export interface OpenInvoice {
  customerId: string;
  currency: string;
  dueDate: string;
  invoiceId: string;
  invoiceNumber: string;
}

export const openInvoiceEntity = defineEntity<OpenInvoice, Omit<OpenInvoice, 'invoiceNumber'>>()({
  name: 'open invoice',
  table: 'billing',
  key: ({ customerId, currency, dueDate, invoiceId }) => ({
    pk: ['OPEN-INVOICES', customerId],
    sk: [currency, dueDate, invoiceId],
  }),
  idOf: ({ invoiceId }) => invoiceId,
});

export const invoiceEntity = defineEntity<Invoice>()({
  name: 'invoice',
  table: 'billing',
  key: ({ id }) => ({ pk: ['INVOICE', id], sk: ['INVOICE'] }),
  indexes: {
    gsi1: ({ id, issueDate }) => ({ pk: issued(shardOf(id, shards)), sk: [issueDate, id] }),
    gsi2: (invoice) =>
      isOpen(invoice) ? { pk: open(shardOf(invoice.id, shards)), sk: [invoice.dueDate, invoice.id] } : undefined,
  },
  idOf: ({ id }) => id,
  rowEvents: invoiceRowEvents,
  marker: {
    entity: openInvoiceEntity,
    of: (invoice): OpenInvoice | undefined => {
      if (!isOpen(invoice)) return undefined;
      const { id: invoiceId, customerId, currency, dueDate, invoiceNumber } = invoice;
      return { customerId, currency, dueDate, invoiceId, invoiceNumber };
    },
  },
});

/**
 * A customer's own list, the newest period last; a pointer, so that the invoice is written once. It says enough to pass over the
 * invoices that are not looked for: those of many meters are long.
 */
export interface CustomerInvoice {
  customerId: string;
  /** First day of the period, and the first after it. */
  from: string;
  to?: string;
  invoiceId: string;
  kind: Invoice['kind'];
  /** Of its bills; notes have those of the invoice they correct. */
  meterIds: string[];
  runId?: string;
}

export const customerInvoiceEntity = defineEntity<
  CustomerInvoice,
  Pick<CustomerInvoice, 'customerId' | 'from' | 'invoiceId'>
>()({
  name: 'invoice of a customer',
  table: 'billing',
  key: ({ customerId, from, invoiceId }) => ({ pk: ['CUSTOMER-INVOICES', customerId], sk: [from, invoiceId] }),
  idOf: ({ invoiceId }) => invoiceId,
});

export type StoredInvoice = Invoice & Stored;

/** In the order of the ids; those that are not there are left out. */
export async function invoicesById(
  session: TenantSession,
  ids: readonly string[],
  options: { consistent?: boolean } = {},
): Promise<StoredInvoice[]> {
  const found = await session.getMany(
    invoiceEntity,
    ids.map((id) => ({ id })),
    options,
  );
  const byId = new Map(found.map((invoice) => [invoice.id, invoice]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

/** When a bill of an invoice, or of a note, was made: it stands on what was known then. */
export const madeAtOf = ({ madeAt }: SuppliedBill, charged: StoredInvoice): string => madeAt ?? charged.createdAt;
