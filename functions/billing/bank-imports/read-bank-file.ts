/** The lines of a bank's file in the order they are taken, with the id of each; or why it is not taken. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { readObject } from '../../../layers/kernel/files/signed-urls.ts';
import { readStatement } from '../../../layers/ledger/bank-statements/read-statement.ts';
import {
  type LineProblem,
  problem,
  type Statement,
  type StatementLine,
} from '../../../layers/ledger/bank-statements/statement.ts';
import { lineIds } from './bank-entities.ts';
import { type BankAccount, type BankImport, maxFileBytes, maxLines } from './bank-schema.ts';
import { bankFileBucket, keyOf } from './start-import.ts';
import type { LineOfFile } from './take-line.ts';

export interface BankFile {
  /** The same order whenever it is read. */
  lines: readonly LineOfFile[];
  problems: readonly LineProblem[];
}

/** Once for a message: each id is a hash. */
export async function readBankFile(
  session: TenantSession,
  bankImport: BankImport,
  account: BankAccount,
): Promise<BankFile> {
  const { lines, problems } = await readLines(session, bankImport, account);
  const ids = lineIds(bankImport.bankAccount, lines);
  const sums = [...new Map(lines.flatMap(({ bookedAs, position }) => (bookedAs ? [[position, bookedAs]] : [])))];
  const sumIds = lineIds(
    bankImport.bankAccount,
    sums.map(([, sum]) => sum),
  );
  const sumAt = new Map(sums.map(([position], i) => [position, sumIds[i]!]));
  const ofFile = lines.map((line, i) => ({ id: ids[i]!, line, bookedAs: line.bookedAs && sumAt.get(line.position) }));
  return { lines: inFirst(ofFile), problems };
}

export const isIn = ({ minor }: StatementLine): boolean => minor >= 0n;

/** Money in before money out, wherever they stand: banks that write the newest first write what they took back before it came. */
const inFirst = (lines: readonly LineOfFile[]): LineOfFile[] => [
  ...lines.filter(({ line }) => isIn(line)),
  ...lines.filter(({ line }) => !isIn(line)),
];

async function readLines(
  session: TenantSession,
  { id, format }: BankImport,
  { currency, csv }: BankAccount,
): Promise<Pick<Statement, 'lines' | 'problems'>> {
  const refused = (refusal: LineProblem) => ({ lines: [], problems: [refusal] });
  const bytes = await readObject(bankFileBucket, keyOf(session, id));
  if (bytes === undefined) return refused(problem(1, 'The file is gone.', 'الملف غير موجود.'));
  if (bytes.length > maxFileBytes) return refused(problem(1, 'The file is too large.', 'الملف كبير جدًا.'));
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return refused(problem(1, 'The file is not written in UTF-8.', 'الملف ليس بترميز UTF-8.'));
  }
  const statement = readStatement(format, text, currency, csv);
  if (statement.lines.length > maxLines)
    return refused(problem(1, `A file holds at most ${maxLines} lines.`, `يحوي الملف ${maxLines} سطر على الأكثر.`));
  if (statement.lines.length + statement.problems.length === 0)
    return refused(problem(1, 'There is no line in the file.', 'لا يوجد سطر في الملف.'));
  return statement;
}
