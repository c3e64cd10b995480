/** What the text of a bank's line says: words that may be numbers of accounts and invoices, and those of names. Pure. */
import { foldText } from '../../../layers/kernel/data/fold-text.ts';
import type { StatementLine } from '../../../layers/ledger/bank-statements/statement.ts';
import { checkDigit } from '../customers/account-number.ts';

export type LineText = Pick<StatementLine, 'reference' | 'description'>;

const maxCandidates = 40;

const textOf = ({ reference, description }: LineText): string => `${reference ?? ''} ${description ?? ''}`;

/** Words that may be a number; digits that a bank wrote in groups are also put together. */
export function numbersIn(line: LineText): string[] {
  const text = textOf(line);
  const words = text.match(/[A-Za-z0-9][A-Za-z0-9._-]{4,63}/g) ?? [];
  const grouped = (text.match(/\d(?:[ ]?\d){9,25}/g) ?? []).map((digits) => digits.replaceAll(' ', ''));
  const { reference } = line;
  return [...new Set([...(reference === undefined ? [] : [reference.trim()]), ...words, ...grouped])].slice(0, 20);
}

/** Those that may be an account's; its check digit spares the look-up of others. */
export const accountNumbersIn = (line: LineText): string[] =>
  [...new Set(numbersIn(line).flatMap(prefixesOf))].filter(mayBeAccount).slice(0, maxCandidates);

/** An invoice's number begins with the account's: `1000234505-20260430-R1`. */
function prefixesOf(token: string): string[] {
  const parts = token.split('-');
  return parts.map((_, i) => parts.slice(0, i + 1).join('-'));
}

/** Ten digits are an account number of ours when the last one fits; others are what a utility chose itself. */
const mayBeAccount = (number: string): boolean =>
  number.length > 0 &&
  number.length <= 64 &&
  (!/^\d{10}$/.test(number) || checkDigit(number.slice(0, 9)) === Number(number[9]));

/** Whether the text has every word of a name of at least two, in any order. */
export function isNamedIn(line: LineText, names: readonly (string | undefined)[]): boolean {
  const words = new Set(wordsOf(textOf(line)));
  return names.some((name) => {
    const own = wordsOf(name ?? '');
    return own.length >= 2 && own.every((word) => words.has(word));
  });
}

/** Letters that are written either way are one; a letter alone, or an article, is no word. */
const wordsOf = (text: string): string[] =>
  foldText(text)
    .split(' ')
    .filter((word) => word.length > 1 && word !== 'ال');
