/** What clients send about journal entries. */
import * as z from 'zod/mini';
import { storedSchema } from '../../../layers/kernel/crud/crud-routes.ts';
import { generatedId, label } from '../../../layers/kernel/schema/common.ts';
import { journalNames, openJournalNames } from '../../../layers/ledger/journals.ts';
import { date, periodId } from '../dates.ts';
import { entrySchema, entryStatuses, lineInputSchema } from './entry-entity.ts';

/** DynamoDB changes at most 100 items together; lines, totals, number and event are among them. */
const maxLines = 95;

export const entryParams = z.object({ id: generatedId('jrn') });

const content = z.object({
  journal: z._default(z.enum(openJournalNames), 'general'),
  date: date(),
  description: label(500),
  descriptionAr: z.optional(label(500)),
  externalReference: z.optional(label(100)),
  lines: z.array(lineInputSchema).check(z.minLength(1), z.maxLength(maxLines)),
});

export const createEntryBody = z.extend(content, {
  /** Posts at once instead of keeping a draft. */
  post: z._default(z.boolean(), false),
});

export const updateEntryBody = z.partial(
  z.extend(content, {
    journal: z.enum(openJournalNames),
    descriptionAr: z.nullable(label(500)),
    externalReference: z.nullable(label(100)),
  }),
);

export const reverseEntryBody = z.object({
  reason: label(500),
  /** Date of the reversal. @default the date of the entry if its period is open, else today */
  date: z.optional(date()),
});

export const listEntriesQuery = z.object({
  status: z.optional(z.enum(entryStatuses)),
  journal: z.optional(z.enum(journalNames)),
  period: z.optional(periodId()),
  from: z.optional(date()),
  to: z.optional(date()),
  order: z._default(z.enum(['asc', 'desc']), 'desc'),
});

export const entryView = storedSchema(entrySchema);

export const entryExample = {
  id: 'jrn_01KKR3TT00AAAAAAAAAAAAAAAA',
  journal: 'general',
  date: '2026-03-15',
  period: '2026-03',
  status: 'posted',
  number: 7,
  reference: 'GEN-2026-03-000007',
  description: 'Rent for March',
  descriptionAr: 'إيجار مارس',
  lines: [
    { accountId: '5510', side: 'debit', amount: '90000.00', currency: 'YER', baseAmount: '90000.00' },
    { accountId: '1112', side: 'credit', amount: '90000.00', currency: 'YER', baseAmount: '90000.00' },
  ],
  source: { type: 'manual' },
  postedAt: '2026-03-15T08:00:00.000Z',
  postedBy: 'usr_1',
  version: 2,
  createdAt: '2026-03-15T07:00:00.000Z',
  updatedAt: '2026-03-15T08:00:00.000Z',
};
