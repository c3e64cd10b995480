/** From what somebody wants to post to what may be posted: exact balanced lines on accounts that take them. */
import type { Translated } from '../../../layers/kernel/i18n/locale.ts';
import { periodOf } from '../../../layers/ledger/fiscal-calendar.ts';
import type { Journal } from '../../../layers/ledger/journals.ts';
import { type Line, type LineInput, prepareLines } from '../../../layers/ledger/prepare-lines.ts';
import type { StoredAccount } from '../accounts/read-chart.ts';
import type { Entry } from './entry-entity.ts';

/** An entry somebody wants posted. */
export interface Posting {
  id: string;
  journal: Journal;
  date: string;
  description: string;
  descriptionAr?: string | undefined;
  externalReference?: string | undefined;
  lines: readonly LineInput[];
  source: Entry['source'];
  reversalOf?: string | undefined;
  reason?: string | undefined;
  /** A reversal may touch accounts that take no new lines. @default false */
  allowsInactiveAccounts?: boolean;
  /** What set it off, where several events are posted together. @default the session's */
  trace?: { correlationId: string; causationId: string };
}

export interface PlannedPosting extends Posting {
  period: string;
  lines: readonly Line[];
}

/** @param accounts those of the lines that exist */
export function planPosting(
  posting: Posting,
  accounts: ReadonlyMap<string, StoredAccount>,
  baseCurrency: string,
): { planned: PlannedPosting } | { problems: Translated[] } {
  const prepared = prepareLines(posting.lines, baseCurrency);
  const problems = 'problems' in prepared ? [...prepared.problems] : [];
  for (const id of new Set(posting.lines.map(({ accountId }) => accountId))) {
    const problem = accountProblem(id, accounts.get(id), posting, baseCurrency);
    if (problem) problems.push(problem);
  }
  if ('problems' in prepared || problems.length > 0) return { problems };
  return { planned: { ...posting, period: periodOf(posting.date), lines: prepared.lines } };
}

function accountProblem(
  id: string,
  account: StoredAccount | undefined,
  { lines, allowsInactiveAccounts = false }: Posting,
  baseCurrency: string,
): Translated | undefined {
  if (account === undefined) return { en: `There is no account "${id}".`, ar: `لا يوجد حساب "${id}".` };
  if (!allowsInactiveAccounts && !account.allowsPosting)
    return {
      en: `Account "${id}" is a group and takes no lines.`,
      ar: `الحساب "${id}" تجميعي ولا يقبل قيودًا.`,
    };
  if (!allowsInactiveAccounts && !account.isActive)
    return { en: `Account "${id}" is not active.`, ar: `الحساب "${id}" غير نشط.` };
  const { currency } = account;
  const isForeign = lines.some((line) => line.accountId === id && (line.currency ?? baseCurrency) !== currency);
  if (currency !== undefined && isForeign)
    return {
      en: `Account "${id}" takes lines in ${currency} only.`,
      ar: `الحساب "${id}" لا يقبل إلا عملة ${currency}.`,
    };
  return undefined;
}
