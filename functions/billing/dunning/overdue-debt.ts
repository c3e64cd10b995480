/** What a customer owes past its day, and how much of it may be collected by force: what was agreed upon in instalments is not. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { addDays } from '../../../layers/tariff/calendar.ts';
import { readAdvance } from '../accounts/account-entity.ts';
import { minorOf } from '../invoices/invoice-amounts.ts';
import type { Invoice } from '../invoices/invoice-schema.ts';
import { openOfCustomer } from '../invoices/open-of-customer.ts';
import { readActiveAgreement } from '../prepaid/arrears-agreement.ts';

/** Who asks for what dunning asks for. */
export const dunningSubject = 'dunning';

/**
 * Minor units by currency, beyond what is paid ahead: money that waits for the next invoice, as that of one that was cancelled,
 * is with the utility, and who is in credit owes nothing. Currencies with nothing left are missing.
 */
export async function overdueAmounts(
  session: TenantSession,
  customerId: string,
  today: string,
): Promise<Map<string, bigint>> {
  const sums = new Map<string, bigint>();
  for (const { currency, dueDate, dueAmount } of await openOfCustomer(session, customerId))
    if (dueDate < today) sums.set(currency, (sums.get(currency) ?? 0n) + minorOf(dueAmount, currency));
  for (const [currency, minor] of sums) {
    const left = minor - BigInt((await readAdvance(session, customerId, currency))?.minor ?? '0');
    if (left > 0n) sums.set(currency, left);
    else sums.delete(currency);
  }
  return sums;
}

/** Whether money paid ahead leaves anything of what is due up to the day of an invoice, itself included: it covers what was due first. */
export async function isOwedUpTo(
  session: TenantSession,
  { customerId, currency, dueDate }: Pick<Invoice, 'customerId' | 'currency' | 'dueDate'>,
): Promise<boolean> {
  return (await overdueAmounts(session, customerId, addDays(dueDate, 1))).has(currency);
}

/** Without what an agreement still has to bring in; currencies with nothing left are missing. */
export async function collectableAmounts(
  session: TenantSession,
  customerId: string,
  today: string,
): Promise<Map<string, bigint>> {
  const owed = await overdueAmounts(session, customerId, today);
  const left = new Map<string, bigint>();
  for (const [currency, minor] of owed) {
    const agreement = await readActiveAgreement(session, customerId, currency);
    const agreed =
      agreement === undefined ? 0n : minorOf(agreement.amount, currency) - minorOf(agreement.recoveredAmount, currency);
    if (minor > agreed) left.set(currency, minor - agreed);
  }
  return left;
}
