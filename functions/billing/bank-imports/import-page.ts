/**
 * Reads some pages of a bank's file and hands on to the next. It can stop anywhere: a line is one row and one payment however
 * often its page is read, and the import only says how far it came.
 */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { openSession, type TenantSession } from '../../../layers/kernel/data/session.ts';
import { isAppError } from '../../../layers/kernel/errors/app-error.ts';
import { readObject } from '../../../layers/kernel/files/signed-urls.ts';
import { readStatement } from '../../../layers/ledger/bank-statements/read-statement.ts';
import { type LineProblem, problem, type Statement } from '../../../layers/ledger/bank-statements/statement.ts';
import { bankAccountEntity, bankImportEntity, lineIds, type StoredLine } from './bank-entities.ts';
import { type BankAccount, type BankImport, maxFileBytes, maxLines } from './bank-schema.ts';
import { type OpenByAmount, openInvoices } from './recognise-customer.ts';
import { bankFileBucket, type ImportMessage, keyOf, orderPage } from './start-import.ts';
import { takeLine } from './take-line.ts';

const pageSize = 200;
const usualPages = 10;
/** Lines taken at a time. */
const sideBySide = 8;
const maxProblems = 50;

type StoredImport = BankImport & Stored;

/** @param pages how many before the next message; the file is read and understood anew for each message */
export async function importPage({ tenantId, importId, position }: ImportMessage, pages = usualPages): Promise<void> {
  const session = openSession(tenantId);
  let bankImport: StoredImport | undefined = await session.require(bankImportEntity, { id: importId });
  if (bankImport.status !== 'reading') return;
  if (bankImport.position === position) {
    const account = await session.require(bankAccountEntity, { code: bankImport.bankAccount });
    const file = await readFile(session, bankImport, account);
    // Once for a message: for each page it would be a hash of every line of the file.
    const ids = lineIds(bankImport.bankAccount, file.lines);
    const open = openInvoices(session);
    for (let page = 0; page < pages && bankImport?.status === 'reading'; page++)
      bankImport = await workOff(session, bankImport, account, { ...file, ids }, open);
  }
  if (bankImport?.status === 'reading') await orderPage(session, importId, bankImport.position);
}

/** @returns undefined when another worker did the same page meanwhile, and hands on itself */
async function workOff(
  session: TenantSession,
  bankImport: StoredImport,
  account: BankAccount,
  { lines, problems, ids }: Pick<Statement, 'lines' | 'problems'> & { ids: readonly string[] },
  open: OpenByAmount,
): Promise<StoredImport | undefined> {
  if (problems.length > 0)
    return move(session, bankImport, {
      status: 'failed',
      lines: lines.length,
      problems: problems.slice(0, maxProblems).map(({ position, message }) => ({ position, ...message })),
    });
  const from = bankImport.position;
  const to = Math.min(from + pageSize, lines.length);
  const waiting = Array.from({ length: to - from }, (_, i) => from + i);
  const counts = { matched: 0, suspense: 0, returned: 0, outgoing: 0, duplicates: 0 };
  const seen = new Set(ids.slice(0, from));
  const count = (id: string, line: StoredLine): void => {
    const isAgain = seen.has(id) || line.importId !== bankImport.id;
    seen.add(id);
    // One that a person dealt with while this page was read again waited before.
    const status = line.status === 'dismissed' ? 'suspense' : line.status;
    counts[isAgain ? 'duplicates' : status] += 1;
  };
  await Promise.all(
    Array.from({ length: sideBySide }, async () => {
      for (let i = waiting.shift(); i !== undefined; i = waiting.shift())
        count(ids[i]!, await takeLine(session, bankImport, account.currency, { id: ids[i]!, line: lines[i]! }, open));
    }),
  );
  return move(session, bankImport, {
    position: to,
    lines: lines.length,
    status: to === lines.length ? 'completed' : 'reading',
    matched: bankImport.matched + counts.matched,
    suspense: bankImport.suspense + counts.suspense,
    returned: bankImport.returned + counts.returned,
    outgoing: bankImport.outgoing + counts.outgoing,
    duplicates: bankImport.duplicates + counts.duplicates,
  });
}

async function readFile(
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

async function move(
  session: TenantSession,
  bankImport: StoredImport,
  changes: Partial<BankImport>,
): Promise<StoredImport | undefined> {
  try {
    return await session.transact('billing', (unit) =>
      unit.update(bankImportEntity, bankImport, changes, { isAudited: false }),
    );
  } catch (error) {
    if (isAppError(error) && error.code === 'version_conflict') return undefined;
    throw error;
  }
}
