/**
 * What a supply remembers of its bills: where the next begins, what later ones are compared with and rest on, and the bank of
 * energy that each found, so that one made anew finds it again.
 */
import { fromUnits, toUnits } from '../../../layers/metering/register.ts';
import type { Bill } from '../../../layers/tariff/bill.ts';
import { daysBetween } from '../../../layers/tariff/calendar.ts';
import type { BillingFacts } from '../../../layers/tariff/facts.ts';
import type { TariffVersion } from '../../../layers/tariff/tariff-schema.ts';
import type { BilledSupply } from '../supplies/supply-schema.ts';
import type { PricedSupply } from './price-supplies.ts';

export type MadeBill = NonNullable<BilledSupply['history']>[number];

/** Bills are an average of at most so many before. */
const historyBills = 12;

/**
 * What was remembered when the bill up to a day was made: later bills must not change an earlier one made anew.
 * @returns undefined when so many were made since that nothing is remembered
 */
export function remembered(supply: BilledSupply, to: string): Pick<BilledSupply, 'history' | 'exportBank'> | undefined {
  const { history = [], exportBank = {} } = supply;
  if (history.length === 0) return { exportBank };
  const place = history.findIndex((made) => made.to === to);
  return place < 0 ? undefined : { history: history.slice(place + 1), exportBank: bankFound(supply, place) };
}

/** The bank that a bill found. One that moves none finds what the next that does finds. @param place in the history */
export function bankFound({ history = [], exportBank = {} }: BilledSupply, place: number): Record<string, string> {
  const moved = history.slice(0, place + 1).findLast(({ bankBefore }) => bankBefore !== undefined);
  return moved?.bankBefore ?? exportBank;
}

/** Whether bills follow from the bills before: banked energy, and demand that is not less than the year's. */
export const restsOnHistory = (version: TariffVersion): boolean =>
  keepsBank(version) ||
  version.components.some((component) => component.kind === 'demand' && component.ratchetPercent !== undefined);

export const keepsBank = ({ export: exported }: TariffVersion): boolean => exported?.mode === 'net_energy';

/** What a supply remembers of the bill that was made. */
export function afterBill(
  { supply, supplied: { bill }, cutFrom }: PricedSupply,
  runId?: string,
): { [P in keyof BilledSupply]?: BilledSupply[P] | null } {
  const made = {
    to: bill.to,
    ...rememberedOf(bill),
    ...(cutFrom === undefined ? {} : { cutFrom }),
    ...(bill.exportBank === undefined ? {} : { bankBefore: supply.exportBank ?? {} }),
  };
  return {
    billedTo: bill.to,
    ...(runId === supply.billedBy ? {} : { billedBy: runId ?? null }),
    ...(supply.veeException === undefined ? {} : { veeException: null }),
    history: [made, ...(supply.history ?? [])].slice(0, historyBills),
    ...(bill.exportBank === undefined ? {} : { exportBank: bill.exportBank }),
  };
}

/** What later bills are compared with and rest on. */
export const rememberedOf = ({
  from,
  to,
  importKwh,
  peakKw,
  peakKva,
  bankSettled,
}: Bill): Pick<MadeBill, 'kwhPerDay' | 'demandKw' | 'demandKva' | 'bankSettled'> => ({
  kwhPerDay: fromUnits(BigInt(toUnits(importKwh)!) / BigInt(daysBetween(from, to))),
  ...(peakKw === undefined ? {} : { demandKw: peakKw }),
  ...(peakKva === undefined ? {} : { demandKva: peakKva }),
  ...(bankSettled === undefined ? {} : { bankSettled }),
});

/** The highest demands measured in the eleven months before, however many bills they had. */
export function priorPeaks(
  history: readonly MadeBill[],
  from: string,
): Pick<BillingFacts, 'priorPeakKw' | 'priorPeakKva'> {
  const [year, month, day] = from.split('-').map(Number);
  const since = new Date(Date.UTC(year!, month! - 12, day!)).toISOString().slice(0, 10);
  const within = history.filter(({ to = from }) => to > since);
  const [kw, kva] = [highestOf(within.map(({ demandKw }) => demandKw)), highestOf(within.map((one) => one.demandKva))];
  return { ...(kw === undefined ? {} : { priorPeakKw: kw }), ...(kva === undefined ? {} : { priorPeakKva: kva }) };
}

const highestOf = (peaks: readonly (string | undefined)[]): string | undefined =>
  peaks.reduce((a, b) => (a === undefined || (b !== undefined && Number(b) > Number(a)) ? b : a), undefined);
