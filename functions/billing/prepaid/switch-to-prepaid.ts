/**
 * From bills to tokens: the last bill to the day, its debt and all other in an agreement or paid, and the supply begins anew as a
 * prepaid one. Each part is done once, so a switch that stopped half-way is simply asked for again.
 */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { retryOnChange } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { derivedId } from '../../../layers/kernel/ids.ts';
import { tenantProfile } from '../../identity/contract.ts';
import { billCustomer } from '../invoices/bill-customer.ts';
import { amountOf, minorOf } from '../invoices/invoice-amounts.ts';
import { usualDueDays } from '../invoices/invoice-schema.ts';
import { today } from '../invoices/local-day.ts';
import { openOfCustomer } from '../invoices/open-of-customer.ts';
import { supplyEntity } from '../supplies/supply-entity.ts';
import type { Supply } from '../supplies/supply-schema.ts';
import { tariffOn } from '../supplies/tariff-timeline.ts';
import { versionsOf } from '../tariffs/tariff-entity.ts';
import { type Agreement, agreementEntity, type Instalment } from './arrears-agreement.ts';
import { writeAgreement } from './make-agreement.ts';
import { nextSupplyId, planMove } from './move-supply.ts';
import { versionOn } from './price-month.ts';
import { requireVendingMeter } from './vending-meter.ts';

export interface SwitchToPrepaid {
  supplyId: string;
  /** First local day it is prepaid. */
  on: string;
  /** @default the same, which must be one that energy can be sold ahead by */
  tariffId?: string | undefined;
  mayEstimate: boolean;
  /** What happens to debt; without it there must be none. */
  arrears?: { instalment: Instalment; monthlyMinimum?: string | undefined } | undefined;
}

export interface SwitchedToPrepaid {
  supply: Supply & Stored;
  /** The bills that were made for it. */
  invoiceIds: string[];
  /** What was owed altogether, and went into the agreement. */
  debtAmount: string;
  currency: string;
  agreementId?: string;
}

/** @throws AppError `not_found`; `conflict` while there is debt without an agreement; `unprocessable` when it cannot be billed or sold */
export async function switchToPrepaid(session: TenantSession, order: SwitchToPrepaid): Promise<SwitchedToPrepaid> {
  const supply = await session.require(supplyEntity, { id: order.supplyId });
  const [profile, present, versions] = await Promise.all([
    tenantProfile(session),
    today(session),
    versionsOf(session, order.tariffId ?? tariffOn(supply, order.on)),
    requireVendingMeter(session, supply.meterId),
  ]);
  const { currency } = versionOn(versions, order.on);
  if (supply.mode !== 'postpaid') throw refuse('The supply is prepaid already.', 'التوريد مسبق الدفع من قبل.');
  if (order.on > present) throw refuse('A switch is not in the future.', 'لا يكون التحويل في المستقبل.');
  const known = await session.get(supplyEntity, { id: nextSupplyId(supply.id, order.on) }, { consistent: true });
  if (known !== undefined) return asBefore(session, known, currency);
  if (Object.values(supply.exportBank ?? {}).some((kwh) => Number(kwh) > 0))
    throw refuse('Energy fed in is kept for later bills: settle it first.', 'توجد طاقة مصدّرة محفوظة: سوّها أولًا.');
  // Billed is not switched yet: repeated, it finds the days billed and goes on.
  const { invoices, problems } = await billCustomer(session.beforehand(), supply.customerId, {
    supplyIds: [supply.id],
    period: { from: supply.billedTo ?? supply.from, to: order.on },
    timeZone: profile.timeZone,
    mayEstimate: order.mayEstimate,
    issueDate: present,
    dueDays: usualDueDays,
  });
  if (problems.length > 0) {
    const why = problems.map(({ reason, details }) => [reason, ...details].join(': ')).join('; ');
    throw refuse(`It cannot be billed to ${order.on}: ${why}`, `تعذّرت الفوترة حتى ${order.on}: ${why}`);
  }
  const moved = await move(session, order, currency);
  return { ...moved, invoiceIds: invoices.map(({ id }) => id), currency };
}

const agreementIdOf = ({ id, from }: Supply): string => derivedId('agr', Date.parse(from), id);

/** What the switch had answered when it was made; the bills it made are the customer's by then. */
async function asBefore(session: TenantSession, supply: Supply & Stored, currency: string): Promise<SwitchedToPrepaid> {
  const agreement = await session.get(agreementEntity, { id: agreementIdOf(supply) });
  return {
    supply,
    invoiceIds: [],
    debtAmount: agreement?.amount ?? amountOf(0n, currency),
    currency,
    ...(agreement === undefined ? {} : { agreementId: agreement.id }),
  };
}

function move(session: TenantSession, order: SwitchToPrepaid, currency: string) {
  return retryOnChange(async () => {
    const supply = await session.require(supplyEntity, { id: order.supplyId });
    if ((supply.billedTo ?? supply.from) < order.on && supply.from < order.on)
      throw refuse(`The supply is not billed to ${order.on}.`, `لم تُفوتر فترة التوريد حتى ${order.on}.`);
    const { customerId } = supply;
    const open = await openOfCustomer(session, customerId, { currency });
    const debt = open.reduce((sum, { dueAmount }) => {
      const due = minorOf(dueAmount, currency);
      return due > 0n ? sum + due : sum;
    }, 0n);
    const debtAmount = amountOf(debt, currency);
    if (debt > 0n && order.arrears === undefined)
      throw new AppError('conflict', undefined, {
        texts: {
          en: `The customer owes ${debtAmount} ${currency}: it is paid first, or agreed upon.`,
          ar: `على المشترك ${debtAmount} ${currency}: تُسدد أولًا أو يُتفق على تقسيطها.`,
        },
      });
    const write = await planMove(session, supply, { on: order.on, mode: 'prepaid', tariffId: order.tariffId });
    return session.transact('billing', (unit) => {
      const { started } = write(unit);
      let agreement: Agreement | undefined;
      if (debt > 0n && order.arrears !== undefined) {
        const { instalment, monthlyMinimum } = order.arrears;
        agreement = writeAgreement(
          unit,
          {
            customerId,
            currency,
            amount: debtAmount,
            instalment,
            ...(monthlyMinimum === undefined ? {} : { monthlyMinimum }),
          },
          agreementIdOf(started),
        );
      }
      return { supply: started, debtAmount, ...(agreement === undefined ? {} : { agreementId: agreement.id }) };
    });
  });
}

const refuse = (en: string, ar: string): AppError => new AppError('unprocessable', undefined, { texts: { en, ar } });
