/**
 * An account of the chart. Its code is its id: lines, rules and reports name it by the code, so the code never changes.
 * All accounts of a tenant share one partition: a chart has hundreds of accounts and is read whole.
 */
import * as z from 'zod/mini';
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import { externalId, label } from '../../../layers/kernel/schema/common.ts';
import { accountTypes, sides } from '../../../layers/ledger/account-types.ts';
import { currency } from '../../../layers/money/money-schema.ts';

export const accountSchema = z.object({
  /** The code. */
  id: externalId(),
  code: externalId(),
  name: label(),
  nameAr: label(),
  type: z.enum(accountTypes),
  parentId: z.optional(externalId()),
  /** The only currency of its lines; any when missing. */
  currency: z.optional(currency()),
  /** A clearing account, which should come back to zero. */
  isIntermediate: z.boolean(),
  /** Groups take no lines. */
  allowsPosting: z.boolean(),
  isActive: z.boolean(),
  normalSide: z.enum(sides),
  description: z.optional(label(1000)),
  /** Whether anything was ever posted to it; type, currency and normal side are fixed then. */
  hasLines: z.boolean(),
});

export type Account = z.infer<typeof accountSchema>;

export const accountEntity = defineEntity<Account>()({
  name: 'account',
  table: 'ledger',
  key: ({ id }) => ({ pk: ['ACCOUNTS'], sk: [id] }),
  idOf: ({ id }) => id,
});
