/**
 * Reads some pages of a bank's file and hands on to the next. It can stop anywhere: a line is one row and one payment however
 * often its page is read, and the import only says how far it came.
 */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { openSession, type TenantSession } from '../../../layers/kernel/data/session.ts';
import { readObject } from '../../../layers/kernel/files/signed-urls.ts';
import { moveOn, type Step } from '../../../layers/kernel/queues/walk-pages.ts';
import { readStatement } from '../../../layers/ledger/bank-statements/read-statement.ts';
import { type LineProblem, problem, type Statement } from '../../../layers/ledger/bank-statements/statement.ts';
import { bankAccountEntity, bankImportEntity, bankLineEntity, lineIds, type StoredLine } from './bank-entities.ts';
import { type BankAccount, type BankImport, maxFileBytes, maxLines } from './bank-schema.ts';
import { type OpenByAmount, openInvoices } from './recognise-customer.ts';
import { bankFileBucket, type ImportMessage, keyOf, orderPage } from './start-import.ts';
import { takeLine } from './take-line.ts';

const usualPageSize = 200;
/** A message works on for so long, well within the function's time: each reads the file and the open invoices anew. */
const workMs = 180_000;
/** Lines taken at a time. */
const sideBySide = 8;
const maxProblems = 50;

type StoredImport = BankImport & Stored;

/** @param options `pages`: how many at most before the next message; `pageSize`: lines between two notes of how far it is */
export async function importPage(
  { tenantId, importId, position }: ImportMessage,
  { pages = Number.POSITIVE_INFINITY, pageSize = usualPageSize }: { pages?: number; pageSize?: number } = {},
): Promise<void> {
  const session = openSession(tenantId);
  const before = await session.require(bankImportEntity, { id: importId });
  if (before.status !== 'reading') return;
  let step: Step<StoredImport> = { row: before, delaySeconds: 0 };
  if (before.position === position) {
    const account = await session.require(bankAccountEntity, { code: before.bankAccount });
    const file = await readFile(session, before, account);
    // Once for a message: for each page it would be a hash of every line of the file.
    const ids = lineIds(before.bankAccount, file.lines);
    const open = openInvoices(session);
    const seen = new Set(ids.slice(0, position));
    const until = performance.now() + workMs;
    const mayGoOn = ({ row, delaySeconds }: Step<StoredImport>): boolean =>
      row.status === 'reading' && delaySeconds === 0 && performance.now() < until;
    for (let page = 0; page < pages && mayGoOn(step); page++)
      step = await workOff(session, step.row, account, { ...file, ids, seen, pageSize }, open);
  }
  if (step.row.status === 'reading') await orderPage(session, importId, step.row.position, step.delaySeconds);
}

interface Reading extends Pick<Statement, 'lines' | 'problems'> {
  ids: readonly string[];
  /** Ids of the lines before. */
  seen: Set<string>;
  pageSize: number;
}

async function workOff(
  session: TenantSession,
  bankImport: StoredImport,
  account: BankAccount,
  { lines, problems, ids, seen, pageSize }: Reading,
  open: OpenByAmount,
): Promise<Step<StoredImport>> {
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
  const known = await linesOf(session, ids.slice(from, to));
  const count = (id: string, line: StoredLine): void => {
    const isAgain = seen.has(id) || line.importId !== bankImport.id;
    seen.add(id);
    // One that a person dealt with while this page was read again waited before.
    const status = line.status === 'dismissed' ? 'suspense' : line.status;
    counts[isAgain ? 'duplicates' : status] += 1;
  };
  await Promise.all(
    Array.from({ length: sideBySide }, async () => {
      for (let i = waiting.shift(); i !== undefined; i = waiting.shift()) {
        const of = { id: ids[i]!, line: lines[i]! };
        count(of.id, known.get(of.id) ?? (await takeLine(session, bankImport, account.currency, of, open)));
      }
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

/** Those of a page that an earlier file, or an earlier reading of this one, had already. */
async function linesOf(session: TenantSession, ids: readonly string[]): Promise<Map<string, StoredLine>> {
  const keys = [...new Set(ids)].map((id) => ({ id }));
  const found = await session.getMany(bankLineEntity, keys, { consistent: true });
  return new Map(found.map((line) => [line.id, line]));
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

const move = (
  session: TenantSession,
  bankImport: StoredImport,
  changes: Partial<BankImport>,
): Promise<Step<StoredImport>> =>
  moveOn(
    () =>
      session.transact('billing', (unit) => unit.update(bankImportEntity, bankImport, changes, { isAudited: false })),
    () => session.require(bankImportEntity, bankImport),
  );
