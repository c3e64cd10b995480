/**
 * How far the two sides of a session agree. The statement's closing balance without what is open on it is the ledger's
 * without what is open there; whatever is left is explained by nothing.
 */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { Translated } from '../../../layers/kernel/i18n/locale.ts';
import { sumOfLines } from '../../../layers/ledger/matching/open-line.ts';
import { fromMinorUnits, toMinorUnits } from '../../../layers/money/money.ts';
import { refused } from '../refused.ts';
import { openLinesOf, type SessionLines } from './match-automatically.ts';
import { readExternalLines, turnoverWithin } from './read-open-lines.ts';
import type { Reconciliation } from './session-entity.ts';

export interface SessionProblem {
  check: 'open_statement_lines' | 'incomplete_statement' | 'balance_difference';
  message: Translated;
  /** Whether closing may accept it with a reason. */
  isAcceptable: boolean;
}

export interface SessionFigures {
  open: SessionLines;
  problems: SessionProblem[];
  /** Turnover of the ledger within the session. */
  debit: bigint;
  credit: bigint;
  /** Signed decimals. */
  amounts: {
    ledgerBalance: string;
    openLedger: string;
    openStatement: string;
    statementBalance?: string | undefined;
    /** Present where the statement's balance is known. */
    unexplained?: string | undefined;
  };
}

const maxReads = 5;

/** Lines and totals as of one moment. @throws AppError `conflict` when postings leave no quiet moment */
export async function readFigures(session: TenantSession, target: Reconciliation): Promise<SessionFigures> {
  for (let attempt = 1; ; attempt++) {
    const before = await turnoverWithin(session, target, target);
    const [open, external] = await Promise.all([
      openLinesOf(session, target),
      readExternalLines(session, target, target.from, target.to),
    ]);
    const after = await turnoverWithin(session, target, target);
    const isQuiet =
      before.within?.debit === after.within?.debit &&
      before.within?.credit === after.within?.credit &&
      before.opening?.debit === after.opening?.debit &&
      before.opening?.credit === after.opening?.credit;
    if (isQuiet) {
      const { debit = 0n, credit = 0n } = after.within ?? {};
      const { debit: debitBefore = 0n, credit: creditBefore = 0n } = after.opening ?? {};
      const ledgerBalance = debitBefore - creditBefore + debit - credit;
      return { open, debit, credit, ...compare(target, open, external, ledgerBalance) };
    }
    if (attempt === maxReads)
      throw refused(
        'conflict',
        'Entries are being posted all the time; try again.',
        'تُرحّل قيود باستمرار؛ حاول مرة أخرى.',
      );
  }
}

function compare(
  { currency, openingBalance, closingBalance }: Reconciliation,
  open: SessionLines,
  external: readonly { amount: string }[],
  ledgerBalance: bigint,
): Pick<SessionFigures, 'problems' | 'amounts'> {
  const minorOf = (text: string): bigint => toMinorUnits(text, currency);
  const show = (minor: bigint): string => fromMinorUnits(minor, currency);
  const sum = (lines: readonly { amount: string }[]): bigint =>
    lines.reduce((total, { amount }) => total + minorOf(amount), 0n);
  const problems: SessionProblem[] = [];
  const [openLedger, openStatement] = [sumOfLines(open.ledger), sum(open.external)];
  if (open.external.length > 0)
    problems.push({
      check: 'open_statement_lines',
      message: {
        en: `Statement lines are open: ${open.external.length}. Match them, or book them as a difference.`,
        ar: `سطور كشف مفتوحة: ${open.external.length}. طابقها أو قيّدها فروقًا.`,
      },
      isAcceptable: false,
    });
  const amounts = {
    ledgerBalance: show(ledgerBalance),
    openLedger: show(openLedger),
    openStatement: show(openStatement),
  };
  if (closingBalance === undefined) return { problems, amounts };
  if (openingBalance !== undefined) {
    const missing = minorOf(closingBalance) - minorOf(openingBalance) - sum(external);
    if (missing !== 0n)
      problems.push({
        check: 'incomplete_statement',
        message: {
          en: `The statement's lines do not lead from its opening to its closing balance: ${show(missing)} is missing.`,
          ar: `سطور الكشف لا تصل من رصيده الافتتاحي إلى الختامي: ينقص ${show(missing)}.`,
        },
        isAcceptable: true,
      });
  }
  const unexplained = minorOf(closingBalance) - openStatement - (ledgerBalance - openLedger);
  if (unexplained !== 0n)
    problems.push({
      check: 'balance_difference',
      message: {
        en: `The balances differ by ${show(unexplained)} ${currency} that no open line explains.`,
        ar: `يختلف الرصيدان بمقدار ${show(unexplained)} ${currency} لا يفسره أي سطر مفتوح.`,
      },
      isAcceptable: true,
    });
  return { problems, amounts: { ...amounts, statementBalance: closingBalance, unexplained: show(unexplained) } };
}
