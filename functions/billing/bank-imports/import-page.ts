/**
 * Reads some pages of a bank's file and hands on to the next. It can stop anywhere: a line is one row and one payment however
 * often its page is read, and the import only says how far it came.
 */

import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { openSession, type TenantSession } from '../../../layers/kernel/data/session.ts';
import { notFound } from '../../../layers/kernel/errors/app-error.ts';
import { logger } from '../../../layers/kernel/observability/logger.ts';
import { moveOn, type Step } from '../../../layers/kernel/queues/walk-pages.ts';
import { sideBySide } from '../../../layers/kernel/side-by-side.ts';
import { bankAccountEntity, bankImportEntity, bankLineEntity, type StoredLine } from './bank-entities.ts';
import type { BankAccount, BankImport } from './bank-schema.ts';
import { lookUpLines } from './look-up-lines.ts';
import { type OpenByAmount, openInvoices } from './open-by-amount.ts';
import { type BankFile, isIn, readBankFile } from './read-bank-file.ts';
import { ownersOf } from './recognise-customer.ts';
import { type ImportMessage, orderPage } from './start-import.ts';
import { type LineOfFile, suspendLine, takeLine } from './take-line.ts';

/** Lines between two notes of how far it is. */
export const usualPageSize = 200;
/** A message works on for so long, well within the function's time: each reads the file and the open invoices anew. */
const workMs = 180_000;
/** Lines taken at a time. */
const atATime = 8;
const maxProblems = 50;
/** Lines that nobody expected to fail are tried again so many times; then they wait for a person, and the others go on. */
const maxAttempts = 3;
const retrySeconds = 30;

type StoredImport = BankImport & Stored;

/** @param options `pages`: how many at most before the next message; `pageSize`: lines between two notes of how far it is */
export async function importPage(
  { tenantId, importId, position, isReminder = false }: ImportMessage,
  { pages = Number.POSITIVE_INFINITY, pageSize = usualPageSize }: { pages?: number; pageSize?: number } = {},
): Promise<void> {
  const session = openSession(tenantId);
  const before = await session.get(bankImportEntity, { id: importId }, { consistent: true });
  // Nothing to be reminded of: the request wrote nothing, or its own message is at work.
  if (isReminder && (before === undefined || before.position > 0)) return;
  if (before === undefined) throw notFound(bankImportEntity.name, importId);
  if (before.status !== 'reading') return;
  let step: Step<StoredImport> = { row: before, delaySeconds: 0 };
  if (before.position === position) {
    const account = await session.require(bankAccountEntity, { code: before.bankAccount });
    const file = await readBankFile(session, before, account);
    const open = openInvoices(session);
    const seen = new Set(file.lines.slice(0, position).map(({ id }) => id));
    const until = performance.now() + workMs;
    const mayGoOn = ({ row, delaySeconds }: Step<StoredImport>): boolean =>
      row.status === 'reading' && delaySeconds === 0 && performance.now() < until;
    for (let page = 0; page < pages && mayGoOn(step); page++)
      step = await workOff(session, step.row, account, { ...file, seen, pageSize }, open);
  }
  if (step.row.status === 'reading') await orderPage(session, importId, step.row.position, step.delaySeconds);
}

interface Reading extends BankFile {
  /** Ids of the lines before. */
  seen: Set<string>;
  pageSize: number;
}

async function workOff(
  session: TenantSession,
  bankImport: StoredImport,
  account: BankAccount,
  { lines, problems, seen, pageSize }: Reading,
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
  const counts = { matched: 0, suspense: 0, returned: 0, outgoing: 0, duplicates: 0 };
  const page = lines.slice(from, to);
  const known = await linesOf(session, page);
  const count = (id: string, line: StoredLine): void => {
    const isAgain = seen.has(id) || line.importId !== bankImport.id || line.id !== id;
    seen.add(id);
    // One that a person dealt with while this page was read again waited before.
    const status = line.status === 'dismissed' ? 'suspense' : line.status;
    counts[isAgain ? 'duplicates' : status] += 1;
  };
  const moneyIn = page.filter(({ line }) => isIn(line));
  const lookedUp = await lookUpLines(
    session,
    moneyIn.flatMap((of) => (takenAs(of, known) ? [] : [of.line])),
  );
  const failures: Failure[] = [];
  const take = async (of: LineOfFile): Promise<void> => {
    try {
      count(of.id, takenAs(of, known) ?? (await takeLine(session, bankImport, account.currency, of, lookedUp, open)));
    } catch (error) {
      failures.push({ of, error: error as Error });
    }
  };
  // A customer's one after the other: side by side they would only be in each other's way.
  const ofOne = Map.groupBy(moneyIn, ({ id, line }) => ownersOf(line, lookedUp)[0]?.id ?? id);
  await sideBySide([...ofOne.values()], atATime, async (lines) => {
    for (const line of lines) await take(line);
  });
  await sideBySide(page.slice(moneyIn.length), atATime, take);
  const attempts = (bankImport.failedAttempts ?? 0) + 1;
  if (failures.length > 0 && attempts < maxAttempts) return tryLater(session, bankImport, attempts, failures);
  noteFailures(bankImport, failures);
  for (const { of, error } of failures)
    count(of.id, await suspendLine(session, bankImport, account.currency, of, error));
  return move(session, bankImport, {
    position: to,
    lines: lines.length,
    status: to === lines.length ? 'completed' : 'reading',
    failedAttempts: null,
    matched: bankImport.matched + counts.matched,
    suspense: bankImport.suspense + counts.suspense,
    returned: bankImport.returned + counts.returned,
    outgoing: bankImport.outgoing + counts.outgoing,
    duplicates: bankImport.duplicates + counts.duplicates,
  });
}

interface Failure {
  of: LineOfFile;
  error: Error;
}

/** Rows say no more than a code: what an error holds is for who may read logs. */
function noteFailures({ id: importId }: BankImport, failures: readonly Failure[]): void {
  for (const { of, error } of failures)
    logger.error('line of a bank file not taken', { importId, lineId: of.id, line: of.line.position, error });
}

async function tryLater(
  session: TenantSession,
  bankImport: StoredImport,
  failedAttempts: number,
  failures: readonly Failure[],
): Promise<Step<StoredImport>> {
  noteFailures(bankImport, failures);
  const { row } = await move(session, bankImport, { failedAttempts });
  return { row, delaySeconds: retrySeconds };
}

/** As itself, or in the sum it was booked in, which a file told of without its parts, or which was taken before sums were parted. */
const takenAs = ({ id, bookedAs }: LineOfFile, known: ReadonlyMap<string, StoredLine>): StoredLine | undefined =>
  known.get(id) ?? (bookedAs === undefined ? undefined : known.get(bookedAs));

/** Those of a page that an earlier file, or an earlier reading of this one, had already. */
async function linesOf(session: TenantSession, page: readonly LineOfFile[]): Promise<Map<string, StoredLine>> {
  const ids = page.flatMap(({ id, bookedAs }) => (bookedAs === undefined ? [id] : [id, bookedAs]));
  const keys = [...new Set(ids)].map((id) => ({ id }));
  const found = await session.getMany(bankLineEntity, keys, { consistent: true });
  return new Map(found.map((line) => [line.id, line]));
}

const move = (
  session: TenantSession,
  bankImport: StoredImport,
  changes: { [P in keyof BankImport]?: BankImport[P] | null },
): Promise<Step<StoredImport>> =>
  moveOn(
    () =>
      session.transact('billing', (unit) =>
        unit.update(bankImportEntity, bankImport, changes as Partial<BankImport>, { isAudited: false }),
      ),
    () => session.require(bankImportEntity, bankImport),
  );
