/** What is reconciled: a day's lines of a bank or provider, and how they compare with the payments here. */
import * as z from 'zod/mini';
import { generatedId, label } from '../../../layers/kernel/schema/common.ts';
import { amount, currency } from '../../../layers/money/money-schema.ts';
import { localDate } from '../../../layers/tariff/tariff-schema.ts';
import { paymentMethods } from './payment-schema.ts';

export const reconcileSchema = z.object({
  /** Local day on which the payments were received. */
  date: localDate(),
  /** Compare payments of this method alone. */
  method: z.optional(z.enum(paymentMethods)),
  provider: z.optional(z.string().check(z.regex(/^[a-z0-9_]{1,50}$/))),
  integrationId: z.optional(generatedId('int')),
  currency: z.optional(currency()),
  /** What they settled: their own reference of each payment, and what was paid. */
  lines: z.array(z.object({ reference: label(120), amount: amount() })).check(z.maxLength(10_000)),
});

const line = { reference: z.string(), amount: z.string() };
const payment = { paymentId: z.string(), paymentNumber: z.string() };

export const reconcileResultSchema = z.object({
  date: z.string(),
  currency: z.string(),
  matched: z.array(z.object({ ...line, ...payment })),
  /** Both have it; `amount` is theirs. */
  amountDiffers: z.array(z.object({ ...line, ...payment, amountHere: z.string() })),
  /** They settled what is not recorded here. */
  missingHere: z.array(z.object(line)),
  /** Recorded here, and they do not know it. */
  missingThere: z.array(z.object({ ...payment, amount: z.string(), reference: z.optional(z.string()) })),
  totals: z.object({ here: z.string(), there: z.string(), difference: z.string() }),
});

export type ReconcileOrder = z.infer<typeof reconcileSchema>;
export type ReconcileResult = z.infer<typeof reconcileResultSchema>;
