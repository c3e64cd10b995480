/** The lines of a purchase: what this month's bill grew by, and the charges of months in which nothing was bought. */
import { fractionOf, fractionText, minus } from '../../../layers/money/fraction.ts';
import type { Bill, BillLine } from '../../../layers/tariff/bill.ts';
import { earlier } from '../../../layers/tariff/calendar.ts';
import { amountOf, minorOf } from '../invoices/invoice-amounts.ts';
import { billMonth, type MonthFacts, monthStart, nextMonth, versionOn } from './price-month.ts';

export interface VendLine {
  code: string;
  kind: BillLine['kind'];
  label: BillLine['label'];
  /** Local days it is for; `to` is the first day after. */
  from: string;
  to: string;
  /** Decimal text: what of it this purchase adds. */
  quantity: string;
  unit: BillLine['unit'];
  isOnce?: true;
  rate: string;
  /** Minor units; negative for a subsidy. */
  minor: bigint;
}

/** Charges are collected for at most so many months in which nothing was bought. */
const maxMissedMonths = 24;

export interface ChargedFacts extends MonthFacts {
  /** First local day of the months whose charges no purchase has paid. */
  chargedTo: string;
}

/** What a bill of no energy comes to for every month since the last purchase. @param until first local day that is not meant any more */
export function chargesWithoutPurchase(facts: ChargedFacts, currency: string, until: string): VendLine[] {
  const lines: VendLine[] = [];
  let month = monthStart(facts.chargedTo);
  for (let months = 0; month < until && months < maxMissedMonths; months++, month = nextMonth(month)) {
    const day = month < facts.suppliedFrom ? facts.suppliedFrom : month;
    if (!facts.versions.some(({ from }) => from <= day)) continue;
    const version = versionOn(facts.versions, day);
    // Before the tariff changed its currency nothing was bought, and no rate of exchange is known.
    if (version.currency !== currency) continue;
    const bill = billMonth(facts, version, day, 0, earlier(nextMonth(month), until));
    lines.push(...chargesBetween(undefined, bill, currency));
  }
  return lines;
}

/** A line as answers and invoices have it. */
export const shownLine = ({ minor, ...line }: VendLine, currency: string) => ({
  ...line,
  amount: amountOf(minor, currency),
});

/** The lines of `after` less those of `before`, which is the same month with less energy; together they are the totals' difference. */
export function chargesBetween(before: Bill | undefined, after: Bill, currency: string): VendLine[] {
  const known = new Map<string, BillLine>(keyed(before?.lines ?? []));
  const lines: VendLine[] = [];
  for (const [key, line] of keyed(after.lines)) {
    const earlierLine = known.get(key);
    known.delete(key);
    add(lines, line, minorOf(line.amount, currency) - amountIn(earlierLine, currency), earlierLine?.quantity);
  }
  // A subsidy that small bills have, or a minimum that was missing, goes away with more energy.
  for (const line of known.values())
    add(lines, { ...line, quantity: '0' }, -minorOf(line.amount, currency), line.quantity);
  const rounding = minorOf(after.rounding, currency) - (before === undefined ? 0n : minorOf(before.rounding, currency));
  if (rounding !== 0n)
    add(
      lines,
      { ...roundingLine, from: after.from, to: after.to, quantity: '1', rate: after.rounding },
      rounding,
      undefined,
    );
  return lines;
}

const roundingLine = {
  code: 'rounding',
  kind: 'rounding' as const,
  label: { en: 'Rounding', ar: 'تقريب' },
  unit: 'bill' as const,
};

/** Blocks of one price sheet have one code; their prices tell them apart, and where two are alike their order does. */
function keyed(lines: readonly BillLine[]): [string, BillLine][] {
  const seen = new Map<string, number>();
  return lines.map((line) => {
    const key = line.kind === 'energy' ? `${line.code} ${line.rate}` : line.code;
    const number = seen.get(key) ?? 0;
    seen.set(key, number + 1);
    return [`${key} ${number}`, line];
  });
}

const amountIn = (line: BillLine | undefined, currency: string): bigint =>
  line === undefined ? 0n : minorOf(line.amount, currency);

type Described = Pick<BillLine, 'code' | 'kind' | 'label' | 'from' | 'to' | 'quantity' | 'unit' | 'isOnce' | 'rate'>;

function add(lines: VendLine[], line: Described, minor: bigint, quantityBefore: string | undefined): void {
  const quantity =
    quantityBefore === undefined
      ? line.quantity
      : fractionText(minus(fractionOf(line.quantity), fractionOf(quantityBefore)));
  if (minor === 0n && (line.kind !== 'energy' || Number(quantity) === 0)) return;
  const { code, kind, label, from, to, unit, isOnce, rate } = line;
  const once = isOnce === undefined ? {} : { isOnce };
  lines.push({ code, kind, label, from, to, quantity, unit, ...once, rate, minor });
}
