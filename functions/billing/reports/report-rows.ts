/** The sums of a report as the rows that are answered. */
import { entryTypes } from '../accounts/entry-types.ts';
import { amountOf } from '../invoices/invoice-amounts.ts';
import { type AgeBucket, overdueBuckets } from './age-account.ts';
import type { Report, ReportPart } from './report-entity.ts';
import { groupField } from './report-groups.ts';
import type { AgeingRow, CollectionRow, MethodRow, ReportOrder, SummaryRow } from './report-schema.ts';
import { type SummedGroup, Totals } from './totals.ts';

/** Those whose rows are sums. */
type SummedKind = Exclude<ReportOrder['kind'], 'top_debtors'>;
type Summed<K extends SummedKind> = { kind: K } & Pick<Report, 'by' | 'ageingDays'>;
/** Which group a row is for, under the field that the report is by. */
type Named = Partial<
  Pick<AgeingRow & MethodRow, 'period' | 'customerType' | 'method' | 'channel' | 'cashierId' | 'routeId' | 'region'>
>;

export function rowsOf(report: Summed<'ageing'>, parts: readonly ReportPart[]): AgeingRow[];
export function rowsOf(report: Summed<'collection_rate'>, parts: readonly ReportPart[]): CollectionRow[];
export function rowsOf(
  report: Summed<SummedKind>,
  parts: readonly ReportPart[],
): AgeingRow[] | CollectionRow[] | SummaryRow[] | MethodRow[];
export function rowsOf({ kind, by, ageingDays }: Summed<SummedKind>, parts: readonly ReportPart[]) {
  const field = groupField(kind, by);
  const named = ({ period, group }: SummedGroup): Named => ({
    ...(period === undefined ? {} : { period }),
    [field]: group,
  });
  const groups = Totals.ofParts(parts.map(({ totals }) => totals)).groups();
  if (kind === 'ageing') {
    const buckets = overdueBuckets(ageingDays);
    return groups.map((group) => ageingRow(group, named(group), buckets));
  }
  const rowOf = kind === 'collections' ? methodRow : kind === 'collection_rate' ? collectionRow : summaryRow;
  return groups.map((group) => rowOf(group, named(group)));
}

function ageingRow({ currency, measures }: SummedGroup, named: Named, buckets: readonly AgeBucket[]): AgeingRow {
  const minor = (name: string): bigint => measures.get(name) ?? 0n;
  const amount = (name: string): string => amountOf(minor(name), currency);
  const overdue = buckets.reduce((sum, { name }) => sum + minor(name), 0n);
  return {
    currency,
    ...named,
    customers: Number(minor('customers')),
    current: amount('current'),
    overdue: buckets.map(({ name, ...days }) => ({ ...days, amount: amount(name) })),
    credit: amount('credit'),
    balance: amountOf(minor('current') + overdue + minor('credit'), currency),
  };
}

function collectionRow({ currency, measures }: SummedGroup, named: Named): CollectionRow {
  const minor = (name: string): bigint => measures.get(name) ?? 0n;
  const amount = (value: bigint): string => amountOf(value, currency);
  const billed = minor('billed') + minor('credited');
  // On the account, payments are below zero.
  const collected = -minor('received') - minor('returned');
  return {
    currency,
    ...named,
    invoicedAmount: amount(minor('billed')),
    creditNoteAmount: amount(-minor('credited')),
    billedAmount: amount(billed),
    receivedAmount: amount(-minor('received')),
    returnedAmount: amount(minor('returned')),
    collectedAmount: amount(collected),
    fromPrepaidAmount: amount(-minor('fromPrepaid')),
    prepaidAmount: amount(minor('prepaid')),
    ratePercent: billed > 0n ? percentOf(collected, billed) : null,
  };
}

function methodRow({ currency, measures }: SummedGroup, named: Named): MethodRow {
  const minor = (name: string): bigint => measures.get(name) ?? 0n;
  const amount = (value: bigint): string => amountOf(value, currency);
  const received = minor('debt') + minor('prepaid') + minor('deposit');
  return {
    currency,
    ...named,
    payments: Number(minor('payments')),
    receivedAmount: amount(received),
    debtAmount: amount(minor('debt')),
    prepaidAmount: amount(minor('prepaid')),
    depositAmount: amount(minor('deposit')),
    reversedAmount: amount(minor('reversed')),
    refundedAmount: amount(minor('refunded')),
    keptAmount: amount(received - minor('reversed') - minor('refunded')),
  };
}

function percentOf(part: bigint, whole: bigint): string {
  const hundredths = (part * 10_000n) / whole;
  const digits = String(hundredths < 0n ? -hundredths : hundredths).padStart(3, '0');
  return `${hundredths < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

function summaryRow({ currency, measures }: SummedGroup, named: Named): SummaryRow {
  const opening = measures.get('opening') ?? 0n;
  const moved = entryTypes.filter((type) => measures.has(`count:${type}`));
  const sum = (type: string): bigint => measures.get(`sum:${type}`) ?? 0n;
  return {
    currency,
    ...named,
    openingBalance: amountOf(opening, currency),
    movements: moved.map((type) => ({
      type,
      count: Number(measures.get(`count:${type}`)),
      amount: amountOf(sum(type), currency),
    })),
    closingBalance: amountOf(
      moved.reduce((balance, type) => balance + sum(type), opening),
      currency,
    ),
  };
}
