/** An invoice of bills before it is written: its id and number follow from what it bills, so that the same made twice is one. */
import { derivedId } from '../../../layers/kernel/ids.ts';
import { addDays } from '../../../layers/tariff/calendar.ts';
import type { Customer } from '../customers/customer-schema.ts';
import { amountOf, totalsOf } from './invoice-amounts.ts';
import type { Invoice } from './invoice-schema.ts';
import type { PricedSupply } from './price-supplies.ts';

export interface IssueOptions {
  issueDate: string;
  dueDays: number;
  runId?: string;
  /** Whether all of a customer's are told of together afterwards, where the customer wants it so. */
  mayBeCollective?: boolean;
}

/** @param group bills of one currency, as many as one holds */
export function draftInvoice(customer: Customer, group: readonly PricedSupply[], options: IssueOptions): Invoice {
  const bills = group.map(({ supplied }) => supplied);
  const currency = bills[0]!.bill.currency;
  const from = bills.map(({ bill }) => bill.from).sort()[0]!;
  const to = bills
    .map(({ bill }) => bill.to)
    .sort()
    .at(-1)!;
  const parts = group.map(({ supply: { id, version } }) => `${id}/${version}`).sort();
  const seed = `${customer.id} ${currency} ${parts.join(' ')}`;
  return {
    // Follows from what it bills: the same bill made twice has one key.
    id: derivedId('inv', Date.parse(to), seed),
    invoiceNumber: numberOf(customer, group, to),
    kind: 'invoice',
    customerId: customer.id,
    customerType: customer.type,
    accountNumber: customer.accountNumber,
    period: { from, to },
    issueDate: options.issueDate,
    dueDate: addDays(options.issueDate, options.dueDays),
    currency,
    ...(group[0]!.supply.invoiceGroup === undefined ? {} : { group: group[0]!.supply.invoiceGroup }),
    ...(customer.collectiveBill && options.mayBeCollective ? { isCollective: true } : {}),
    bills,
    ...totalsOf(bills, currency),
    paidAmount: amountOf(0n, currency),
    status: 'issued',
    estimated: bills.some(({ bill }) => bill.estimated),
    ...(options.runId === undefined ? {} : { runId: options.runId }),
  };
}

/**
 * The account's number, the last day, and the place of the first supply that is billed up to it. A supply is billed up to a day
 * once, and once more after each cancellation, so the number is nobody else's.
 * @param to first day after the invoice's period
 */
function numberOf({ accountNumber }: Customer, group: readonly PricedSupply[], to: string): string {
  const upToEnd = group.filter(({ supplied }) => supplied.bill.to === to).map(({ supply }) => supply);
  const { place, cancelledBills = 0 } = upToEnd.reduce((a, b) => (b.place < a.place ? b : a));
  const parts = [...(place > 1 ? [String(place)] : []), ...(cancelledBills > 0 ? [`R${cancelledBills}`] : [])];
  return [accountNumber, addDays(to, -1).replaceAll('-', ''), ...parts].join('-');
}
