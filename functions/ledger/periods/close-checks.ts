/**
 * What stands in the way of closing a period. Each check is a function of its own, so that what comes later (sessions of
 * reconciliation) adds a line to the list and nothing else.
 */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { Translated } from '../../../layers/kernel/i18n/locale.ts';
import { openFailures } from '../failed-postings/failed-posting-entity.ts';
import { listEntries } from '../journal-entries/list-entries.ts';
import { readPeriods } from './read-periods.ts';

export interface CloseProblem {
  /** `drafts`, `earlier_period_open`, `failed_postings` … */
  check: string;
  message: Translated;
  /** Ids of what is in the way, the first few. */
  ids: string[];
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

export const closeChecks: readonly CloseCheck[] = [noEarlierPeriodOpen, noDrafts, noFailedPostings];

export async function problemsOfClosing(session: TenantSession, period: string): Promise<CloseProblem[]> {
  return (await Promise.all(closeChecks.map((check) => check(session, period)))).flat();
}
