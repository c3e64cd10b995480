/**
 * Statements as CSV (RFC 4180): a heading and a row for each line. Columns are `date` and `amount`, or `debit` and `credit`,
 * and optionally `reference`, `description` and `id`; the separator is a comma, a semicolon or a tab.
 */
import { collect, type LineProblem, problem, type RawLine, type Statement } from './statement.ts';

/** How banks name their columns, in both languages. */
const names: Record<string, readonly string[]> = {
  date: ['date', 'bookingdate', 'transactiondate', 'valuedate', 'التاريخ'],
  amount: ['amount', 'net', 'المبلغ'],
  /** Money out and money in, as the bank sees the customer's account. */
  debit: ['debit', 'withdrawal', 'مدين', 'سحب'],
  credit: ['credit', 'deposit', 'دائن', 'إيداع'],
  reference: ['reference', 'ref', 'transactionid', 'المرجع'],
  description: ['description', 'details', 'narrative', 'البيان'],
  id: ['id', 'bankid', 'الرقم'],
};

/** How one bank writes its files, where that is not the usual way. */
export interface CsvForm {
  /** Our name of a column → the bank's heading. */
  columns?: Readonly<Record<string, string | undefined>> | undefined;
  /** @default YYYY-MM-DD */
  dateFormat?: 'YYYY-MM-DD' | 'DD/MM/YYYY' | 'MM/DD/YYYY' | undefined;
  /** The sign before decimals; the other one parts thousands. @default . */
  decimalSign?: '.' | ',' | undefined;
}

const bare = (title: string): string => title.toLowerCase().replace(/[\s_-]/g, '');

export function readCsvStatement(text: string, currency: string, form: CsvForm = {}): Statement {
  const parsed = readRows(text.replace(/^\ufeff/, ''));
  if ('message' in parsed) return { lines: [], problems: [parsed] };
  const [heading, ...rows] = parsed;
  if (heading === undefined) return { lines: [], problems: [problem(1, 'The file is empty.', 'الملف فارغ.')] };
  const titles = heading.cells.map(bare);
  const column = (name: string): number => {
    const own = form.columns?.[name];
    return titles.findIndex((title) => (own === undefined ? names[name]!.includes(title) : title === bare(own)));
  };
  const hasAmount = column('amount') >= 0 || (column('debit') >= 0 && column('credit') >= 0);
  if (column('date') < 0 || !hasAmount)
    return {
      lines: [],
      problems: [
        problem(
          heading.position,
          'The heading needs the columns "date" and "amount", or "date", "debit" and "credit".',
          'يحتاج العنوان إلى العمودين "date" و"amount"، أو "date" و"debit" و"credit".',
        ),
      ],
    };
  const raws = rows.map(({ position, cells }): RawLine | LineProblem => {
    if (cells.length !== titles.length)
      return problem(
        position,
        `The row has ${cells.length} cells, the heading ${titles.length}.`,
        `في الصف ${cells.length} خلايا وفي العنوان ${titles.length}.`,
      );
    const cell = (name: string): string | undefined => cells[column(name)]?.trim() || undefined;
    const number = (name: string): string | undefined => readNumber(cell(name), form);
    const [debit, credit] = [number('debit'), number('credit')];
    if (column('amount') < 0 && debit !== undefined && credit !== undefined && !isZero(debit) && !isZero(credit))
      return problem(position, 'Both debit and credit have an amount.', 'في المدين والدائن مبلغ معًا.');
    const paidOut = debit === undefined || isZero(debit) ? undefined : `-${debit}`.replace('--', '');
    return {
      position,
      date: readDate(cell('date'), form),
      amount: column('amount') >= 0 ? number('amount') : (paidOut ?? credit),
      reference: cell('reference'),
      description: cell('description'),
      bankId: cell('id'),
    };
  });
  return collect(raws, currency);
}

function readNumber(text: string | undefined, { decimalSign }: CsvForm): string | undefined {
  if (text === undefined || decimalSign === undefined) return text;
  const parts = decimalSign === ',' ? /[.\s']/g : /[,\s']/g;
  return text.replace(parts, '').replace(',', '.');
}

function readDate(text: string | undefined, { dateFormat = 'YYYY-MM-DD' }: CsvForm): string | undefined {
  const [, first, second, year] = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/.exec(text ?? '') ?? [];
  if (dateFormat === 'YYYY-MM-DD' || year === undefined) return text;
  const [day, month] = dateFormat === 'DD/MM/YYYY' ? [first!, second!] : [second!, first!];
  return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
}

const isZero = (text: string): boolean => /^[-+]?0+(\.0*)?$/.test(text);

interface Row {
  position: number;
  cells: string[];
}

/** Cells may be quoted and then hold separators, line ends and doubled quotes. Empty rows are left out. */
function readRows(text: string): Row[] | LineProblem {
  const firstLine = text.slice(0, text.search(/[\r\n]|$/));
  const separator = [';', '\t', ','].find((one) => firstLine.includes(one)) ?? ',';
  const rows: Row[] = [];
  let [cells, cell, line, start, isQuoted, wasQuoted] = [[] as string[], '', 1, 1, false, false];
  const endCell = (): void => {
    cells.push(cell);
    [cell, wasQuoted] = ['', false];
  };
  const endRow = (): void => {
    endCell();
    if (cells.some((one) => one.trim() !== '')) rows.push({ position: start, cells });
    cells = [];
  };
  for (let i = 0; i < text.length; i++) {
    const sign = text[i]!;
    if (sign === '\n') line += 1;
    if (isQuoted) {
      if (sign !== '"') cell += sign;
      else if (text[i + 1] === '"') cell += text[++i];
      else isQuoted = false;
    } else if (sign === '"' && cell === '' && !wasQuoted) [isQuoted, wasQuoted] = [true, true];
    else if (sign === separator) endCell();
    else if (sign === '\n') {
      endRow();
      start = line;
    } else if (sign !== '\r') cell += sign;
  }
  if (isQuoted) return problem(start, 'A quoted cell is not closed.', 'خلية بين علامتي اقتباس لم تُغلق.');
  if (cell !== '' || cells.length > 0) endRow();
  return rows;
}
