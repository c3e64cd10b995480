/**
 * A session reconciles one account in one currency over a span of days with what a bank or a payment provider says. Beside
 * it, one row for each account and currency says what is reconciled so far; opening, closing and reopening change it.
 */
import * as z from 'zod/mini';
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import { label, utcTime } from '../../../layers/kernel/schema/common.ts';
import { signedAmount } from '../../../layers/money/money-schema.ts';
import { date } from '../dates.ts';

export const sessionStatuses = ['open', 'closed'] as const;

export const sessionSchema = z.object({
  id: z.string(),
  accountId: z.string(),
  currency: z.string(),
  from: date(),
  to: date(),
  description: z.optional(label(500)),
  status: z.enum(sessionStatuses),
  /** Balances of the statement, signed; money of the utility is positive. */
  openingBalance: z.optional(signedAmount()),
  closingBalance: z.optional(signedAmount()),
  closedAt: z.optional(utcTime()),
  closedBy: z.optional(z.string()),
  /** Why it was closed although balances differ. */
  acceptedDifference: z.optional(z.string()),
  reopenReason: z.optional(z.string()),
});

export type Reconciliation = z.infer<typeof sessionSchema> & {
  /** What was announced last as unmatched, so that it is announced once. */
  announced?: string | undefined;
};

export const sessionEntity = defineEntity<Reconciliation>()({
  name: 'reconciliation session',
  table: 'ledger',
  key: ({ id }) => ({ pk: ['RECONCILIATION', id], sk: ['RECONCILIATION'] }),
  indexes: { gsi1: ({ status, id }) => ({ pk: ['RECONCILIATIONS', status], sk: [id] }) },
  idOf: ({ id }) => id,
});

/** Days that are reconciled, and what was posted in them when they were: more than that means that lines came later. */
export interface ReconciledSpan {
  sessionId: string;
  from: string;
  to: string;
  /** Minor units, as text. */
  debit: string;
  credit: string;
}

export interface ReconciledAccount {
  accountId: string;
  currency: string;
  /** First day of the first session: what was before is not reconciled here. */
  since: string;
  openSessionId?: string | undefined;
  /** In order; they do not overlap. */
  spans: ReconciledSpan[];
}

export const reconciledAccountEntity = defineEntity<
  ReconciledAccount,
  Pick<ReconciledAccount, 'accountId' | 'currency'>
>()({
  name: 'reconciled account',
  table: 'ledger',
  key: ({ accountId, currency }) => ({ pk: ['RECONCILED', accountId, currency], sk: ['RECONCILED'] }),
  idOf: ({ accountId, currency }) => `${accountId} ${currency}`,
});
