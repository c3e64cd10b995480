/** Gathers what a purchase's price depends on and works it out: the same for a quote and for the token itself. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { localDate } from '../../../layers/metering/time-zone.ts';
import { tenantProfile } from '../../identity/contract.ts';
import { customerEntity } from '../customers/customer-entity.ts';
import type { Customer } from '../customers/customer-schema.ts';
import { minorOf } from '../invoices/invoice-amounts.ts';
import type { StoredInvoice } from '../invoices/invoice-entity.ts';
import { openOfCustomer } from '../invoices/open-of-customer.ts';
import { type Allocation, allocatePayment } from '../payments/allocate-payment.ts';
import { supplyEntity } from '../supplies/supply-entity.ts';
import type { BilledSupply } from '../supplies/supply-schema.ts';
import { versionsOf } from '../tariffs/tariff-entity.ts';
import { type Agreement, readActiveAgreement, recoverable } from './arrears-agreement.ts';
import { refuseRolledOver } from './key-state.ts';
import { accountOn, type PrepaidAccount, readPrepaidAccount } from './prepaid-account.ts';
import { monthFactsOf, nextMonth, versionOn } from './price-month.ts';
import { type PricedVend, priceVend } from './price-vend.ts';
import { limitsOf, refuseBeyondLimits } from './purchase-limits.ts';
import { readPrepaidSettings } from './settings.ts';
import { stepsOf } from './token-energy.ts';
import { requireVendingMeter, type VendingMeter } from './vending-meter.ts';

export interface Purchase {
  supply: BilledSupply & Stored;
  customer: Customer;
  meter: VendingMeter & Stored;
  stored: (PrepaidAccount & Stored) | undefined;
  /** As of the day of the purchase. */
  account: PrepaidAccount;
  agreement: (Agreement & Stored) | undefined;
  /** Invoices that the part for debt settles. */
  allocations: Allocation[];
  priced: PricedVend;
  day: string;
}

/** One transaction settles them all, with their events. */
const maxInvoices = 12;

/** @param order `amount` decimal text, or undefined for free units alone @throws AppError `not_found`, `unprocessable` */
export async function pricePurchase(
  session: TenantSession,
  { supplyId, amount, currency }: { supplyId: string; amount: string | undefined; currency?: string | undefined },
): Promise<Purchase> {
  const supply = await requirePrepaid(session, supplyId);
  const [profile, customer, meter, stored, versions, settings] = await Promise.all([
    tenantProfile(session),
    session.require(customerEntity, { id: supply.customerId }),
    requireVendingMeter(session, supply.meterId),
    readPrepaidAccount(session, supplyId),
    versionsOf(session, supply.tariffId),
    readPrepaidSettings(session),
  ]);
  refuseRolledOver(meter, session.context.now());
  const day = localDate(Date.parse(session.context.now()), profile.timeZone);
  refuseOutside(supply, stored, day);
  const version = versionOn(versions, day);
  if (currency !== undefined && currency !== version.currency) throw otherCurrency(currency, version.currency);
  // What was kept is in the currency it was paid in.
  if (stored !== undefined && stored.currency !== version.currency)
    throw otherCurrency(stored.currency, version.currency);
  const account = accountOn(stored, supply, version.currency, day, profile.timeZone);
  const minor = amount === undefined ? 0n : amountToPay(amount, version.currency);
  if (amount !== undefined) refuseBeyondLimits(minor, limitsOf(account, settings, version.currency), version.currency);
  const agreement = await readActiveAgreement(session, customer.id, version.currency);
  const { allocations, arrears } = await debtToSettle(session, customer.id, agreement, minor, version.currency, day);
  const priced = priceVend({
    ...monthFactsOf(supply, customer, versions, profile.timeZone),
    day,
    boughtSteps: account.boughtSteps,
    isMonthOpened: account.chargedTo >= nextMonth(day),
    chargedTo: account.chargedTo,
    amount: minor,
    carriedIn: BigInt(account.carried),
    arrears,
    freeSteps: freeSteps(settings.freeBasicFor.includes(customer.type) ? settings.freeBasicKwh : '0', account),
  });
  if (amount === undefined && priced.freeSteps === 0) throw nothingFree();
  return { supply, customer, meter, stored, account, agreement, allocations, priced, day };
}

export async function requirePrepaid(session: TenantSession, supplyId: string): Promise<BilledSupply & Stored> {
  const supply = await session.require(supplyEntity, { id: supplyId });
  if (supply.mode !== 'prepaid')
    throw new AppError('unprocessable', undefined, {
      texts: {
        en: 'The supply is billed afterwards: it takes no tokens.',
        ar: 'التوريد آجل الدفع ولا يقبل رموز الشحن.',
      },
    });
  return supply;
}

function refuseOutside(supply: BilledSupply, account: PrepaidAccount | undefined, day: string): void {
  if (supply.from > day || (supply.to !== undefined && supply.to <= day) || account?.isClosed)
    throw new AppError('unprocessable', undefined, {
      texts: { en: `The supply does not hold on ${day}.`, ar: `التوريد غير سارٍ في ${day}.` },
    });
}

async function debtToSettle(
  session: TenantSession,
  customerId: string,
  agreement: Agreement | undefined,
  minor: bigint,
  currency: string,
  day: string,
): Promise<{ allocations: Allocation[]; arrears: bigint }> {
  if (agreement === undefined || minor === 0n) return { allocations: [], arrears: 0n };
  const isEnough = (found: readonly StoredInvoice[]): boolean => found.length >= maxInvoices;
  const open = (await openOfCustomer(session, customerId, { currency, isEnough })).slice(0, maxInvoices);
  const owed = open.reduce((sum, invoice) => sum + positive(minorOf(invoice.dueAmount, currency)), 0n);
  const arrears = recoverable(agreement, minor, owed, day.slice(0, 7));
  return { allocations: allocatePayment(arrears, open).allocations, arrears };
}

const positive = (minor: bigint): bigint => (minor > 0n ? minor : 0n);

const freeSteps = (kwh: string, { freeMonth, month }: PrepaidAccount): number =>
  freeMonth === month ? 0 : stepsOf(kwh);

function amountToPay(text: string, currency: string): bigint {
  try {
    const minor = minorOf(text, currency);
    if (minor > 0n) return minor;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  throw new AppError('unprocessable', undefined, {
    texts: {
      en: `"${text}" is no amount in ${currency} to pay.`,
      ar: `"${text}" ليس مبلغًا صالحًا للدفع بعملة ${currency}.`,
    },
  });
}

const otherCurrency = (paid: string, sold: string): AppError =>
  new AppError('unprocessable', undefined, {
    texts: { en: `Energy is sold in ${sold} here, not in ${paid}.`, ar: `تُباع الطاقة هنا بعملة ${sold} وليس ${paid}.` },
  });

const nothingFree = (): AppError =>
  new AppError('unprocessable', undefined, {
    texts: {
      en: 'There are no free units for this supply, or this month’s were given already.',
      ar: 'لا توجد وحدات مجانية لهذا التوريد أو صُرفت وحدات هذا الشهر من قبل.',
    },
  });
