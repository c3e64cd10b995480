/**
 * What every format of bank statements and settlement files is read into. A reader says of each wrong place where it is
 * and why; a statement with one wrong line is not a statement.
 */
import type { Translated } from '../../kernel/i18n/locale.ts';
import { toMinorUnits } from '../../money/money.ts';

export const statementFormats = ['csv', 'mt940', 'camt053', 'jsonl'] as const;
export type StatementFormat = (typeof statementFormats)[number];

export interface StatementLine {
  /** Line of the file, or number of the entry where the format has no lines, from 1. */
  position: number;
  /** The bank's own id of the transaction, where it gives one. */
  bankId?: string | undefined;
  date: string;
  /** Signed: money in is positive. */
  minor: bigint;
  reference?: string | undefined;
  description?: string | undefined;
  /** Of one that was booked in one sum with others: the sum as a line, which it may have been taken as before. */
  bookedAs?: StatementLine | undefined;
}

export interface LineProblem {
  position: number;
  message: Translated;
}

export interface Statement {
  lines: StatementLine[];
  problems: LineProblem[];
  /** Signed balances, where the format has them. */
  opening?: bigint | undefined;
  closing?: bigint | undefined;
}

/** A line as text, before it is understood. */
export interface RawLine {
  position: number;
  bankId?: string | undefined;
  date: string | undefined;
  amount: string | undefined;
  reference?: string | undefined;
  description?: string | undefined;
  bookedAs?: RawLine | undefined;
}

export const problem = (position: number, en: string, ar: string): LineProblem => ({ position, message: { en, ar } });

const clip = (text: string | undefined, length: number): string | undefined =>
  text?.trim().slice(0, length) || undefined;

/** Understands one line, or says what is wrong with it. */
function readLine(raw: RawLine, currency: string): StatementLine | LineProblem {
  const { position, date = '', amount = '' } = raw;
  if (!isDate(date))
    return problem(position, `"${date}" is no date such as 2026-03-15.`, `"${date}" ليس تاريخًا مثل 2026-03-15.`);
  const minor = readAmount(amount, currency);
  if (minor === undefined)
    return problem(position, `"${amount}" is no amount in ${currency}.`, `"${amount}" ليس مبلغًا بعملة ${currency}.`);
  if (minor === 0n) return problem(position, 'The amount is zero.', 'المبلغ صفر.');
  const [bankId, reference, description] = [
    clip(raw.bankId, 100),
    clip(raw.reference, 100),
    clip(raw.description, 500),
  ];
  const line = { position, date, minor, bankId, reference, description };
  const whole = raw.bookedAs && readLine(raw.bookedAs, currency);
  return whole === undefined || 'message' in whole ? line : { ...line, bookedAs: whole };
}

/** @returns signed minor units; undefined for what is no amount of the currency */
export function readAmount(text: string, currency: string): bigint | undefined {
  try {
    return toMinorUnits(text.trim().replace(/^\+/, ''), currency);
  } catch {
    return undefined;
  }
}

export function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

export function collect(
  raws: readonly (RawLine | LineProblem)[],
  currency: string,
): Pick<Statement, 'lines' | 'problems'> {
  const read = raws.map((raw) => ('message' in raw ? raw : readLine(raw, currency)));
  return {
    lines: read.filter((line) => !('message' in line)) as StatementLine[],
    problems: read.filter((line) => 'message' in line) as LineProblem[],
  };
}
