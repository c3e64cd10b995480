/** What clients send about accounts, and what they get. */
import * as z from 'zod/mini';
import { storedSchema } from '../../../layers/kernel/crud/crud-routes.ts';
import { externalId, label, queryInteger } from '../../../layers/kernel/schema/common.ts';
import { accountTypes, sides } from '../../../layers/ledger/account-types.ts';
import { journalNames } from '../../../layers/ledger/journals.ts';
import { currency } from '../../../layers/money/money-schema.ts';
import { date } from '../dates.ts';
import { accountSchema } from './account-entity.ts';

export const accountView = storedSchema(accountSchema);
export const accountParams = z.object({ id: externalId() });

export const createAccountBody = z.object({
  code: externalId(),
  name: label(),
  nameAr: label(),
  type: z.enum(accountTypes),
  parentId: z.optional(externalId()),
  /** The only currency of its lines; left out, it takes lines in any. */
  currency: z.optional(currency()),
  isIntermediate: z._default(z.boolean(), false),
  allowsPosting: z._default(z.boolean(), true),
  isActive: z._default(z.boolean(), true),
  /** Only contra accounts differ from their type, e.g. accumulated depreciation. */
  normalSide: z.optional(z.enum(sides)),
  description: z.optional(label(1000)),
});

export const updateAccountBody = z.partial(
  z.object({
    name: label(),
    nameAr: label(),
    type: z.enum(accountTypes),
    parentId: z.nullable(externalId()),
    currency: z.nullable(currency()),
    isIntermediate: z.boolean(),
    allowsPosting: z.boolean(),
    isActive: z.boolean(),
    normalSide: z.enum(sides),
    description: z.nullable(label(1000)),
  }),
);

const flag = () => z.enum(['true', 'false']);

export const listAccountsQuery = z.object({
  type: z.optional(z.enum(accountTypes)),
  isActive: z.optional(flag()),
  isIntermediate: z.optional(flag()),
  allowsPosting: z.optional(flag()),
  /** Part of the code or of a name. */
  search: z.optional(label(100)),
});

export const treeQuery = z.object({ type: z.optional(z.enum(accountTypes)) });

/** Deep as the chart is, so the children are said to be accounts and not described again. */
export const treeView = z.extend(accountView, { children: z.array(z.record(z.string(), z.unknown())) });

export const balanceQuery = z.object({
  /** The balance at the end of this day. @default today, where the tenant is */
  date: z.optional(date()),
  /** First day of the turnover. @default the first day of the month */
  from: z.optional(date()),
});

const amounts = {
  currency: z.string(),
  /** Before `from`; positive on the account's normal side. */
  opening: z.string(),
  debit: z.string(),
  credit: z.string(),
  /** At the end of `date`. */
  closing: z.string(),
};

export const balanceView = z.object({
  accountId: z.string(),
  normalSide: z.enum(sides),
  from: date(),
  date: date(),
  /** Accounts that are part of the balance: of a group, those below it. */
  accountIds: z.array(z.string()),
  /** In each currency there are lines in. */
  balances: z.array(z.object(amounts)),
  /** All of it in the base currency, at the rates of the postings. */
  base: z.object(amounts),
});

export const transactionsQuery = z.object({
  /** @default the first day of the month of `to` */
  from: z.optional(date()),
  /** @default today, where the tenant is */
  to: z.optional(date()),
  /** Needed where an account has several. @default the account's, or the base currency */
  currency: z.optional(currency()),
  order: z._default(z.enum(['asc', 'desc']), 'asc'),
  limit: z._default(queryInteger(1, 200), 50),
  cursor: z.optional(z.string().check(z.maxLength(2048))),
});

export const transactionsView = z.object({
  accountId: z.string(),
  normalSide: z.enum(sides),
  currency: z.string(),
  from: date(),
  to: date(),
  opening: z.string(),
  debit: z.string(),
  credit: z.string(),
  closing: z.string(),
  transactions: z.array(
    z.object({
      date: date(),
      entryId: z.string(),
      line: z.int(),
      journal: z.enum(journalNames),
      reference: z.string(),
      description: z.string(),
      descriptionAr: z.optional(z.string()),
      externalReference: z.optional(z.string()),
      side: z.enum(sides),
      amount: z.string(),
      baseAmount: z.string(),
      memo: z.optional(z.string()),
      memoAr: z.optional(z.string()),
      dimensions: z.optional(z.record(z.string(), z.string())),
      /** After this line. */
      balance: z.string(),
    }),
  ),
  nextCursor: z.nullable(z.string()),
});

export const chartLoadedView = z.object({ created: z.int(), unchanged: z.int(), roles: z.int() });
