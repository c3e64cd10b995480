/** Opens a session. An account has one open session in a currency, and sessions follow each other in time. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { isAppError } from '../../../layers/kernel/errors/app-error.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { fromMinorUnits, toMinorUnits } from '../../../layers/money/money.ts';
import { accountEntity } from '../accounts/account-entity.ts';
import { readBooks } from '../books/read-books.ts';
import { raced, whileRacing } from '../journal-entries/race.ts';
import { refused } from '../refused.ts';
import { dayAfter } from './read-open-lines.ts';
import { type Reconciliation, reconciledAccountEntity, sessionEntity } from './session-entity.ts';

export interface NewSession {
  accountId: string;
  currency?: string | undefined;
  from?: string | undefined;
  to: string;
  description?: string | undefined;
  openingBalance?: string | undefined;
  closingBalance?: string | undefined;
}

export function openReconciliation(session: TenantSession, asked: NewSession): Promise<Reconciliation & Stored> {
  return whileRacing(async () => {
    const { accountId, to } = asked;
    const [account, { baseCurrency }] = await Promise.all([
      session.require(accountEntity, { id: accountId }),
      readBooks(session),
    ]);
    if (!account.allowsPosting)
      throw refused('unprocessable', `Account "${accountId}" is a group.`, `الحساب "${accountId}" تجميعي.`);
    const currency = asked.currency ?? account.currency ?? baseCurrency;
    const reconciled = await session.get(reconciledAccountEntity, { accountId, currency }, { consistent: true });
    if (reconciled?.openSessionId !== undefined)
      throw refused(
        'conflict',
        `Session ${reconciled.openSessionId} of this account is open; close it first.`,
        `الجلسة ${reconciled.openSessionId} لهذا الحساب مفتوحة؛ أقفلها أولًا.`,
      );
    const last = reconciled?.spans.at(-1);
    const from = asked.from ?? (last === undefined ? `${to.slice(0, 7)}-01` : dayAfter(last.to));
    if (from > to)
      throw refused('unprocessable', 'The first day is after the last one.', 'تاريخ البداية بعد تاريخ النهاية.');
    if (last !== undefined && from <= last.to)
      throw refused('conflict', `The account is reconciled to ${last.to}.`, `الحساب مسوّى حتى ${last.to}.`);
    const id = newId('rec');
    return session
      .transact('ledger', (unit) => {
        if (reconciled === undefined)
          unit.create(reconciledAccountEntity, { accountId, currency, since: from, openSessionId: id, spans: [] });
        else {
          // Nothing was reconciled before: the session that is opened first says where it begins.
          const since = reconciled.spans.length === 0 ? from : reconciled.since;
          const changes = { openSessionId: id, since };
          unit.update(reconciledAccountEntity, reconciled, changes, { isAudited: false, refused: raced });
        }
        return unit.create(sessionEntity, {
          id,
          accountId,
          currency,
          from,
          to,
          description: asked.description,
          status: 'open',
          openingBalance: exact(asked.openingBalance, currency),
          closingBalance: exact(asked.closingBalance, currency),
        });
      })
      .catch((error: unknown) => {
        // Two opened the first session of the account at once.
        throw isAppError(error) && error.code === 'already_exists' ? raced() : error;
      });
  });
}

/** @throws AppError `unprocessable` for decimals the currency has no place for */
export function exact(amount: string | undefined, currency: string): string | undefined {
  if (amount === undefined) return undefined;
  try {
    return fromMinorUnits(toMinorUnits(amount, currency), currency);
  } catch {
    throw refused(
      'unprocessable',
      `"${amount}" is no amount in ${currency}.`,
      `"${amount}" ليس مبلغًا بعملة ${currency}.`,
    );
  }
}
