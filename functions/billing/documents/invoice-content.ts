/** What stands on an invoice, read together as it was when the invoice was issued: payments made later do not change a bill. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { fromUnits, toUnits } from '../../../layers/metering/register.ts';
import { dayStart } from '../../../layers/tariff/calendar.ts';
import { tenantProfile } from '../../identity/contract.ts';
import { type CountedWith, countedWith, type RegisterReading, registerAt } from '../../metering/contract.ts';
import { amountOf, minorOf } from '../invoices/invoice-amounts.ts';
import { invoiceEntity, madeAtOf, type StoredInvoice } from '../invoices/invoice-entity.ts';
import { findOfCustomer } from '../invoices/list-of-customer.ts';
import { paymentEntity } from '../payments/payment-entity.ts';
import { balanceBefore } from './balance-before.ts';

export interface MonthOfUsage {
  /** First local day of the bill. */
  from: string;
  /** Decimal text. */
  kwh: string;
  estimated: boolean;
  isThis: boolean;
}

export interface BilledRegister {
  previous: RegisterReading | undefined;
  current: RegisterReading | undefined;
  /** How the energy of the bill follows from the two. */
  by: CountedWith;
}

export interface InvoiceContent {
  invoice: StoredInvoice;
  /** Registers at the edges of each bill as they were known when it was made, by meter and in the order of the bills; undefined where none is known. */
  readings: BilledRegister[];
  /** Number of the invoice that a difference note or late fee is about, of the payment that came back. */
  about: string | undefined;
  /** What was owed before it and is on no other paper of the day, decimal text; negative when in credit. */
  previousBalance: string;
  months: MonthOfUsage[];
}

const monthsShown = 12;

export async function invoiceContent(session: TenantSession, invoice: StoredInvoice): Promise<InvoiceContent> {
  const { timeZone } = await tenantProfile(session);
  const [readings, about, previousBalance, months] = await Promise.all([
    Promise.all(
      invoice.bills.map(async (supplied) => {
        const { meterId, bill } = supplied;
        const madeMs = Date.parse(madeAtOf(supplied, invoice));
        const [fromMs, toMs] = [dayStart(bill.from, timeZone), dayStart(bill.to, timeZone)];
        const [previous, current] = await Promise.all([
          registerAt(session, meterId, fromMs, madeMs),
          registerAt(session, meterId, toMs, madeMs),
        ]);
        // The first register may be of days before, and of a device that was exchanged since.
        const by = await countedWith(session, meterId, previous?.timeMs ?? fromMs, toMs, madeMs);
        return { previous, current, by };
      }),
    ),
    aboutOf(session, invoice),
    balanceBefore(session, invoice),
    usageUntil(session, invoice),
  ]);
  return { invoice, readings, about, previousBalance, months };
}

async function aboutOf(
  session: TenantSession,
  { corrects, returnedPaymentId }: StoredInvoice,
): Promise<string | undefined> {
  if (corrects !== undefined) return (await session.get(invoiceEntity, { id: corrects }))?.invoiceNumber;
  if (returnedPaymentId === undefined) return undefined;
  return (await session.get(paymentEntity, { id: returnedPaymentId }))?.paymentNumber;
}

/** Of the meters that it bills: a customer of many has several invoices of the same days, and those of other meters are not read. */
async function usageUntil(session: TenantSession, invoice: StoredInvoice): Promise<MonthOfUsage[]> {
  const meters = new Set(invoice.bills.map(({ meterId }) => meterId));
  const isOne = ({ id, status, period, currency }: StoredInvoice): boolean =>
    id === invoice.id || (status !== 'cancelled' && currency === invoice.currency && period.to <= invoice.period.from);
  const bills = await findOfCustomer(session, invoice.customerId, {
    days: { from: '0', to: invoice.period.from },
    order: 'descending',
    mayBe: ({ invoiceId, kind, meterIds }) =>
      invoiceId === invoice.id || (kind === 'invoice' && meterIds.some((each) => meters.has(each))),
    take: (each) =>
      (isOne(each) ? each.bills : [])
        .filter(({ meterId }) => meters.has(meterId))
        .map(({ bill }) => ({
          from: each.period.from,
          estimated: each.estimated,
          isThis: each.id === invoice.id,
          units: BigInt(toUnits(bill.importKwh)!),
        })),
    isEnough: (found) => new Set(found.map(({ from }) => from)).size > monthsShown,
  });
  return [...Map.groupBy(bills, ({ from, isThis }) => `${from} ${isThis}`).values()]
    .slice(0, monthsShown)
    .reverse()
    .map((month) => ({
      from: month[0]!.from,
      kwh: fromUnits(month.reduce((sum, { units }) => sum + units, 0n)),
      estimated: month.some(({ estimated }) => estimated),
      isThis: month[0]!.isThis,
    }));
}

/** What is to pay with the balance before, decimal text. */
export const toPay = ({ invoice, previousBalance }: InvoiceContent): string =>
  amountOf(
    minorOf(previousBalance, invoice.currency) + minorOf(invoice.totalAmount, invoice.currency),
    invoice.currency,
  );
