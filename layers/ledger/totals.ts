/**
 * Totals of an account by month and day, kept while posting, so that a balance at any date is a sum over months and the
 * days of one month, however many lines there are.
 */
import { toMinorUnits } from '../money/money.ts';
import type { Line } from './prepare-lines.ts';

/** Year-end entries are kept apart: they move balances, and are no income or expense of their year. */
export type TotalsKind = 'normal' | 'closing';

/** Numbers in minor units; an attribute that nothing was added to is missing. */
export interface TotalsRow {
  accountId: string;
  currency: string;
  /** `2026-03` */
  month: string;
  kind: TotalsKind;
  shard: number;
  [total: string]: string | number | bigint | undefined;
}

export interface TotalsAddition {
  accountId: string;
  currency: string;
  month: string;
  kind: TotalsKind;
  numbers: Record<string, bigint>;
}

/** What the lines of one date add, one addition for each account and currency. */
export function additionsOf(
  date: string,
  kind: TotalsKind,
  lines: readonly Line[],
  baseCurrency: string,
): TotalsAddition[] {
  const additions = new Map<string, TotalsAddition>();
  for (const line of lines) {
    const key = `${line.accountId} ${line.currency}`;
    let addition = additions.get(key);
    if (addition === undefined) {
      addition = {
        accountId: line.accountId,
        currency: line.currency,
        month: date.slice(0, 7),
        kind,
        numbers: { lines: 0n },
      };
      additions.set(key, addition);
    }
    const { numbers } = addition;
    numbers['lines']! += 1n;
    const day = date.slice(8);
    const letter = line.side === 'debit' ? 'd' : 'c';
    addTo(numbers, [line.side, `${letter}${day}`], toMinorUnits(line.amount, line.currency));
    if (line.currency !== baseCurrency)
      addTo(numbers, [`b${line.side}`, `b${letter}${day}`], toMinorUnits(line.baseAmount, baseCurrency));
  }
  return [...additions.values()];
}

/** Additions to the same row become one. */
export function mergeAdditions(additions: readonly TotalsAddition[]): TotalsAddition[] {
  const merged = new Map<string, TotalsAddition>();
  for (const addition of additions) {
    const key = `${addition.accountId} ${addition.currency} ${addition.month} ${addition.kind}`;
    const present = merged.get(key);
    if (present === undefined) merged.set(key, { ...addition, numbers: { ...addition.numbers } });
    else for (const [name, value] of Object.entries(addition.numbers)) addTo(present.numbers, [name], value);
  }
  return [...merged.values()];
}

/** Debits and credits of an account, in minor units of the row's currency and of the base currency. */
export interface Turnover {
  debit: bigint;
  credit: bigint;
  baseDebit: bigint;
  baseCredit: bigint;
}

export const noTurnover = (): Turnover => ({ debit: 0n, credit: 0n, baseDebit: 0n, baseCredit: 0n });

/** What was posted up to a date, the date included. @param rows of one currency */
export function turnoverUpTo(rows: readonly TotalsRow[], date: string, baseCurrency: string): Turnover {
  const month = date.slice(0, 7);
  const day = Number(date.slice(8));
  const total = noTurnover();
  for (const row of rows) {
    if (row.month > month) continue;
    const isBase = row.currency === baseCurrency;
    const read = (prefix: '' | 'b'): [bigint, bigint] =>
      row.month < month ? wholeMonth(row, prefix) : daysUpTo(row, day, prefix);
    const [debit, credit] = read('');
    const [baseDebit, baseCredit] = isBase ? [debit, credit] : read('b');
    total.debit += debit;
    total.credit += credit;
    total.baseDebit += baseDebit;
    total.baseCredit += baseCredit;
  }
  return total;
}

export function subtractTurnover(a: Turnover, b: Turnover): Turnover {
  return {
    debit: a.debit - b.debit,
    credit: a.credit - b.credit,
    baseDebit: a.baseDebit - b.baseDebit,
    baseCredit: a.baseCredit - b.baseCredit,
  };
}

export function addTurnover(a: Turnover, b: Turnover): Turnover {
  return {
    debit: a.debit + b.debit,
    credit: a.credit + b.credit,
    baseDebit: a.baseDebit + b.baseDebit,
    baseCredit: a.baseCredit + b.baseCredit,
  };
}

const numberOf = (row: TotalsRow, name: string): bigint => BigInt(row[name] ?? 0);

const wholeMonth = (row: TotalsRow, prefix: string): [bigint, bigint] => [
  numberOf(row, `${prefix}debit`),
  numberOf(row, `${prefix}credit`),
];

function daysUpTo(row: TotalsRow, last: number, prefix: string): [bigint, bigint] {
  let [debit, credit] = [0n, 0n];
  for (let day = 1; day <= last; day++) {
    const name = String(day).padStart(2, '0');
    debit += numberOf(row, `${prefix}d${name}`);
    credit += numberOf(row, `${prefix}c${name}`);
  }
  return [debit, credit];
}

function addTo(numbers: Record<string, bigint>, names: readonly string[], value: bigint): void {
  for (const name of names) numbers[name] = (numbers[name] ?? 0n) + value;
}
