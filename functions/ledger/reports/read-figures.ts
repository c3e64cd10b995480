/**
 * Reads what a statement is made of: the totals of every account that has lines, as of one moment. Every posting changes
 * the number of its journal, so numbers that stood still while the totals were read say that the totals fit together.
 */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { dayBefore, periodOf } from '../../../layers/ledger/fiscal-calendar.ts';
import type { AccountFigures } from '../../../layers/ledger/statements.ts';
import { subtractTurnover, type TotalsRow, turnoverUpTo } from '../../../layers/ledger/totals.ts';
import { forEachAccount } from '../accounts/read-balance.ts';
import { readChart, type StoredAccount } from '../accounts/read-chart.ts';
import { readTotals } from '../journal-entries/totals-entity.ts';
import { type Numbering, numberingEntity } from '../periods/period-entity.ts';
import { refused } from '../refused.ts';

const maxReads = 5;

/** @throws AppError `conflict` when postings leave no quiet moment */
export async function readFigures(
  session: TenantSession,
  span: { from: string; to: string; baseCurrency: string },
): Promise<AccountFigures[]> {
  for (let attempt = 1; ; attempt++) {
    const before = await lastNumbers(session, span.to);
    const chart = await readChart(session);
    const figures = await forEachAccount(chart, async (account) =>
      figuresOf(account, account.hasLines ? await readTotals(session, account.id, periodOf(span.to)) : [], span),
    );
    if ((await lastNumbers(session, span.to)) === before) return figures;
    if (attempt === maxReads)
      throw refused(
        'conflict',
        'Entries are being posted all the time; try again, or choose closed periods.',
        'تُرحّل قيود باستمرار؛ حاول مرة أخرى أو اختر فترات مقفلة.',
      );
  }
}

function figuresOf(
  account: StoredAccount,
  rows: readonly TotalsRow[],
  { from, to, baseCurrency }: { from: string; to: string; baseCurrency: string },
): AccountFigures {
  const until = (date: string, part: readonly TotalsRow[]) => turnoverUpTo(part, date, baseCurrency);
  const closing = rows.filter(({ kind }) => kind === 'closing');
  const start = dayBefore(from);
  const before = until(start, rows);
  return {
    account,
    before,
    within: subtractTurnover(until(to, rows), before),
    closingWithin: subtractTurnover(until(to, closing), until(start, closing)),
  };
}

async function lastNumbers(session: TenantSession, to: string): Promise<string> {
  const page = await session.query<Numbering>(numberingEntity, {
    pk: ['NUMBERING'],
    to: [periodOf(to), '~'],
    limit: 10_000,
    consistent: true,
  });
  return page.items.map(({ last }) => last).join();
}
