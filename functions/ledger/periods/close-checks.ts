/**
 * What stands in the way of closing a period. Each check is a function of its own, so that what comes later adds a line to
 * the list and nothing else. What is not reconciled blocks, warns or is ignored, as the tenant wants.
 */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { Translated } from '../../../layers/kernel/i18n/locale.ts';
import { lastDay } from '../../../layers/ledger/fiscal-calendar.ts';
import { readBooks } from '../books/read-books.ts';
import { openFailures } from '../failed-postings/failed-posting-entity.ts';
import { openItemsOfAll } from '../intermediate-accounts/list-open-items.ts';
import { listEntries } from '../journal-entries/list-entries.ts';
import { type Reconciliation, sessionEntity } from '../reconciliation/session-entity.ts';
import { readPeriods } from './read-periods.ts';

export interface CloseProblem {
  /** `drafts`, `earlier_period_open`, `failed_postings`, `open_reconciliations`, `open_items` */
  check: string;
  message: Translated;
  /** Ids of what is in the way, the first few. */
  ids: string[];
  /** Worth knowing, and no reason to refuse. @default false */
  isWarning?: boolean;
}

export type CloseCheck = (session: TenantSession, period: string) => Promise<CloseProblem[]>;

const shown = 20;

const noEarlierPeriodOpen: CloseCheck = async (session, period) => {
  const open = (await readPeriods(session)).filter(({ id, status }) => id < period && status === 'open');
  if (open.length === 0) return [];
  return [
    {
      check: 'earlier_period_open',
      message: {
        en: `Earlier periods are open: ${open[0]!.id}. Periods are closed in their order.`,
        ar: `توجد فترات أسبق مفتوحة: ${open[0]!.id}. تُقفل الفترات بالترتيب.`,
      },
      ids: open.slice(0, shown).map(({ id }) => id),
    },
  ];
};

const noDrafts: CloseCheck = async (session, period) => {
  const { items } = await listEntries(session, { status: 'draft', period, order: 'asc' }, { limit: shown });
  if (items.length === 0) return [];
  return [
    {
      check: 'drafts',
      message: {
        en: `Drafts are dated in the period: ${items.length}${items.length === shown ? ' or more' : ''}.`,
        ar: `توجد مسودات في الفترة: ${items.length}${items.length === shown ? ' أو أكثر' : ''}.`,
      },
      ids: items.map(({ id }) => id),
    },
  ];
};

const noFailedPostings: CloseCheck = async (session, period) => {
  const failed = await openFailures(session, period, shown);
  if (failed.length === 0) return [];
  return [
    {
      check: 'failed_postings',
      message: {
        en: `Events of the period wait to be posted: ${failed.length}${failed.length === shown ? ' or more' : ''}.`,
        ar: `أحداث في الفترة بانتظار الترحيل: ${failed.length}${failed.length === shown ? ' أو أكثر' : ''}.`,
      },
      ids: failed.map(({ id }) => id),
    },
  ];
};

const noOpenSessions: CloseCheck = async (session, period) => {
  const { items } = await session.query<Reconciliation>(sessionEntity, {
    index: 'gsi1',
    pk: ['RECONCILIATIONS', 'open'],
    limit: 1000,
  });
  const open = items.filter(({ from }) => from <= lastDay(period));
  if (open.length === 0) return [];
  return [
    {
      check: 'open_reconciliations',
      message: {
        en: `Reconciliation sessions of the period are open: ${open.length}.`,
        ar: `جلسات تسوية مفتوحة في الفترة: ${open.length}.`,
      },
      ids: open.slice(0, shown).map(({ id }) => id),
    },
  ];
};

/** Items that only a later period clears are open at the end of this one, and rightly so; they are told all the same. */
const noOpenItems: CloseCheck = async (session, period) => {
  const open = (await openItemsOfAll(session, lastDay(period))).filter(({ lines }) => lines.length > 0);
  if (open.length === 0) return [];
  const accounts = [...new Set(open.map(({ account }) => account.id))];
  return [
    {
      check: 'open_items',
      message: {
        en: `Intermediate accounts have open items: ${accounts.slice(0, shown).join(', ')}.`,
        ar: `حسابات وسيطة فيها بنود مفتوحة: ${accounts.slice(0, shown).join('، ')}.`,
      },
      ids: accounts.slice(0, shown),
    },
  ];
};

const closeChecks: readonly CloseCheck[] = [noEarlierPeriodOpen, noDrafts, noFailedPostings];
const reconciliationChecks: readonly CloseCheck[] = [noOpenSessions, noOpenItems];

/** @param withWarnings false leaves out what refuses nothing, and the reading for it */
export async function problemsOfClosing(
  session: TenantSession,
  period: string,
  { withWarnings }: { withWarnings: boolean },
): Promise<CloseProblem[]> {
  const { reconciliationPolicy = 'warn' } = await readBooks(session);
  const isWarning = reconciliationPolicy === 'warn';
  const isAsked = reconciliationPolicy !== 'ignore' && (withWarnings || !isWarning);
  const run = async (checks: readonly CloseCheck[]) =>
    (await Promise.all(checks.map((check) => check(session, period)))).flat();
  const [problems, unreconciled] = await Promise.all([run(closeChecks), isAsked ? run(reconciliationChecks) : []]);
  return [...problems, ...unreconciled.map((problem) => ({ ...problem, isWarning }))];
}
