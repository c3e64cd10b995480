/** The bills of an invoice as they would be made today, and what they change in energy that was banked. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { fromUnits, toUnits } from '../../../layers/metering/register.ts';
import { customerEntity } from '../customers/customer-entity.ts';
import { supplyEntity } from '../supplies/supply-entity.ts';
import { versionsOf } from '../tariffs/tariff-entity.ts';
import type { StoredInvoice } from './invoice-entity.ts';
import type { SuppliedBill } from './invoice-schema.ts';
import { priceSupplies } from './price-supplies.ts';

export interface AnewOptions {
  timeZone: string;
  mayEstimate: boolean;
  /** Whether prices stay as they were charged last. @default false, the supply's tariff and its versions of today */
  keepTariff?: boolean;
}

/**
 * @param charged the invoice, or the note that charged its bills last
 * @throws AppError `unprocessable` when a supply cannot be billed any more; `conflict` when its currency is another now
 */
export async function billsAnew(
  session: TenantSession,
  invoice: StoredInvoice,
  charged: StoredInvoice,
  { timeZone, mayEstimate, keepTariff = false }: AnewOptions,
): Promise<SuppliedBill[]> {
  const versions = (tariffId: string) => versionsOf(session, tariffId, keepTariff ? charged.createdAt : undefined);
  const customer = await session.require(customerEntity, { id: invoice.customerId });
  const bills: SuppliedBill[] = [];
  for (const { supplyId, bill, nominal = invoice.period } of invoice.bills) {
    const tariffId = charged.bills.find((each) => each.supplyId === supplyId)?.tariffId;
    const supply = await session.require(supplyEntity, { id: supplyId });
    const { priced, problems } = await priceSupplies(
      session,
      customer,
      [keepTariff && tariffId !== undefined ? { ...supply, tariffId } : supply],
      { period: { from: bill.from, to: bill.to }, nominal, timeZone, mayEstimate, versions, anew: true },
    );
    const [made] = priced;
    if (made === undefined)
      throw new AppError('unprocessable', undefined, {
        texts: {
          en: `Meter "${supply.meterId}" cannot be billed: ${problems[0]?.reason ?? 'nothing to bill'}.`,
          ar: `لا يمكن احتساب العداد "${supply.meterId}": ${problems[0]?.reason ?? 'لا شيء للاحتساب'}.`,
        },
      });
    if (made.supplied.bill.currency !== invoice.currency)
      throw new AppError('conflict', undefined, {
        texts: {
          en: `Meter "${supply.meterId}" is billed in ${made.supplied.bill.currency} now: cancel the invoice and bill its days again.`,
          ar: `يُفوتر العداد "${supply.meterId}" الآن بعملة ${made.supplied.bill.currency}: ألغ الفاتورة وأعد فوترة أيامها.`,
        },
      });
    bills.push(made.supplied);
  }
  return bills;
}

/**
 * What a difference in banked energy does to the supplies' banks of today: later bills have drawn on them, so the
 * difference is added and the sum of energy is kept.
 * @throws AppError `conflict` when later bills have used what is not there any more
 */
export async function moveBank(
  session: TenantSession,
  before: readonly SuppliedBill[],
  after: readonly SuppliedBill[],
): Promise<(unit: UnitOfWork) => void> {
  const moves: ((unit: UnitOfWork) => void)[] = [];
  for (const { supplyId, meterId, old, made } of movesOf(before, after)) {
    const supply = await session.require(supplyEntity, { id: supplyId });
    const exportBank = shiftedBank(supply.exportBank, old, made);
    if (exportBank === undefined)
      throw new AppError('conflict', undefined, {
        texts: {
          en: `Later bills of meter "${meterId}" have used the energy that was banked: cancel them first.`,
          ar: `استخدمت فواتير لاحقة للعداد "${meterId}" الطاقة المرصودة: ألغها أولًا.`,
        },
      });
    moves.push((unit) => void unit.update(supplyEntity, supply, { exportBank }, { isAudited: false }));
  }
  return (unit) => {
    for (const move of moves) move(unit);
  };
}

export const movesBank = (before: readonly SuppliedBill[], after: readonly SuppliedBill[]): boolean =>
  movesOf(before, after).length > 0;

/** Supplies of which the bills leave different banks. */
const movesOf = (before: readonly SuppliedBill[], after: readonly SuppliedBill[]) =>
  after
    .map(({ supplyId, meterId, bill }) => ({
      supplyId,
      meterId,
      old: before.find((each) => each.supplyId === supplyId)?.bill.exportBank ?? {},
      made: bill.exportBank ?? {},
    }))
    .filter(({ old, made }) => changesOf(old, made).length > 0);

type Bank = Readonly<Record<string, string>>;

/** A bank (kWh by bucket) after what a bill leaves has become another; undefined where that is not there any more. */
export function shiftedBank(bank: Bank = {}, before: Bank, after: Bank): Record<string, string> | undefined {
  const shifted: Record<string, string> = { ...bank };
  for (const { bucket, units } of changesOf(before, after)) {
    const left = unitsOf(shifted[bucket]) + units;
    if (left < 0) return undefined;
    shifted[bucket] = fromUnits(left);
  }
  return shifted;
}

const changesOf = (before: Bank, after: Bank): { bucket: string; units: number }[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .map((bucket) => ({ bucket, units: unitsOf(after[bucket]) - unitsOf(before[bucket]) }))
    .filter(({ units }) => units !== 0);

const unitsOf = (kwh: string | undefined): number => toUnits(kwh ?? '0')!;
