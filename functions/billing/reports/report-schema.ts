/** What reports can be asked for, and what they answer. Days are local, and the last one is counted. */
import * as z from 'zod/mini';
import { storedSchema } from '../../../layers/kernel/crud/crud-routes.ts';
import { fieldMessage } from '../../../layers/kernel/i18n/field-message.ts';
import { externalId, utcTime } from '../../../layers/kernel/schema/common.ts';
import { localDate } from '../../../layers/tariff/tariff-schema.ts';
import { entryTypes } from '../accounts/entry-types.ts';
import { customerTypes } from '../customers/customer-schema.ts';
import { paymentMethods } from '../payments/payment-schema.ts';
import { paymentChannels } from './payment-channel.ts';
import { countPeriods, mostPeriods, type PeriodLength, periodLengths } from './report-periods.ts';

/** `to` is the last day that is counted, as in statements. */
const span = { from: localDate(), to: localDate() };
const inOrder = () =>
  z.refine<{ from: string; to: string }>(({ from, to }) => from <= to, {
    ...fieldMessage('`from` is not after `to`.', 'لا يكون `from` بعد `to`.'),
    path: ['to'],
  });

/** Only the customers of a route, as they are grouped now. @default all customers */
const route = { routeId: z.optional(externalId()) };

/** Rows for each month or day, by their own local days. @default one for all days */
const periods = { per: z.optional(z.enum(periodLengths)) };
const fewPeriods = () =>
  z.refine<{ from: string; to: string; per?: PeriodLength | undefined }>(
    ({ from, to, per }) => per === undefined || countPeriods({ from, to }, per) <= mostPeriods,
    {
      ...fieldMessage(`At most ${mostPeriods} months or days.`, `${mostPeriods} شهرًا أو يومًا على الأكثر.`),
      path: ['per'],
    },
  );

/** By the route or the region (of the address) that a customer is in now, instead of the type. */
const placeGroups = ['route', 'region'] as const;
export const groupedBy = () => z.optional(z.enum(placeGroups));

/** By which way money came, who took it, or where the customer is, instead of the method it was paid by. */
const moneyGroups = ['channel', 'cashier', ...placeGroups] as const;
export const collectionsBy = () => z.optional(z.enum(moneyGroups));
export type ReportGroup = (typeof moneyGroups)[number];

export const reportOrderSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('ageing'),
    /** @default today, where the tenant is */
    asOf: z.optional(localDate()),
    by: groupedBy(),
    ...route,
  }),
  z.object({
    kind: z.literal('top_debtors'),
    /** @default today, where the tenant is */
    asOf: z.optional(localDate()),
    ...route,
  }),
  z
    .object({ kind: z.literal('collection_rate'), by: groupedBy(), ...periods, ...span, ...route })
    .check(inOrder(), fewPeriods()),
  z.object({ kind: z.literal('billing_summary'), by: groupedBy(), ...span, ...route }).check(inOrder()),
  z
    .object({
      kind: z.literal('collections'),
      by: collectionsBy(),
      ...periods,
      ...span,
      ...route,
    })
    .check(inOrder(), fewPeriods()),
]);

export const reportKinds = ['ageing', 'collection_rate', 'billing_summary', 'collections', 'top_debtors'] as const;
/** Reports on how things stand at the end of a day. */
export const isAsOf = (kind: string): kind is 'ageing' | 'top_debtors' => kind === 'ageing' || kind === 'top_debtors';

export type ReportOrder = {
  routeId?: string | undefined;
  by?: ReportGroup | undefined;
  per?: PeriodLength | undefined;
} & (
  | { kind: 'ageing' | 'top_debtors'; asOf: string }
  | { kind: 'collection_rate' | 'billing_summary' | 'collections'; from: string; to: string }
);

/** `yyyy-mm`, or the day, of a report that was asked for so; `all` is of that period, then. */
const period = { period: z.optional(z.string()) };

/**
 * Of a report by place: null where the customer is in none, `other` for what is beyond the places that a report holds (some
 * hundreds; a row that is a place's own lacks nothing), and `all`, which comes last, the sum over them.
 */
const place = {
  routeId: z.optional(z.nullable(z.string())),
  region: z.optional(z.nullable(z.string())),
};

const group = {
  currency: z.string(),
  ...period,
  /** Unless the report is by place. `all`: the sum over the types. */
  customerType: z.optional(z.enum([...customerTypes, 'all'])),
  ...place,
};

/** Amounts by days overdue; `credit` is below zero, and `balance` is the sum of them all. */
const ageingRowSchema = z.object({
  ...group,
  /** Those who owe or are owed anything. */
  customers: z.int(),
  current: z.string(),
  /** By days overdue, as the settings of reports had them when it was started; the last bucket has no end. */
  overdue: z.array(z.object({ fromDays: z.int(), toDays: z.optional(z.int()), amount: z.string() })),
  credit: z.string(),
  balance: z.string(),
});

const collectionRowSchema = z.object({
  ...group,
  /** Invoices, difference notes and late fees. */
  invoicedAmount: z.string(),
  creditNoteAmount: z.string(),
  /** Invoiced less credit notes. */
  billedAmount: z.string(),
  receivedAmount: z.string(),
  /** Payments reversed and refunds. */
  returnedAmount: z.string(),
  /** Received less returned. */
  collectedAmount: z.string(),
  /** Of what was received: given back of tokens to the account, so that it is no new money. */
  fromPrepaidAmount: z.string(),
  /** Tokens sold, paid for beforehand; neither billed nor collected. */
  prepaidAmount: z.string(),
  /** Collected of billed, cut after two digits; null where nothing was billed. */
  ratePercent: z.nullable(z.string()),
});

const summaryRowSchema = z.object({
  ...group,
  openingBalance: z.string(),
  /** Above zero is what customers owe more. */
  movements: z.array(z.object({ type: z.enum(entryTypes), count: z.int(), amount: z.string() })),
  closingBalance: z.string(),
});

/** Money as it came in, by the local day it was received, whatever it is for; `all`: the sum over the groups. */
const methodRowSchema = z.object({
  currency: z.string(),
  ...period,
  /** One of these, as the report was asked for. */
  method: z.optional(z.enum([...paymentMethods, 'all'])),
  channel: z.optional(z.enum([...paymentChannels, 'all'])),
  /** The user whose till took it, or who collected it in the field; null where nobody did. */
  cashierId: z.optional(z.nullable(z.string())),
  /** As the user is called now. */
  cashierName: z.optional(z.string()),
  ...place,
  payments: z.int(),
  /** The next three together. */
  receivedAmount: z.string(),
  debtAmount: z.string(),
  prepaidAmount: z.string(),
  depositAmount: z.string(),
  /** Of these payments, until now, whenever that was: reversed, and refunded. */
  reversedAmount: z.string(),
  refundedAmount: z.string(),
  /** Received less reversed and refunded. */
  keptAmount: z.string(),
});

/** One who owes what is overdue, of each currency the hundred who owe most. Names are those of now. */
const debtorRowSchema = z.object({
  currency: z.string(),
  /** 1 owes most that is overdue. */
  rank: z.int(),
  customerId: z.string(),
  accountNumber: z.string(),
  name: z.string(),
  customerType: z.enum(customerTypes),
  routeId: z.optional(z.string()),
  overdueAmount: z.string(),
  /** What is owed altogether, that not due yet included. */
  balance: z.string(),
  /** Local day the oldest of it was due. */
  oldestDueDate: z.string(),
  daysOverdue: z.int(),
});

export type DebtorRow = z.infer<typeof debtorRowSchema>;
export type AgeingRow = z.infer<typeof ageingRowSchema>;
export type CollectionRow = z.infer<typeof collectionRowSchema>;
export type SummaryRow = z.infer<typeof summaryRowSchema>;
export type MethodRow = z.infer<typeof methodRowSchema>;
export type ReportRow = AgeingRow | CollectionRow | SummaryRow | MethodRow | DebtorRow;

export const reportSchema = storedSchema(
  z.object({
    id: z.string(),
    kind: z.enum(reportKinds),
    asOf: z.optional(z.string()),
    from: z.optional(z.string()),
    to: z.optional(z.string()),
    routeId: z.optional(z.string()),
    by: collectionsBy(),
    ...periods,
    /** Of an ageing: the last days of its buckets. */
    ageingDays: z.optional(z.array(z.int())),
    /** When it is deleted. */
    keptUntil: z.optional(utcTime()),
    status: z.enum(['running', 'completed']),
    /** Walked over so far; not in lists. */
    customers: z.optional(z.int()),
    /** There when completed: a row for each currency and type of customer, method or what it is by, and one for all of them; or for each debtor. */
    result: z.optional(
      z.union([
        z.array(ageingRowSchema),
        z.array(collectionRowSchema),
        z.array(summaryRowSchema),
        z.array(methodRowSchema),
        z.array(debtorRowSchema),
      ]),
    ),
  }),
);

const ofReport = { currency: z.string(), reportId: z.string(), reportedAt: utcTime() };
export const overviewSchema = z.object({
  /** The newest first; months without a completed report are left out. */
  months: z.array(
    z.object({
      /** `yyyy-mm` */
      month: z.string(),
      billedAmount: z.string(),
      collectedAmount: z.string(),
      ratePercent: z.nullable(z.string()),
      ...ofReport,
    }),
  ),
  /** As of the newest ageing that is completed. */
  overdue: z.array(z.object({ asOf: z.string(), overdueAmount: z.string(), balance: z.string(), ...ofReport })),
});
export type ReportOverview = z.infer<typeof overviewSchema>;
