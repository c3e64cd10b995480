/**
 * Imports a statement into a session. A line is known by the bank's id, or else by all it says and how often the file says
 * it: the same file twice adds nothing, and two equal transactions of one day stay two.
 */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { Locale } from '../../../layers/kernel/i18n/locale.ts';
import { derivedId } from '../../../layers/kernel/ids.ts';
import { readStatement } from '../../../layers/ledger/bank-statements/read-statement.ts';
import {
  type LineProblem,
  problem,
  type Statement,
  type StatementFormat,
  type StatementLine,
} from '../../../layers/ledger/bank-statements/statement.ts';
import { fromMinorUnits } from '../../../layers/money/money.ts';
import { raced, whileRacing } from '../journal-entries/race.ts';
import { refused } from '../refused.ts';
import { type ExternalLine, externalLineEntity } from './match-entity.ts';
import { readExternalLines } from './read-open-lines.ts';
import { type Reconciliation, sessionEntity } from './session-entity.ts';
import { addRow, sessionClosed } from './unaudited-rows.ts';

/** Lines of one file; DynamoDB takes 100 rows in a transaction. */
const maxLines = 3000;
const linesPerTransaction = 90;
const problemsShown = 100;

export async function importStatement(
  session: TenantSession,
  sessionId: string,
  { format, content }: { format: StatementFormat; content: string },
  locale: Locale,
) {
  const target = await session.require(sessionEntity, { id: sessionId });
  const statement = readStatement(format, content, target.currency);
  refuseProblems([...statement.problems, ...outside(statement.lines, target)], locale);
  if (statement.lines.length > maxLines)
    throw refused('unprocessable', `A file has at most ${maxLines} lines.`, `الحد الأقصى ${maxLines} سطر في الملف.`);
  const lines = toExternalLines(statement.lines, target);
  let imported = 0;
  await whileRacing(async () => {
    let stored = await session.require(sessionEntity, { id: sessionId });
    if (stored.status !== 'open') throw sessionClosed();
    const known = new Set((await readExternalLines(session, target, target.from, target.to)).map(({ id }) => id));
    const fresh = lines.flatMap(({ line, sumId }) => (known.has(line.id) || known.has(sumId ?? '') ? [] : [line]));
    const balances = newBalances(stored, statement);
    for (let start = 0; start < fresh.length || (start === 0 && balances !== undefined); start += linesPerTransaction) {
      const chunk = fresh.slice(start, start + linesPerTransaction);
      stored = await addLines(session, stored, chunk, start === 0 ? balances : undefined);
      imported += chunk.length;
    }
  });
  return { read: lines.length, imported, duplicates: lines.length - imported };
}

/** Every import changes the session, so that it cannot be closed at the same time. */
function addLines(
  session: TenantSession,
  stored: Reconciliation & Stored,
  lines: readonly ExternalLine[],
  balances: Partial<Reconciliation> | undefined,
) {
  return session.transact('ledger', (unit) => {
    for (const line of lines) addRow(unit, session, externalLineEntity, line, raced);
    return unit.update(sessionEntity, stored, balances ?? {}, { isAudited: balances !== undefined, refused: raced });
  });
}

function newBalances(stored: Reconciliation, { opening, closing }: Statement): Partial<Reconciliation> | undefined {
  const { currency } = stored;
  const changes: Partial<Reconciliation> = {};
  if (stored.openingBalance === undefined && opening !== undefined)
    changes.openingBalance = fromMinorUnits(opening, currency);
  if (stored.closingBalance === undefined && closing !== undefined)
    changes.closingBalance = fromMinorUnits(closing, currency);
  return Object.keys(changes).length === 0 ? undefined : changes;
}

function outside(lines: readonly StatementLine[], { from, to }: Reconciliation): LineProblem[] {
  return lines
    .filter(({ date }) => date < from || date > to)
    .map(({ position, date }) =>
      problem(position, `${date} is not within ${from} to ${to}.`, `${date} ليس ضمن الفترة من ${from} إلى ${to}.`),
    );
}

function refuseProblems(problems: readonly LineProblem[], locale: Locale): void {
  if (problems.length === 0) return;
  const sorted = [...problems].sort((a, b) => a.position - b.position);
  throw new AppError('unprocessable', undefined, {
    texts: {
      en: `Nothing was imported: ${problems.length} lines are wrong.`,
      ar: `لم يُستورد شيء: عدد السطور الخاطئة ${problems.length}.`,
    },
    details: sorted.slice(0, problemsShown).map(({ position, message }) => ({
      in: 'body',
      path: '/content',
      message: locale === 'ar' ? `السطر ${position}: ${message.ar}` : `Line ${position}: ${message.en}`,
    })),
  });
}

/** `sumId`: of a part of what was booked in one sum, the line that the sum is where it came without its parts. */
interface FreshLine {
  line: ExternalLine;
  sumId: string | undefined;
}

function toExternalLines(lines: readonly StatementLine[], target: Reconciliation): FreshLine[] {
  const { accountId, currency, id: sessionId } = target;
  const seen = new Map<string, number>();
  const unique = new Map<string, FreshLine>();
  const idOf = (date: string, content: string, count: number): string =>
    derivedId('stl', Date.parse(date), JSON.stringify([accountId, currency, content, count]));
  for (const one of lines) {
    const { date, minor, bankId, reference, description, bookedAs } = one;
    const content = contentOf(one);
    const count = bankId === undefined ? (seen.get(content) ?? 0) + 1 : 1;
    seen.set(content, count);
    const id = idOf(date, content, count);
    const line: ExternalLine = {
      id,
      accountId,
      currency,
      sessionId,
      date,
      amount: fromMinorUnits(minor, currency),
      reference,
      description,
      bankId,
      status: 'open',
    };
    unique.set(id, { line, sumId: bookedAs && idOf(bookedAs.date, contentOf(bookedAs), 1) });
  }
  return [...unique.values()];
}

const contentOf = ({ date, minor, bankId, reference, description }: StatementLine): string =>
  JSON.stringify(bankId === undefined ? [date, String(minor), reference, description] : [date, String(minor), bankId]);
