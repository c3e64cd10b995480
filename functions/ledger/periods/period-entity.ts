/** Accounting periods, and the series of numbers each journal has in each period. */
import * as z from 'zod/mini';
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import { utcTime } from '../../../layers/kernel/schema/common.ts';
import { type Journal, journalNames } from '../../../layers/ledger/journals.ts';
import { date, periodId } from '../dates.ts';

export const periodStatuses = ['open', 'closed'] as const;

export const periodSchema = z.object({
  id: periodId(),
  startDate: date(),
  endDate: date(),
  fiscalYear: z.int(),
  status: z.enum(periodStatuses),
  /** Journals that were written to. */
  journals: z.array(z.enum(journalNames)),
  closedAt: z.optional(utcTime()),
  closedBy: z.optional(z.string()),
  reopenedAt: z.optional(utcTime()),
  reopenedBy: z.optional(z.string()),
  reopenReason: z.optional(z.string()),
});

export type Period = z.infer<typeof periodSchema>;

export const periodEntity = defineEntity<Period>()({
  name: 'period',
  table: 'ledger',
  key: ({ id }) => ({ pk: ['PERIODS'], sk: [id] }),
  idOf: ({ id }) => id,
});

/**
 * The last number of a journal in a period, and whether the period takes postings: every posting changes this row, and so
 * does closing, so neither passes the other, and numbers have no gaps.
 */
export interface Numbering {
  period: string;
  journal: Journal;
  status: (typeof periodStatuses)[number];
  last: number;
}

export const numberingEntity = defineEntity<Numbering, Pick<Numbering, 'period' | 'journal'>>()({
  name: 'numbering',
  table: 'ledger',
  key: ({ period, journal }) => ({ pk: ['NUMBERING'], sk: [period, journal] }),
  idOf: ({ period, journal }) => `${period} ${journal}`,
});
