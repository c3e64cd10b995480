/** Which days and currency a statement is of when not all of it is said: the last three months in the tenant's currency. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { addDays } from '../../../layers/tariff/calendar.ts';
import { tenantProfile } from '../../identity/contract.ts';
import { today } from '../invoices/local-day.ts';

const usualDays = 92;

export interface StatementSpan {
  from: string;
  /** Inclusive. */
  to: string;
  currency: string;
}

/** @throws AppError `unprocessable` when it begins after its end */
export async function statementSpan(
  session: TenantSession,
  asked: { [K in keyof StatementSpan]?: string | undefined },
): Promise<StatementSpan> {
  const to = asked.to ?? (await today(session));
  const from = asked.from ?? addDays(to, -usualDays);
  if (from > to)
    throw new AppError('unprocessable', undefined, {
      texts: { en: '`from` is after `to`.', ar: 'البداية بعد النهاية.' },
    });
  return { from, to, currency: asked.currency ?? (await tenantProfile(session)).currency };
}
