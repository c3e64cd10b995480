/** A report that is kept, without its content. */
import * as z from 'zod/mini';
import { utcTime } from '../../../layers/kernel/schema/common.ts';
import { date } from '../dates.ts';

export const reportTypes = ['trial-balance', 'income-statement', 'balance-sheet'] as const;
export type ReportType = (typeof reportTypes)[number];

export const keptReportSchema = z.object({
  id: z.string(),
  type: z.enum(reportTypes),
  /** Missing for a balance sheet. */
  from: z.optional(date()),
  to: date(),
  currency: z.string(),
  generatedAt: utcTime(),
  generatedBy: z.string(),
});
