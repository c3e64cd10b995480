/**
 * The tenant's books: settings of its ledger, and how far it is closed. Whatever opens or closes a period changes this
 * row, so the two cannot pass each other.
 */
import * as z from 'zod/mini';
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import { externalId } from '../../../layers/kernel/schema/common.ts';
import { currency } from '../../../layers/money/money-schema.ts';
import { periodId } from '../dates.ts';

const closedPeriodPolicies = ['next_open', 'hold'] as const;

const reconciliationPolicies = ['ignore', 'warn', 'block'] as const;

export const booksSchema = z.object({
  /** Statements are in this currency; fixed once a period was opened. */
  baseCurrency: currency(),
  /** Month a fiscal year begins with; fixed once a period was opened. */
  fiscalYearStartMonth: z.int().check(z.gte(1), z.lte(12)),
  /** The last closed period; everything up to it is closed. */
  closedThrough: z.optional(periodId()),
  /** Whether a period opens by itself with its first posting. */
  autoOpenPeriods: z.boolean(),
  /** What becomes of a posting from an event whose period is closed. */
  closedPeriodPolicy: z.enum(closedPeriodPolicies),
  /** What open reconciliation sessions and open items of intermediate accounts mean for closing a period. @default warn */
  reconciliationPolicy: z.optional(z.enum(reconciliationPolicies)),
  /** Accounts by the role posting rules and year-end name them by, e.g. `receivables`. */
  roles: z.record(z.string().check(z.regex(/^[a-z][a-z0-9-]{1,39}$/)), externalId()),
  /** Whether a period was ever opened. */
  hasPeriods: z.boolean(),
});

export type Books = z.infer<typeof booksSchema>;

export const booksEntity = defineEntity<Books, object>()({
  name: 'ledger settings',
  table: 'ledger',
  key: () => ({ pk: ['BOOKS'], sk: ['BOOKS'] }),
  idOf: () => 'books',
});
