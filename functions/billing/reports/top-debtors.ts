/** The customers who owe most that is overdue, of each currency: kept while the walk goes on, named when they are shown. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { daysBetween } from '../../../layers/tariff/calendar.ts';
import type { AccountEntry } from '../accounts/account-entity.ts';
import { customerEntity } from '../customers/customer-entity.ts';
import { amountOf } from '../invoices/invoice-amounts.ts';
import { openDebts } from './age-account.ts';
import type { DebtorRow } from './report-schema.ts';

/** Of each currency: some 20 KB in the row of a part. */
const most = 100;

/** Amounts are minor units, as decimal text. */
export interface Debtor {
  customerId: string;
  currency: string;
  overdue: string;
  balance: string;
  /** Local day the oldest of it was due. */
  due: string;
}

/** @param entries of one currency, up to `asOf` @returns nothing where nothing is overdue */
export function debtsOf(
  customerId: string,
  entries: readonly AccountEntry[],
  asOf: string,
  dueDateOf: (invoiceId: string) => string | undefined,
): Debtor[] {
  const late = openDebts(entries, dueDateOf).debts.filter(({ due }) => due < asOf);
  if (late.length === 0) return [];
  const sum = (amounts: readonly bigint[]): string => String(amounts.reduce((total, amount) => total + amount, 0n));
  return [
    {
      customerId,
      currency: entries[0]!.currency,
      overdue: sum(late.map(({ minor }) => minor)),
      balance: sum(entries.map(({ minor }) => BigInt(minor))),
      due: late[0]!.due,
    },
  ];
}

/** The largest of each currency, the largest first; whoever came first of those that are alike is no matter. */
export function largest(debtors: readonly Debtor[]): Debtor[] {
  const byCurrency = [...Map.groupBy(debtors, ({ currency }) => currency)].sort(([a], [b]) => (a < b ? -1 : 1));
  return byCurrency.flatMap(([, own]) => own.toSorted(byAmount).slice(0, most));
}

function byAmount(a: Debtor, b: Debtor): number {
  const [more, less] = [BigInt(a.overdue), BigInt(b.overdue)];
  if (more !== less) return more > less ? -1 : 1;
  return a.customerId < b.customerId ? -1 : 1;
}

/** @param debtors of all parts; customers that are gone are left out */
export async function debtorRows(
  session: TenantSession,
  debtors: readonly Debtor[],
  asOf: string,
): Promise<DebtorRow[]> {
  const top = largest(debtors);
  const ids = [...new Set(top.map(({ customerId }) => customerId))];
  const customers = await session.getMany(
    customerEntity,
    ids.map((id) => ({ id })),
  );
  const byId = new Map(customers.map((customer) => [customer.id, customer]));
  const ranks = new Map<string, number>();
  return top.flatMap(({ customerId, currency, overdue, balance, due }) => {
    const customer = byId.get(customerId);
    if (customer === undefined) return [];
    const rank = (ranks.get(currency) ?? 0) + 1;
    ranks.set(currency, rank);
    return [
      {
        currency,
        rank,
        customerId,
        accountNumber: customer.accountNumber,
        name: customer.name,
        customerType: customer.type,
        ...(customer.routeId === undefined ? {} : { routeId: customer.routeId }),
        overdueAmount: amountOf(BigInt(overdue), currency),
        balance: amountOf(BigInt(balance), currency),
        oldestDueDate: due,
        daysOverdue: daysBetween(due, asOf),
      },
    ];
  });
}
