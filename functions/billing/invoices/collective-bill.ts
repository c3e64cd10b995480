/**
 * What one customer has of one billing run, or of a period, on one sheet: its invoices, the meters on them, and what the account
 * has to pay. Invoices hold up to 80 meters each; a ministry pays them together.
 */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError, notFound } from '../../../layers/kernel/errors/app-error.ts';
import { sideBySide } from '../../../layers/kernel/side-by-side.ts';
import { fromUnits, toUnits } from '../../../layers/metering/register.ts';
import { balancesOf } from '../accounts/show-account.ts';
import type { Customer } from '../customers/customer-schema.ts';
import { type CollectiveScope, scopeKey } from '../documents/collective-bill-ref.ts';
import type { CollectiveBill } from './collective-bill-schema.ts';
import { invoicesOfScope } from './collective-scope.ts';
import { newestNote } from './difference-notes.ts';
import { amountOf, minorOf } from './invoice-amounts.ts';
import type { StoredInvoice } from './invoice-entity.ts';
import { findOfCustomer } from './list-of-customer.ts';

/** Notes read at a time: of many meters one has a quarter of a megabyte. */
const atATime = 10;

export interface MeterOfBill {
  meterId: string;
  invoiceNumber: string;
  currency: string;
  period: { from: string; to: string };
  kwh: string;
  estimated: boolean;
  amount: string;
}

/** Bills of meters: half of them take 415 MB of the function's 1,024 on paper, and three of its 29 seconds. */
const mostBills = 4_000;

/**
 * As it is now: invoices that were cancelled since are left out, what was paid counts, and meters have the bills that difference
 * notes made anew.
 * @param most bills of meters that a period may have; a run has one of each meter
 * @throws AppError `not_found` when none of the customer's invoices is of the scope, `unprocessable` for a period with too many
 */
export async function collectiveBillOf(
  session: TenantSession,
  scope: CollectiveScope,
  { id: customerId, accountNumber }: Pick<Customer, 'id' | 'accountNumber'>,
  most = mostBills,
): Promise<{ bill: CollectiveBill; meters: MeterOfBill[] }> {
  const { period, days, mayBe, isOne } = await invoicesOfScope(session, scope);
  const isTooLong = (some: readonly { meters: readonly unknown[] }[]): boolean =>
    !('runId' in scope) && some.reduce((sum, { meters }) => sum + meters.length, 0) > most;
  const charged = await findOfCustomer(session, customerId, {
    days,
    mayBe,
    take: ({ bills, ...invoice }) =>
      invoice.status === 'cancelled' || !isOne(invoice)
        ? []
        : [{ invoice, meters: metersOf(invoice, bills), isCorrected: false }],
    isEnough: isTooLong,
  });
  if (isTooLong(charged))
    throw new AppError('unprocessable', undefined, {
      texts: {
        en: `More than ${most} bills of meters end within the period: ask for fewer days.`,
        ar: `تنتهي في الفترة أكثر من ${most} فاتورة عداد: اطلب أيامًا أقل.`,
      },
    });
  if (charged.length === 0) throw notFound('collective bill', `${scopeKey(scope)}/${customerId}`);
  const found = await sideBySide(charged, atATime, async (each) => {
    const note = await newestNote(session, each.invoice);
    return note === undefined ? each : { ...each, meters: metersOf(each.invoice, note.bills), isCorrected: true };
  });
  const invoices = found
    .map(lineOf)
    .sort((a, b) => a.invoiceNumber.localeCompare(b.invoiceNumber, 'en', { numeric: true }));
  const balances = new Map((await balancesOf(session, customerId)).map((each) => [each.currency, each.balance]));
  const totals = [...Map.groupBy(invoices, ({ currency }) => currency)].map(([currency, own]) => {
    const sum = (field: 'totalAmount' | 'dueAmount'): bigint =>
      own.reduce((total, each) => total + minorOf(each[field], currency), 0n);
    const balance = minorOf(balances.get(currency) ?? '0', currency);
    return {
      ...{ currency, invoices: own.length },
      meters: countMeters(found.flatMap(({ meters }) => meters).filter((meter) => meter.currency === currency)),
      totalAmount: amountOf(sum('totalAmount'), currency),
      dueAmount: amountOf(sum('dueAmount'), currency),
      otherBalance: amountOf(balance - sum('dueAmount'), currency),
      balance: amountOf(balance, currency),
    };
  });
  const dueDate = invoices.map((each) => each.dueDate).sort()[0]!;
  const issueDate = found
    .map(({ invoice }) => invoice.issueDate)
    .sort()
    .at(-1)!;
  return {
    bill: {
      ...('runId' in scope ? { runId: scope.runId } : {}),
      ...{ customerId, period, issueDate, dueDate },
      paymentReference: accountNumber,
      ...{ totals, invoices },
    },
    meters: found
      .flatMap(({ meters }) => meters)
      .sort(
        (a, b) =>
          a.meterId.localeCompare(b.meterId, 'en', { numeric: true }) || a.period.from.localeCompare(b.period.from),
      ),
  };
}

type Head = Omit<StoredInvoice, 'bills'>;

const lineOf = ({ invoice, meters, isCorrected }: { invoice: Head; meters: MeterOfBill[]; isCorrected: boolean }) => {
  const { id, invoiceNumber, group, period, dueDate, currency, totalAmount, dueAmount, status } = invoice;
  const corrected = meters.reduce((sum, { amount }) => sum + minorOf(amount, currency), 0n);
  return {
    ...{ id, invoiceNumber, period, dueDate, currency, totalAmount, dueAmount, status },
    ...(group === undefined ? {} : { group }),
    ...(isCorrected ? { correctedAmount: amountOf(corrected, currency) } : {}),
    meters: countMeters(meters),
    kwh: fromUnits(meters.reduce((sum, { kwh }) => sum + BigInt(toUnits(kwh)!), 0n)),
    estimated: meters.some(({ estimated }) => estimated),
  };
};

/** One that changed its supply within the days has two bills. */
const countMeters = (meters: readonly MeterOfBill[]): number => new Set(meters.map(({ meterId }) => meterId)).size;

const metersOf = ({ invoiceNumber, currency }: Head, bills: StoredInvoice['bills']): MeterOfBill[] =>
  bills.map(({ meterId, bill: { from, to, importKwh, estimated, total } }) => ({
    ...{ meterId, invoiceNumber, currency, period: { from, to }, kwh: importKwh, estimated, amount: total },
  }));
