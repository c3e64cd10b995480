/**
 * What one customer of many meters has of one billing run, on one sheet: its invoices, the meters on them, and what the account
 * has to pay. Invoices hold up to 80 meters each; a ministry pays them together.
 */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { notFound } from '../../../layers/kernel/errors/app-error.ts';
import { fromUnits, toUnits } from '../../../layers/metering/register.ts';
import { addDays } from '../../../layers/tariff/calendar.ts';
import { balancesOf } from '../accounts/show-account.ts';
import { customerEntity } from '../customers/customer-entity.ts';
import { runEntity } from '../runs/run-entity.ts';
import type { CollectiveBill } from './collective-bill-schema.ts';
import { amountOf, minorOf } from './invoice-amounts.ts';
import type { StoredInvoice } from './invoice-entity.ts';
import { findOfCustomer } from './list-of-customer.ts';
import { longestBillDays } from './price-supplies.ts';

export interface MeterOfBill {
  meterId: string;
  invoiceNumber: string;
  currency: string;
  period: { from: string; to: string };
  kwh: string;
  estimated: boolean;
  amount: string;
}

/**
 * As it is now: invoices that were cancelled since are left out, and what was paid counts.
 * @throws AppError `not_found` when the run made no invoice for the customer
 */
export async function collectiveBillOf(
  session: TenantSession,
  runId: string,
  customerId: string,
): Promise<{ bill: CollectiveBill; meters: MeterOfBill[] }> {
  const [run, { accountNumber }] = await Promise.all([
    session.require(runEntity, { id: runId }),
    session.require(customerEntity, { id: customerId }),
  ]);
  const found = await findOfCustomer(session, customerId, {
    days: { from: addDays(run.period.to, -longestBillDays), to: run.period.to },
    mayBe: (pointer) => pointer.runId === runId && pointer.kind === 'invoice',
    take: (invoice) => (invoice.status === 'cancelled' ? [] : [{ line: lineOf(invoice), meters: metersOf(invoice) }]),
  });
  if (found.length === 0) throw notFound('collective bill', `${runId}/${customerId}`);
  const invoices = found
    .map(({ line }) => line)
    .sort((a, b) => a.invoiceNumber.localeCompare(b.invoiceNumber, 'en', { numeric: true }));
  const balances = new Map((await balancesOf(session, customerId)).map((each) => [each.currency, each.balance]));
  const totals = [...Map.groupBy(invoices, ({ currency }) => currency)].map(([currency, own]) => {
    const sum = (field: 'totalAmount' | 'dueAmount'): bigint =>
      own.reduce((total, each) => total + minorOf(each[field], currency), 0n);
    const balance = minorOf(balances.get(currency) ?? '0', currency);
    return {
      ...{ currency, invoices: own.length, meters: own.reduce((count, { meters }) => count + meters, 0) },
      totalAmount: amountOf(sum('totalAmount'), currency),
      dueAmount: amountOf(sum('dueAmount'), currency),
      otherBalance: amountOf(balance - sum('dueAmount'), currency),
      balance: amountOf(balance, currency),
    };
  });
  const dueDate = invoices.map((each) => each.dueDate).sort()[0]!;
  return {
    bill: {
      ...{ runId, customerId, period: run.period, issueDate: run.issueDate, dueDate },
      paymentReference: accountNumber,
      ...{ totals, invoices },
    },
    meters: found
      .flatMap(({ meters }) => meters)
      .sort((a, b) => a.meterId.localeCompare(b.meterId, 'en', { numeric: true })),
  };
}

const kwhOf = (bills: StoredInvoice['bills']): string =>
  fromUnits(bills.reduce((sum, { bill }) => sum + BigInt(toUnits(bill.importKwh)!), 0n));

const lineOf = (invoice: StoredInvoice): CollectiveBill['invoices'][number] => {
  const { id, invoiceNumber, group, period, dueDate, currency, bills, estimated, totalAmount, dueAmount, status } =
    invoice;
  return {
    ...{ id, invoiceNumber, period, dueDate, currency, estimated, totalAmount, dueAmount, status },
    ...(group === undefined ? {} : { group }),
    ...{ meters: bills.length, kwh: kwhOf(bills) },
  };
};

const metersOf = ({ invoiceNumber, currency, bills }: StoredInvoice): MeterOfBill[] =>
  bills.map(({ meterId, bill: { from, to, importKwh, estimated, total } }) => ({
    ...{ meterId, invoiceNumber, currency, period: { from, to }, kwh: importKwh, estimated, amount: total },
  }));
