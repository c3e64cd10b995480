/** A settlement: a payment provider pays out what it collected, less its fee. */
import * as z from 'zod/mini';
import { externalId, label, utcTime } from '../../../layers/kernel/schema/common.ts';
import { amount, currency, exchangeRate } from '../../../layers/money/money-schema.ts';
import { date } from '../dates.ts';

export const settlementSchema = z.object({
  id: z.string(),
  provider: z.string(),
  /** The provider's number of the payout. */
  reference: z.string(),
  /** The intermediate account the provider's collections wait on. */
  accountId: z.string(),
  bankAccountId: z.string(),
  feeAccountId: z.string(),
  date: date(),
  currency: z.string(),
  /** What was collected. */
  grossAmount: z.string(),
  feeAmount: z.string(),
  /** What came to the bank. */
  netAmount: z.string(),
  entryId: z.string(),
  /** Number of the entry. */
  entryReference: z.string(),
  /** Collections it was matched with; 0 when none was found surely. */
  matchedLines: z.int(),
  description: z.optional(z.string()),
  completedAt: utcTime(),
  completedBy: z.string(),
});

export const newSettlement = z.object({
  provider: externalId(),
  reference: label(100),
  /** @default the account with the role `gateway-clearing` */
  accountId: z.optional(externalId()),
  /** @default the account with the role `bank` */
  bankAccountId: z.optional(externalId()),
  /** @default the account with the role `bank-charges` */
  feeAccountId: z.optional(externalId()),
  date: date(),
  /** @default the intermediate account's, or the base currency */
  currency: z.optional(currency()),
  /** Base currency units for one unit of a foreign currency. */
  rate: z.optional(exchangeRate()),
  grossAmount: amount(),
  feeAmount: z._default(amount(), '0'),
  /** Ids of the open lines it pays out; they sum to the gross amount. @default those that surely do */
  lineIds: z.optional(z.array(z.string().check(z.maxLength(120))).check(z.minLength(1), z.maxLength(35))),
  description: z.optional(label(500)),
});
