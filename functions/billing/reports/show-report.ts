/** A report as it is answered: how far it is, and its rows once every part is done. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { entryTypes } from '../accounts/entry-types.ts';
import { amountOf } from '../invoices/invoice-amounts.ts';
import { ageBuckets } from './age-account.ts';
import { type ReportPart, reportEntity } from './report-entity.ts';
import type { AgeingRow, CollectionRow, ReportOrder, SummaryRow } from './report-schema.ts';
import { Totals } from './totals.ts';

type Group = ReturnType<Totals['groups']>[number];

/** @throws AppError `not_found` */
export async function showReport(session: TenantSession, id: string) {
  const [{ parts: _, ...report }, { items: parts }] = await Promise.all([
    session.require(reportEntity, { id }),
    session.query<ReportPart & Stored>(
      { table: 'billing' },
      {
        pk: ['REPORT', id],
        beginsWith: ['PART'],
        limit: 100,
        consistent: true,
      },
    ),
  ]);
  const customers = parts.reduce((sum, part) => sum + part.customers, 0);
  if (!parts.every(({ done }) => done)) return { ...report, status: 'running' as const, customers };
  const totals = new Totals();
  for (const part of parts) totals.merge(part.totals);
  return { ...report, status: 'completed' as const, customers, result: rowsOf(report.kind, totals) };
}

function rowsOf(kind: ReportOrder['kind'], totals: Totals): AgeingRow[] | CollectionRow[] | SummaryRow[] {
  const groups = totals.groups();
  if (kind === 'ageing') return groups.map(ageingRow);
  return kind === 'collection_rate' ? groups.map(collectionRow) : groups.map(summaryRow);
}

function ageingRow({ currency, customerType, measures }: Group): AgeingRow {
  const columns = [...ageBuckets, 'credit'] as const;
  const minor = (name: string): bigint => measures.get(name) ?? 0n;
  return {
    currency,
    customerType,
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

function collectionRow({ currency, customerType, measures }: Group): CollectionRow {
  const minor = (name: string): bigint => measures.get(name) ?? 0n;
  const amount = (value: bigint): string => amountOf(value, currency);
  const billed = minor('billed') + minor('credited');
  // On the account, payments are below zero.
  const collected = -minor('received') - minor('returned');
  return {
    currency,
    customerType,
    invoicedAmount: amount(minor('billed')),
    creditNoteAmount: amount(-minor('credited')),
    billedAmount: amount(billed),
    receivedAmount: amount(-minor('received')),
    returnedAmount: amount(minor('returned')),
    collectedAmount: amount(collected),
    prepaidAmount: amount(minor('prepaid')),
    ratePercent: billed > 0n ? percentOf(collected, billed) : null,
  };
}

function percentOf(part: bigint, whole: bigint): string {
  const hundredths = (part * 10_000n) / whole;
  const digits = String(hundredths < 0n ? -hundredths : hundredths).padStart(3, '0');
  return `${hundredths < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

function summaryRow({ currency, customerType, measures }: Group): SummaryRow {
  const opening = measures.get('opening') ?? 0n;
  const moved = entryTypes.filter((type) => measures.has(`count:${type}`));
  const sum = (type: string): bigint => measures.get(`sum:${type}`) ?? 0n;
  return {
    currency,
    customerType,
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
