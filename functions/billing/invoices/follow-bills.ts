/**
 * What bills that are made anew change at their supplies: energy that is banked, and what later bills are compared with and rest
 * on. Later bills have drawn on the bank, so the difference is added and the sum of energy is kept; where one has settled the bank
 * it finds the difference, and is looked at again.
 */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { fromUnits, toUnits } from '../../../layers/metering/register.ts';
import { addDays, dayStart, earlier } from '../../../layers/tariff/calendar.ts';
import { tenantProfile } from '../../identity/contract.ts';
import { type LateRange, noteLateReadings } from '../corrections/note-late-readings.ts';
import { suppliesById, supplyEntity } from '../supplies/supply-entity.ts';
import type { BilledSupply } from '../supplies/supply-schema.ts';
import { bankFound, type MadeBill, rememberedOf } from './bill-memory.ts';
import type { StoredInvoice } from './invoice-entity.ts';
import type { SuppliedBill } from './invoice-schema.ts';

export interface FollowedBills {
  /** Whether a supply changes at all. */
  isNeeded: boolean;
  /** Has bills looked at that rest on a peak, or settled a bank, that is another now; to be called before the change is written, which does no harm. */
  announce: () => Promise<void>;
  write: (unit: UnitOfWork) => void;
}

/**
 * @param invoice whose bills they are @param before bills that stand @param after bills that stand from now on; one that is missing is not charged any more
 * @throws AppError `conflict` when later bills have used banked energy that is not there any more
 */
export async function followBills(
  session: TenantSession,
  invoice: StoredInvoice,
  before: readonly SuppliedBill[],
  after: readonly SuppliedBill[],
): Promise<FollowedBills> {
  const changed: { supply: BilledSupply & Stored; changes: Partial<BilledSupply>; later: LateDays[] }[] = [];
  const supplies = await suppliesById(
    session,
    invoice.bills.map(({ supplyId }) => supplyId),
  );
  for (const supply of supplies) {
    const { id } = supply;
    const [old, made] = [billOf(before, id), billOf(after, id)];
    const { bill } = billOf(invoice.bills, id)!;
    const { history = [] } = supply;
    const place = history.findIndex(({ to }) => to === bill.to);
    const entry = history[place];
    const found = place < 0 ? {} : bankFound(supply, place);
    const settled = history.slice(0, Math.max(place, 0)).findLastIndex(({ bankSettled }) => bankSettled);
    const settling = history[settled];
    const bank = settling === undefined ? supply.exportBank : settling.bankBefore;
    const shifted = shiftedBank(bank, bankOf(old, found), bankOf(made, found));
    if (shifted === undefined) throw usedUp(supply.meterId);
    const isBankMoved = changesOf(bank, shifted).length > 0;
    const changes: Partial<BilledSupply> = {};
    if (isBankMoved && settling === undefined) changes.exportBank = shifted;
    const anew = entry && renewed(entry, made, found);
    if (anew && isOther(anew, entry)) changes.history = history.with(place, anew);
    if (isBankMoved && settling !== undefined)
      changes.history = (changes.history ?? history).with(settled, { ...settling, bankBefore: shifted });
    if (Object.keys(changes).length === 0) continue;
    const isPeakMoved = anew !== undefined && isOtherPeak(anew, entry!);
    const later = isPeakMoved ? daysResting(supply, entry!.to!) : [];
    if (isBankMoved && settling?.to !== undefined) later.push({ from: addDays(settling.to, -1), to: settling.to });
    changed.push({ supply, changes, later });
  }
  return {
    isNeeded: changed.length > 0,
    announce: async () => {
      if (changed.every(({ later }) => later.length === 0)) return;
      const { timeZone } = await tenantProfile(session);
      const ranges = changed.flatMap(({ supply: { meterId }, later }) =>
        later.map(({ from, to }): LateRange => {
          const [fromMs, toMs] = [dayStart(from, timeZone), dayStart(to, timeZone) - 1];
          return { meterId, fromMs, toMs, cause: 'earlier_bill' };
        }),
      );
      await noteLateReadings(session, ranges);
    },
    write: (unit) => {
      for (const { supply, changes } of changed) unit.update(supplyEntity, supply, changes, { isAudited: false });
    },
  };
}

interface LateDays {
  from: string;
  /** The first day after. */
  to: string;
}

/** Billed days whose demand may rest on a peak of the bill up to a day: those of the year after. */
function daysResting({ billedTo = '' }: BilledSupply, from: string): LateDays[] {
  const to = earlier(billedTo, addDays(from, 366));
  return from < to ? [{ from, to }] : [];
}

/** Whether bills leave other banks than before: one that settled leaves none, one that keeps none leaves what it found. */
export const movesBank = (before: readonly SuppliedBill[], after: readonly SuppliedBill[]): boolean =>
  before.some(({ supplyId, bill: old }) => {
    const { exportBank, bankSettled } = billOf(after, supplyId)?.bill ?? {};
    const isOther = (old.exportBank === undefined) !== (exportBank === undefined);
    return (isOther && (old.bankSettled ?? bankSettled)) || changesOf(old.exportBank, exportBank).length > 0;
  });

const billOf = (bills: readonly SuppliedBill[], id: string) => bills.find(({ supplyId }) => supplyId === id);

/** What a bill left: where it keeps no bank, or does not stand, what it had found. */
const bankOf = (supplied: SuppliedBill | undefined, found: Bank): Bank => supplied?.bill.exportBank ?? found;

function renewed(
  { to, bankBefore, cutFrom }: MadeBill,
  made: SuppliedBill | undefined,
  found: Record<string, string>,
): MadeBill {
  const bank = bankBefore ?? (made?.bill.exportBank === undefined ? undefined : found);
  return {
    ...(made === undefined ? { kwhPerDay: '0' } : rememberedOf(made.bill)),
    ...(to === undefined ? {} : { to }),
    ...(cutFrom === undefined ? {} : { cutFrom }),
    ...(bank === undefined ? {} : { bankBefore: bank }),
  };
}

const isOtherPeak = (a: MadeBill, b: MadeBill): boolean => a.demandKw !== b.demandKw || a.demandKva !== b.demandKva;

const isOther = (a: MadeBill, b: MadeBill): boolean =>
  a.kwhPerDay !== b.kwhPerDay ||
  a.bankSettled !== b.bankSettled ||
  isOtherPeak(a, b) ||
  (a.bankBefore === undefined) !== (b.bankBefore === undefined);

const usedUp = (meterId: string): AppError =>
  new AppError('conflict', undefined, {
    texts: {
      en: `Later bills of meter "${meterId}" have used the energy that was banked: cancel them first.`,
      ar: `استخدمت فواتير لاحقة للعداد "${meterId}" الطاقة المرصودة: ألغها أولًا.`,
    },
  });

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

const changesOf = (before: Bank = {}, after: Bank = {}): { bucket: string; units: number }[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .map((bucket) => ({ bucket, units: unitsOf(after[bucket]) - unitsOf(before[bucket]) }))
    .filter(({ units }) => units !== 0);

const unitsOf = (kwh: string | undefined): number => toUnits(kwh ?? '0')!;
