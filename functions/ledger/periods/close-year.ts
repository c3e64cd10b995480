/**
 * The year-end entry: brings income and expense accounts to zero and their result to retained earnings. It closes what is
 * left, so it can be repeated after a late correction, and continued after a crash.
 */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { isAppError } from '../../../layers/kernel/errors/app-error.ts';
import { derivedId } from '../../../layers/kernel/ids.ts';
import { balanceOn, isResultType } from '../../../layers/ledger/account-types.ts';
import {
  firstDay,
  firstPeriodOfYear,
  lastDay,
  lastPeriodOfYear,
  periodOf,
} from '../../../layers/ledger/fiscal-calendar.ts';
import type { LineInput } from '../../../layers/ledger/prepare-lines.ts';
import { addTurnover } from '../../../layers/ledger/totals.ts';
import { fromMinorUnits } from '../../../layers/money/money.ts';
import { forEachAccount, readMovements } from '../accounts/read-balance.ts';
import { readChart } from '../accounts/read-chart.ts';
import { readBooks } from '../books/read-books.ts';
import { postEntry, type StoredEntry } from '../journal-entries/post-entries.ts';
import { refused } from '../refused.ts';
import { numberingEntity } from './period-entity.ts';

/** A line, its counterpart's share and their totals: so many accounts fit into one transaction. */
const balancesPerEntry = 25;

/** What is left on a result account in one currency: minor units, debit positive. */
interface Rest {
  accountId: string;
  currency: string;
  net: bigint;
  baseNet: bigint;
}

/** @throws AppError `conflict` when the last period of the year is closed or retained earnings has no account */
export async function closeYear(session: TenantSession, fiscalYear: number): Promise<StoredEntry[]> {
  const books = await readBooks(session);
  const equity = books.roles['retained-earnings'];
  if (equity === undefined)
    throw refused(
      'conflict',
      'Name the account with the role "retained-earnings" in the ledger settings first.',
      'حدّد أولًا حساب الدور "retained-earnings" في إعدادات دفتر الأستاذ.',
    );
  const from = firstDay(firstPeriodOfYear(fiscalYear, books.fiscalYearStartMonth));
  const date = lastDay(lastPeriodOfYear(fiscalYear, books.fiscalYearStartMonth));
  // Each entry takes the number after the one before it, or none: what somebody else closes meanwhile is not closed twice.
  const numbering = await session.get(
    numberingEntity,
    { period: periodOf(date), journal: 'closing' },
    { consistent: true },
  );
  const last = numbering?.last ?? 0;
  const seed = `${session.tenantId} ${fiscalYear} ${last}`;
  const rests = await openResults(session, { from, date, baseCurrency: books.baseCurrency });
  const entries: StoredEntry[] = [];
  for (let start = 0; start < rests.length; start += balancesPerEntry)
    entries.push(
      await postEntry(
        session,
        {
          id: derivedId('jrn', Date.parse(date), `${seed} ${start}`),
          journal: 'closing',
          date,
          description: `Closing of fiscal year ${fiscalYear}`,
          descriptionAr: `إقفال السنة المالية ${fiscalYear}`,
          lines: closingLines(rests.slice(start, start + balancesPerEntry), equity, books.baseCurrency),
          source: { type: 'closing' },
          allowsInactiveAccounts: true,
        },
        {
          also: (_, [entry]) => {
            if (entry!.number !== last + entries.length + 1) throw closedByAnother();
          },
        },
      ).catch(refuseTwin),
    );
  return entries;
}

function refuseTwin(error: unknown): never {
  if (isAppError(error) && error.code === 'already_exists') throw closedByAnother();
  throw error;
}

const closedByAnother = () =>
  refused('conflict', 'The year is being closed by somebody else.', 'يجري إقفال السنة من مستخدم آخر.');

async function openResults(
  session: TenantSession,
  span: { from: string; date: string; baseCurrency: string },
): Promise<Rest[]> {
  const ids = (await readChart(session))
    .filter(({ type, hasLines }) => isResultType(type) && hasLines)
    .map(({ id }) => id);
  const found = await forEachAccount(ids, async (accountId) =>
    (await readMovements(session, accountId, span)).map(({ currency, opening, within }) => {
      const { debit, credit, baseDebit, baseCredit } = addTurnover(opening, within);
      return {
        accountId,
        currency,
        net: balanceOn('debit', debit, credit),
        baseNet: balanceOn('debit', baseDebit, baseCredit),
      };
    }),
  );
  return found.flat().filter(({ net, baseNet }) => net !== 0n || baseNet !== 0n);
}

/** Each rest and its counterpart; amount and base value may lie on different sides, and then take a line each. */
function closingLines(rests: readonly Rest[], equity: string, baseCurrency: string): LineInput[] {
  const own = rests.flatMap(({ accountId, currency, net, baseNet }) =>
    linesOf(accountId, currency, -net, -baseNet, baseCurrency),
  );
  const counterparts = [...new Set(rests.map(({ currency }) => currency))].flatMap((currency) => {
    const ofCurrency = rests.filter((rest) => rest.currency === currency);
    const net = ofCurrency.reduce((sum, rest) => sum + rest.net, 0n);
    const baseNet = ofCurrency.reduce((sum, rest) => sum + rest.baseNet, 0n);
    return linesOf(equity, currency, net, baseNet, baseCurrency);
  });
  return [...own, ...counterparts];
}

function linesOf(accountId: string, currency: string, net: bigint, baseNet: bigint, baseCurrency: string): LineInput[] {
  const line = (amount: bigint, base: bigint, isDebit: boolean): LineInput => ({
    accountId,
    currency,
    side: isDebit ? 'debit' : 'credit',
    amount: fromMinorUnits(magnitude(amount), currency),
    baseAmount: fromMinorUnits(magnitude(base), baseCurrency),
  });
  if (net === 0n && baseNet === 0n) return [];
  if (net === 0n || baseNet === 0n || net > 0n === baseNet > 0n) return [line(net, baseNet, (net || baseNet) > 0n)];
  return [line(net, 0n, net > 0n), line(0n, baseNet, baseNet > 0n)];
}

const magnitude = (value: bigint): bigint => (value < 0n ? -value : value);
