/** What one customer adds to a report: a walk over the entries of the account, whatever the report. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { type AccountEntry, readEntries } from '../accounts/account-entity.ts';
import type { EntryType } from '../accounts/entry-types.ts';
import type { Customer } from '../customers/customer-schema.ts';
import { invoiceEntity } from '../invoices/invoice-entity.ts';
import type { Payment } from '../payments/payment-schema.ts';
import { type Ages, ageEntries, isInvoice } from './age-account.ts';
import type { CashierOf } from './cashier-of-payment.ts';
import { countPayments } from './count-payments.ts';
import type { Report } from './report-entity.ts';
import { groupOfCustomer, groupOfPayment } from './report-groups.ts';
import { sumName } from './report-periods.ts';
import type { ReportOrder } from './report-schema.ts';
import { type Debtor, debtsOf } from './top-debtors.ts';
import type { Totals } from './totals.ts';

type Add = (measure: string, value: bigint) => void;

/**
 * Where an entry counts in the collection rate. Tokens are paid for before they are sold and would only blur it; what is given
 * back of them to the account settles bills as money does.
 */
const collectionMeasures: Record<EntryType, 'billed' | 'credited' | 'received' | 'returned' | 'prepaid' | undefined> = {
  invoice: 'billed',
  difference_note: 'billed',
  late_fee: 'billed',
  credit_note: 'credited',
  payment: 'received',
  prepaid_reversal: 'received',
  prepaid_credit: 'received',
  payment_reversal: 'returned',
  refund: 'returned',
  refund_returned: 'returned',
  prepaid_sale: 'prepaid',
  // The other side of the sale.
  prepaid_payment: undefined,
};

interface Counting {
  totals: Totals;
  timeZone: string;
  cashierOf: CashierOf;
}

/** @returns what is overdue, for a report on debtors */
export async function countCustomer(
  session: TenantSession,
  customer: Customer,
  order: ReportOrder & Pick<Report, 'ageingDays'>,
  { totals, timeZone, cashierOf }: Counting,
): Promise<Debtor[]> {
  if (order.kind === 'collections') {
    const groupOf = (payment: Payment) => groupOfPayment(payment, customer, order.by, cashierOf);
    await countPayments(session, customer.id, order, { totals, timeZone, groupOf });
    return [];
  }
  const [to, from] = daysRead(order);
  const entries = await readEntries(session, customer.id, to, from);
  const dueDates = 'asOf' in order ? await readDueDates(session, entries) : undefined;
  const dueDateOf = (id: string): string | undefined => dueDates?.get(id);
  const debtors: Debtor[] = [];
  for (const [currency, own] of Map.groupBy(entries, (entry) => entry.currency)) {
    const add: Add = (measure, value) => totals.add(currency, groupOfCustomer(customer, order.by), measure, value);
    if ('asOf' in order) {
      if (order.kind === 'top_debtors') debtors.push(...debtsOf(customer.id, own, order.asOf, dueDateOf));
      else countAges(ageEntries(own, order.asOf, { dueDateOf, ageingDays: order.ageingDays }), add);
    } else if (order.kind === 'collection_rate')
      for (const [name, days] of Map.groupBy(own, ({ date }) => sumName(currency, date, order.per)))
        countCollection(days, (measure, value) =>
          totals.add(name, groupOfCustomer(customer, order.by), measure, value),
        );
    else countMovements(own, order.from, add);
  }
  return debtors;
}

function countAges(ages: Ages, add: Add): void {
  for (const [bucket, minor] of Object.entries(ages)) add(bucket, minor);
  if (Object.keys(ages).length > 0) add('customers', 1n);
}

/** Ages and balances follow from all entries before; a collection rate from those of its own days. */
function daysRead(order: ReportOrder): [to: string, from?: string] {
  if ('asOf' in order) return [order.asOf];
  return order.kind === 'collection_rate' ? [order.to, order.from] : [order.to];
}

/** Of invoices whose entries do not hold the day they were due. */
async function readDueDates(session: TenantSession, entries: readonly AccountEntry[]): Promise<Map<string, string>> {
  const missing = entries.filter((entry) => isInvoice(entry) && entry.dueDate === undefined).map(({ id }) => ({ id }));
  if (missing.length === 0) return new Map();
  return new Map((await session.getMany(invoiceEntity, missing)).map(({ id, dueDate }) => [id, dueDate]));
}

function countCollection(entries: readonly AccountEntry[], add: Add): void {
  for (const { type, minor } of entries) {
    const measure = collectionMeasures[type];
    if (measure === undefined) continue;
    add(measure, BigInt(minor));
    if (type === 'prepaid_reversal' || type === 'prepaid_credit') add('fromPrepaid', BigInt(minor));
  }
}

function countMovements(entries: readonly AccountEntry[], from: string, add: Add): void {
  for (const { date, type, minor } of entries) {
    if (date < from) add('opening', BigInt(minor));
    else {
      add(`sum:${type}`, BigInt(minor));
      add(`count:${type}`, 1n);
    }
  }
}
