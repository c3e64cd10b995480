/**
 * SWIFT MT940 customer statements: `:60F:` opening balance, `:61:` lines with `:86:` information to the account owner,
 * `:62F:` closing balance (SWIFT Standards, Category 9, MT 940 Format Specifications).
 */
import { collect, isDate, type LineProblem, problem, type RawLine, readAmount, type Statement } from './statement.ts';

interface Field {
  tag: string;
  position: number;
  text: string;
}

/** 6!n value date, [4!n] entry date, 2a mark, [1!a] funds code, 15d amount, 1!a3!c type, 16x reference, [//16x] the bank's. */
const lineField = /^(\d{6})(\d{4})?(R?[DC])([A-Z])?(\d[\d,]{0,14})([A-Z][A-Z0-9]{3})([^\n]*)/;

/** 1!a mark, 6!n date, 3!a currency, 15d amount. */
const balanceField = /^([DC])\d{6}([A-Z]{3})(\d[\d,]{0,14})/;

export function readMt940Statement(text: string, currency: string): Statement {
  const fields = readFields(text);
  if (fields.length === 0)
    return { lines: [], problems: [problem(1, 'No field such as ":61:" was found.', 'لم يُعثر على حقل مثل ":61:".')] };
  const raws: (RawLine | LineProblem)[] = [];
  const balances: { opening?: bigint; closing?: bigint } = {};
  for (const field of fields) {
    const last = raws.at(-1);
    if (field.tag === '61') raws.push(readLineField(field));
    else if (field.tag === '86' && last !== undefined && !('message' in last) && last.description === undefined)
      last.description = field.text.replaceAll('\n', ' ');
    else if (/^6[02][FM]$/.test(field.tag)) {
      const balance = readBalance(field, currency);
      if (typeof balance === 'object') raws.push(balance);
      // Several messages make one statement: the first opens it and the last closes it.
      else if (field.tag.startsWith('60')) balances.opening ??= balance;
      else balances.closing = balance;
    }
  }
  return { ...collect(raws, currency), ...balances };
}

function readFields(text: string): Field[] {
  const fields: Field[] = [];
  text.split(/\r?\n/).forEach((line, i) => {
    const [, tag, rest] = /^:(\d{2}[A-Z]?):(.*)$/.exec(line) ?? [];
    if (tag !== undefined) fields.push({ tag, position: i + 1, text: rest! });
    // Block ends and headers are not part of a field.
    else if (fields.length > 0 && !/^(-\}?|\{)/.test(line)) fields.at(-1)!.text += `\n${line}`;
  });
  return fields;
}

function readLineField({ text, position }: Field): RawLine | LineProblem {
  const [, valueDate, entryDate, mark, , amount, , references = ''] = lineField.exec(text) ?? [];
  if (valueDate === undefined) return problem(position, 'Field :61: cannot be read.', 'تعذرت قراءة الحقل :61:.');
  const [own, bank] = references.split('//');
  // A reversed credit takes money out and a reversed debit brings it back.
  const isOut = mark === 'D' || mark === 'RC';
  return {
    position,
    date: bookingDate(valueDate, entryDate),
    amount: `${isOut ? '-' : ''}${decimalOf(amount!)}`,
    reference: own === 'NONREF' || own === '' ? bank : own,
    bankId: bank,
  };
}

/** The entry date has no year: it is the one nearest to the value date. */
function bookingDate(valueDate: string, entryDate: string | undefined): string {
  const year = 2000 + Number(valueDate.slice(0, 2));
  const value = `${year}-${valueDate.slice(2, 4)}-${valueDate.slice(4)}`;
  if (entryDate === undefined || !isDate(value)) return value;
  const away = (date: string): number => Math.abs(Date.parse(date) - Date.parse(value));
  const dates = [year - 1, year, year + 1].map((one) => `${one}-${entryDate.slice(0, 2)}-${entryDate.slice(2)}`);
  return dates.filter(isDate).sort((a, b) => away(a) - away(b))[0] ?? `${year}-${entryDate}`;
}

function readBalance({ text, position }: Field, currency: string): bigint | LineProblem {
  const [, mark, code, amount] = balanceField.exec(text) ?? [];
  const minor = amount === undefined ? undefined : readAmount(decimalOf(amount), currency);
  if (minor === undefined) return problem(position, 'The balance cannot be read.', 'تعذرت قراءة الرصيد.');
  if (code !== currency)
    return problem(position, `The statement is in ${code}, not in ${currency}.`, `الكشف بعملة ${code} لا ${currency}.`);
  return mark === 'D' ? -minor : minor;
}

/** The decimal comma is mandatory in SWIFT amounts, digits after it are not. */
const decimalOf = (amount: string): string => amount.replace(/,$/, '').replace(',', '.');
