/** The sums of a report as the rows that are answered. */
import { entryTypes } from '../accounts/entry-types.ts';
import { amountOf } from '../invoices/invoice-amounts.ts';
import { ageBuckets } from './age-account.ts';
import type { ReportPart } from './report-entity.ts';
import type { AgeingRow, CollectionRow, MethodRow, ReportOrder, SummaryRow } from './report-schema.ts';
import { Totals } from './totals.ts';

/** Those whose rows are sums. */
type SummedKind = Exclude<ReportOrder['kind'], 'top_debtors'>;
type Group = ReturnType<Totals['groups']>[number];

export function rowsOf(kind: 'ageing', parts: readonly ReportPart[]): AgeingRow[];
export function rowsOf(kind: 'collection_rate', parts: readonly ReportPart[]): CollectionRow[];
export function rowsOf(
  kind: SummedKind,
  parts: readonly ReportPart[],
  by?: 'channel',
): AgeingRow[] | CollectionRow[] | SummaryRow[] | MethodRow[];
export function rowsOf(kind: SummedKind, parts: readonly ReportPart[], by?: 'channel') {
  const totals = new Totals();
  for (const part of parts) totals.merge(part.totals);
  const groups = totals.groups();
  if (kind === 'ageing') return groups.map(ageingRow);
  if (kind === 'collections') return groups.map((group) => methodRow(group, by));
  return kind === 'collection_rate' ? groups.map(collectionRow) : groups.map(summaryRow);
}

function ageingRow({ currency, group, measures }: Group): AgeingRow {
  const columns = [...ageBuckets, 'credit'] as const;
  const minor = (name: string): bigint => measures.get(name) ?? 0n;
  return {
    currency,
    customerType: group as AgeingRow['customerType'],
    customers: Number(minor('customers')),
    ...(Object.fromEntries(columns.map((name) => [name, amountOf(minor(name), currency)])) as Record<
      (typeof columns)[number],
      string
    >),
    balance: amountOf(
      columns.reduce((sum, name) => sum + minor(name), 0n),
      currency,
    ),
  };
}

function collectionRow({ currency, group, measures }: Group): CollectionRow {
  const minor = (name: string): bigint => measures.get(name) ?? 0n;
  const amount = (value: bigint): string => amountOf(value, currency);
  const billed = minor('billed') + minor('credited');
  // On the account, payments are below zero.
  const collected = -minor('received') - minor('returned');
  return {
    currency,
    customerType: group as AgeingRow['customerType'],
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

function methodRow({ currency, group, measures }: Group, by: 'channel' | undefined): MethodRow {
  const minor = (name: string): bigint => measures.get(name) ?? 0n;
  const amount = (value: bigint): string => amountOf(value, currency);
  const received = minor('debt') + minor('prepaid') + minor('deposit');
  return {
    currency,
    ...(by === 'channel' ? { channel: group as MethodRow['channel'] } : { method: group as MethodRow['method'] }),
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

function summaryRow({ currency, group, measures }: Group): SummaryRow {
  const opening = measures.get('opening') ?? 0n;
  const moved = entryTypes.filter((type) => measures.has(`count:${type}`));
  const sum = (type: string): bigint => measures.get(`sum:${type}`) ?? 0n;
  return {
    currency,
    customerType: group as AgeingRow['customerType'],
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
