/**
 * Charges of days on which a supply was prepaid and nothing was bought: the next purchase would have collected them, and where none
 * comes any more they are owed by an invoice, line by line as the purchase would have had them.
 */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { isAppError } from '../../../layers/kernel/errors/app-error.ts';
import { derivedId } from '../../../layers/kernel/ids.ts';
import { addDays, later } from '../../../layers/tariff/calendar.ts';
import { tenantProfile } from '../../identity/contract.ts';
import { customerEntity } from '../customers/customer-entity.ts';
import type { Customer } from '../customers/customer-schema.ts';
import { amountOf } from '../invoices/invoice-amounts.ts';
import { type Invoice, usualDueDays } from '../invoices/invoice-schema.ts';
import type { BilledSupply } from '../supplies/supply-schema.ts';
import { versionsOf } from '../tariffs/tariff-entity.ts';
import { chargesWithoutPurchase, shownLine, type VendLine } from './charge-lines.ts';
import { accountOn, type PrepaidAccount } from './prepaid-account.ts';
import { monthFactsOf, monthStart, versionInForce } from './price-month.ts';

export interface OwedCharges {
  /** As it is when nothing was ever bought. Absent where nothing could be bought. */
  account: PrepaidAccount | undefined;
  /** Absent when nothing is owed. */
  invoice: Invoice | undefined;
}

/** @param end first local day it is prepaid no more @param date local day of the invoice */
export async function readOwedCharges(
  session: TenantSession,
  supply: BilledSupply & Stored,
  stored: (PrepaidAccount & Stored) | undefined,
  { end, date }: { end: string; date: string },
): Promise<OwedCharges> {
  const [customer, versions, { timeZone }] = await Promise.all([
    session.require(customerEntity, { id: supply.customerId }),
    versionsOf(session, supply.tariffId),
    tenantProfile(session),
  ]);
  const currency = stored?.currency ?? versionInForce(versions, addDays(end, -1))?.currency;
  if (currency === undefined) return { account: undefined, invoice: undefined };
  const account = stored ?? accountOn(stored, supply, currency, date, timeZone);
  const facts = { ...monthFactsOf(supply, customer, versions, timeZone), chargedTo: account.chargedTo };
  try {
    const lines = chargesWithoutPurchase(facts, currency, end);
    const from = later(monthStart(account.chargedTo), supply.from);
    return { account, invoice: chargesInvoice(supply, customer, lines, { from, end, date, currency }) };
  } catch (error) {
    // What cannot be priced ahead could not be bought either, and is no reason to keep anybody from moving out.
    if (isAppError(error) && error.code === 'unprocessable') return { account, invoice: undefined };
    throw error;
  }
}

function chargesInvoice(
  { id, place, customerId }: BilledSupply,
  { accountNumber, type }: Customer,
  lines: readonly VendLine[],
  { from, end, date, currency }: { from: string; end: string; date: string; currency: string },
): Invoice | undefined {
  const sumOf = (kind?: VendLine['kind']): bigint =>
    lines.reduce((sum, line) => (kind === undefined || line.kind === kind ? sum + line.minor : sum), 0n);
  const [total, taxes, rounding] = [sumOf(), sumOf('tax'), sumOf('rounding')];
  if (total <= 0n) return undefined;
  const amount = (minor: bigint): string => amountOf(minor, currency);
  return {
    id: derivedId('inv', Date.parse(date), `${id} charges`),
    invoiceNumber: `${accountNumber}-${addDays(end, -1).replaceAll('-', '')}-P${place}`,
    kind: 'prepaid_charges',
    customerId,
    customerType: type,
    accountNumber,
    period: { from, to: end },
    issueDate: date,
    dueDate: addDays(date, usualDueDays),
    currency,
    bills: [],
    charges: lines.map((line) => shownLine(line, currency)),
    subtotal: amount(total - taxes - rounding),
    taxAmount: amount(taxes),
    fixedCharges: amount(sumOf('fixed')),
    rounding: amount(rounding),
    totalAmount: amount(total),
    paidAmount: amount(0n),
    dueAmount: amount(total),
    status: 'issued',
    estimated: false,
  };
}
