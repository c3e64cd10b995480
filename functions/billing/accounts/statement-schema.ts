/** What is asked of a statement and what it says, for the office and for the customer alike. */
import * as z from 'zod/mini';
import { currency } from '../../../layers/money/money-schema.ts';
import { localDate } from '../../../layers/tariff/tariff-schema.ts';
import { entryTypes } from './entry-types.ts';

export const statementQuery = z.object({
  from: z.optional(localDate()),
  /** Inclusive. */
  to: z.optional(localDate()),
  currency: z.optional(currency()),
});

export const statementSchema = z.object({
  currency: z.string(),
  from: z.string(),
  to: z.string(),
  opening: z.string(),
  entries: z.array(
    z.object({
      date: z.string(),
      type: z.enum(entryTypes),
      reference: z.string(),
      /** Of prepaid energy: which meter, and how much. */
      description: z.optional(z.object({ en: z.string(), ar: z.string() })),
      debit: z.string(),
      credit: z.string(),
      balance: z.string(),
    }),
  ),
  closing: z.string(),
});
