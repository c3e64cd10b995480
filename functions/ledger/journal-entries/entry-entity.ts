/** A journal entry, and its lines as each account lists them. Once posted, what it says never changes. */
import * as z from 'zod/mini';
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import { fieldMessage } from '../../../layers/kernel/i18n/field-message.ts';
import { externalId, label, utcTime } from '../../../layers/kernel/schema/common.ts';
import { sides } from '../../../layers/ledger/account-types.ts';
import { journalNames } from '../../../layers/ledger/journals.ts';
import { amount, currency, exchangeRate } from '../../../layers/money/money-schema.ts';
import { date, periodId } from '../dates.ts';

/** Cost centre, project, customer …: what reports can be cut by. */
export const dimensions = () =>
  z
    .record(z.string().check(z.regex(/^[A-Za-z][A-Za-z0-9_-]{0,39}$/)), label(100))
    .check(
      z.refine(
        (map) => Object.keys(map).length <= 8,
        fieldMessage('At most 8 dimensions.', 'ثمانية أبعاد على الأكثر.'),
      ),
    );

export const lineInputSchema = z.object({
  /** Code of the account. */
  accountId: externalId(),
  side: z.enum(sides),
  amount: amount(),
  /** The base currency when missing. */
  currency: z.optional(currency()),
  /** Base currency units for one unit of a foreign `currency`. */
  rate: z.optional(exchangeRate()),
  /** Value in the base currency; follows from `rate` when missing. */
  baseAmount: z.optional(amount()),
  memo: z.optional(label(500)),
  memoAr: z.optional(label(500)),
  dimensions: z.optional(dimensions()),
});

export const entryStatuses = ['draft', 'posted'] as const;
const sourceTypes = ['manual', 'event', 'reversal', 'closing', 'reconciliation'] as const;

export const entrySchema = z.object({
  id: z.string(),
  journal: z.enum(journalNames),
  date: date(),
  period: periodId(),
  status: z.enum(entryStatuses),
  /** Without gaps in its journal and period; missing while a draft. */
  number: z.optional(z.int()),
  /** The number as people write it, e.g. `SAL-2026-03-000042`. */
  reference: z.optional(z.string()),
  description: label(500),
  descriptionAr: z.optional(label(500)),
  /** Number of the document behind it, e.g. of the invoice. */
  externalReference: z.optional(label(100)),
  lines: z.array(lineInputSchema),
  source: z.object({
    type: z.enum(sourceTypes),
    eventId: z.optional(z.string()),
    eventType: z.optional(z.string()),
    ruleId: z.optional(z.string()),
    aggregateId: z.optional(z.string()),
  }),
  /** The entry this one reverses. */
  reversalOf: z.optional(z.string()),
  /** The entry that reverses this one. */
  reversedBy: z.optional(z.string()),
  reason: z.optional(z.string()),
  postedAt: z.optional(utcTime()),
  postedBy: z.optional(z.string()),
});

export type Entry = z.infer<typeof entrySchema>;

export const entryEntity = defineEntity<Entry>()({
  name: 'journal entry',
  table: 'ledger',
  key: ({ id }) => ({ pk: ['ENTRY', id], sk: ['ENTRY'] }),
  indexes: {
    // A partition for each journal: what is written often is numbered, and so never faster than an index takes it.
    gsi1: ({ status, journal, date: day, id }) => ({ pk: ['ENTRIES', status, journal], sk: [day, id] }),
  },
  idOf: ({ id }) => id,
});

/** A posted line as its account lists it. */
export interface AccountLine {
  accountId: string;
  currency: string;
  date: string;
  entryId: string;
  /** Position in the entry, from 1. */
  line: number;
  journal: Entry['journal'];
  reference: string;
  description: string;
  descriptionAr?: string | undefined;
  side: 'debit' | 'credit';
  amount: string;
  baseAmount: string;
  memo?: string | undefined;
  memoAr?: string | undefined;
  externalReference?: string | undefined;
  dimensions?: Record<string, string> | undefined;
}

const lineKey = (line: Pick<AccountLine, 'date' | 'entryId' | 'line'>) => [
  line.date,
  line.entryId,
  String(line.line).padStart(4, '0'),
];

export const linePartition = (accountId: string, code: string) => ['LINES', accountId, code];

export const accountLineEntity = defineEntity<
  AccountLine,
  Pick<AccountLine, 'accountId' | 'currency' | 'date' | 'entryId' | 'line'>
>()({
  name: 'account line',
  table: 'ledger',
  key: (line) => ({ pk: linePartition(line.accountId, line.currency), sk: lineKey(line) }),
  idOf: ({ entryId, line }) => `${entryId} ${line}`,
});
