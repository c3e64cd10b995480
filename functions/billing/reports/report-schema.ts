/** What reports can be asked for, and what they answer. Days are local, and the last one is counted. */
import * as z from 'zod/mini';
import { storedSchema } from '../../../layers/kernel/crud/crud-routes.ts';
import { fieldMessage } from '../../../layers/kernel/i18n/field-message.ts';
import { localDate } from '../../../layers/tariff/tariff-schema.ts';
import { entryTypes } from '../accounts/entry-types.ts';
import { customerTypes } from '../customers/customer-schema.ts';

/** `to` is the last day that is counted, as in statements. */
const span = { from: localDate(), to: localDate() };
const inOrder = () =>
  z.refine<{ from: string; to: string }>(({ from, to }) => from <= to, {
    ...fieldMessage('`from` is not after `to`.', 'لا يكون `from` بعد `to`.'),
    path: ['to'],
  });

export const reportOrderSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('ageing'),
    /** @default today, where the tenant is */
    asOf: z.optional(localDate()),
  }),
  z.object({ kind: z.literal('collection_rate'), ...span }).check(inOrder()),
  z.object({ kind: z.literal('billing_summary'), ...span }).check(inOrder()),
]);

export type ReportOrder =
  | { kind: 'ageing'; asOf: string }
  | { kind: 'collection_rate' | 'billing_summary'; from: string; to: string };

const group = {
  currency: z.string(),
  /** `all`: the sum over the types. */
  customerType: z.enum([...customerTypes, 'all']),
};

/** Amounts by days overdue; `credit` is below zero, and `balance` is the sum of them all. */
export const ageingRowSchema = z.object({
  ...group,
  /** Those who owe or are owed anything. */
  customers: z.int(),
  current: z.string(),
  days1To30: z.string(),
  days31To60: z.string(),
  days61To90: z.string(),
  days91To120: z.string(),
  over120: z.string(),
  credit: z.string(),
  balance: z.string(),
});

export const collectionRowSchema = z.object({
  ...group,
  /** Invoices, difference notes and late fees. */
  invoicedAmount: z.string(),
  creditNoteAmount: z.string(),
  /** Invoiced less credit notes. */
  billedAmount: z.string(),
  receivedAmount: z.string(),
  /** Payments reversed and refunds. */
  returnedAmount: z.string(),
  /** Received less returned. */
  collectedAmount: z.string(),
  /** Tokens sold, paid for beforehand; neither billed nor collected. */
  prepaidAmount: z.string(),
  /** Collected of billed, cut after two digits; null where nothing was billed. */
  ratePercent: z.nullable(z.string()),
});

export const summaryRowSchema = z.object({
  ...group,
  openingBalance: z.string(),
  /** Above zero is what customers owe more. */
  movements: z.array(z.object({ type: z.enum(entryTypes), count: z.int(), amount: z.string() })),
  closingBalance: z.string(),
});

export type AgeingRow = z.infer<typeof ageingRowSchema>;
export type CollectionRow = z.infer<typeof collectionRowSchema>;
export type SummaryRow = z.infer<typeof summaryRowSchema>;

export const reportSchema = storedSchema(
  z.object({
    id: z.string(),
    kind: z.enum(['ageing', 'collection_rate', 'billing_summary']),
    asOf: z.optional(z.string()),
    from: z.optional(z.string()),
    to: z.optional(z.string()),
    status: z.enum(['running', 'completed']),
    /** Walked over so far. */
    customers: z.int(),
    /** There when completed: a row for each currency and type of customer, and one for all types. */
    result: z.optional(z.union([z.array(ageingRowSchema), z.array(collectionRowSchema), z.array(summaryRowSchema)])),
  }),
);
