/** The bills of a customer's supplies for a period: each from where its last bill ended, none twice. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { isAppError } from '../../../layers/kernel/errors/app-error.ts';
import { fromUnits, toUnits } from '../../../layers/metering/register.ts';
import type { Bill } from '../../../layers/tariff/bill.ts';
import { daysBetween, earlier, later } from '../../../layers/tariff/calendar.ts';
import type { TariffVersion } from '../../../layers/tariff/tariff-schema.ts';
import type { CheckName } from '../../../layers/vee/checks.ts';
import type { Customer } from '../customers/customer-schema.ts';
import type { BilledSupply } from '../supplies/supply-schema.ts';
import { tariffsHeld, versionsAlong } from '../supplies/tariff-timeline.ts';
import { versionsOf } from '../tariffs/tariff-entity.ts';
import { rateOrRefuse } from '../tariffs/what-if.ts';
import { decisionOn } from '../vee-exceptions/decision-on.ts';
import { exceptionIdOf } from '../vee-exceptions/exception-entity.ts';
import { veeSettingsOf } from '../vee-settings/vee-settings.ts';
import { collectUsage, type MadeEstimate } from './collect-usage.ts';
import type { SuppliedBill } from './invoice-schema.ts';

export interface BillingPeriod {
  /** Local days; `to` is the first day after. */
  from: string;
  to: string;
}

export interface PricingOptions {
  period: BillingPeriod;
  timeZone: string;
  mayEstimate: boolean;
  /** Bills the period itself, whatever was billed before: for making a bill anew. */
  anew?: boolean;
  /** The whole period of the route, where `period` is a part of it. @default period */
  nominal?: BillingPeriod;
  /** Where many customers of few tariffs are billed together, each tariff is read once. @default read for each supply */
  versions?: (tariffId: string) => Promise<TariffVersion[]>;
  /** As `versions`, for the settings of validation. @default read for each customer */
  veeSettings?: ReturnType<typeof veeSettingsOf>;
}

export interface PricedSupply {
  supply: BilledSupply & Stored;
  supplied: SuppliedBill;
}

export interface PricingProblem {
  supplyId: string;
  meterId: string;
  /** Local days that were not billed; `to` is the first day after. */
  from: string;
  to: string;
  reason: string;
  /** Codes of the checks that failed. */
  checks: CheckName[];
  /** Each interval that failed. @default none */
  failures?: string[];
  details: string[];
  /** Whether a person had decided how to bill it, and it did not help. */
  isDecided?: boolean;
}

export interface PricedSupplies {
  priced: PricedSupply[];
  problems: PricingProblem[];
}

/** A bill reads the readings of all its days, and corrections look so far back for it. */
export const longestBillDays = 400;

const tooLong = ({ from, to }: BillingPeriod): Unpriced => ({
  reason: 'not_priced',
  checks: [],
  details: [
    `${daysBetween(from, to)} days from ${from} are not billed, a bill has at most ${longestBillDays}: bill up to an earlier day first.`,
  ],
});

/** Bills are an average of at most so many before. */
const historyBills = 12;

export async function priceSupplies(
  session: TenantSession,
  customer: Customer,
  supplies: readonly (BilledSupply & Stored)[],
  options: PricingOptions,
): Promise<PricedSupplies> {
  const result: PricedSupplies = { priced: [], problems: [] };
  const veeSettings = options.veeSettings ?? veeSettingsOf(session);
  for (const supply of supplies) {
    if (supply.mode !== 'postpaid') continue;
    const span = spanOf(supply, options);
    if (span === undefined) continue;
    const made =
      !options.anew && daysBetween(span.from, span.to) > longestBillDays
        ? tooLong(span)
        : await priceSupply(session, customer, supply, span, { ...options, veeSettings });
    if ('bill' in made) result.priced.push({ supply, supplied: made });
    else result.problems.push({ supplyId: supply.id, meterId: supply.meterId, ...span, ...made });
  }
  return result;
}

/** The days of the period that the customer had the meter and that no bill has covered yet. */
function spanOf(supply: BilledSupply, { period, anew }: PricingOptions): BillingPeriod | undefined {
  const from = anew ? later(supply.from, period.from) : (supply.billedTo ?? supply.from);
  const to = supply.to === undefined ? period.to : earlier(supply.to, period.to);
  return from < to ? { from, to } : undefined;
}

type Unpriced = Pick<PricingProblem, 'reason' | 'checks' | 'failures' | 'details' | 'isDecided'>;

type SettledOptions = PricingOptions & Required<Pick<PricingOptions, 'veeSettings'>>;

async function priceSupply(
  session: TenantSession,
  customer: Customer,
  supply: BilledSupply,
  { from, to }: BillingPeriod,
  { timeZone, mayEstimate, period, anew, nominal = period, versions: readVersions, veeSettings }: SettledOptions,
): Promise<SuppliedBill | Unpriced> {
  const held = tariffsHeld(supply, { from, to });
  const versions = await versionsAlong(held, readVersions ?? ((tariffId) => versionsOf(session, tariffId)));
  const known = anew ? remembered(supply, period.to) : supply;
  if (known === undefined && versions.some(restsOnHistory))
    return { reason: 'not_priced', checks: [], details: ['The bill is older than those the supply remembers.'] };
  const { history = [], exportBank = {} } = known ?? {};
  const collected = await collectUsage(session, {
    meterId: supply.meterId,
    from,
    to,
    timeZone,
    versions: versions.filter((version) => version.from < to),
    historyPerDay: history.map(({ kwhPerDay }) => BigInt(toUnits(kwhPerDay)!)),
    mayEstimate,
    settings: await veeSettings(customer.type),
    decisionOn: async (failed) =>
      // A bill made anew stands on what was decided when it was made first.
      anew || supply.veeException === exceptionIdOf(supply.id, from)
        ? decisionOn(session, { supplyId: supply.id, from, to, ...failed })
        : undefined,
  });
  if ('reason' in collected) return collected;
  const { registeredDemandKw, missing } = collected;
  if (missing !== undefined) return { reason: 'not_priced', checks: [], details: [missing] };
  try {
    const bill = rateOrRefuse(versions, {
      timeZone,
      from,
      to,
      nominal,
      usage: collected.usage,
      ...(supply.connectedKw === undefined ? {} : { connectedKw: supply.connectedKw }),
      ...(supply.contractedKw === undefined ? {} : { contractedKw: supply.contractedKw }),
      ...(registeredDemandKw === undefined ? {} : { registeredDemandKw }),
      ...priorPeak(history, from),
      phases: supply.phases,
      dwellings: supply.dwellings,
      exemptTaxes: customer.exemptTaxes,
      exportBank: Object.fromEntries(
        Object.entries(exportBank).map(([bucket, kwh]) => [bucket, BigInt(toUnits(kwh)!)]),
      ),
      settleExportBank: supply.to === to,
    });
    return {
      supplyId: supply.id,
      meterId: supply.meterId,
      ...held,
      nominal,
      bill,
      estimatedKwh: fromUnits(collected.estimatedUnits),
      ...(collected.estimates.length === 0 ? {} : { estimates: collected.estimates.map(toAnswer) }),
      findings: collected.findings,
    };
  } catch (error) {
    if (isAppError(error) && error.code === 'unprocessable')
      return { reason: 'not_priced', checks: [], details: [error.message] };
    throw error;
  }
}

const toAnswer = ({ from, to, units, ...rest }: MadeEstimate): NonNullable<SuppliedBill['estimates']>[number] => ({
  ...rest,
  from: new Date(from).toISOString(),
  to: new Date(to).toISOString(),
  kwh: fromUnits(units),
});

/**
 * What was remembered when the bill up to a day was made: later bills must not change an earlier one made anew.
 * @returns undefined when so many were made since that nothing is remembered
 */
function remembered(
  { history = [], exportBank = {} }: BilledSupply,
  to: string,
): Pick<BilledSupply, 'history' | 'exportBank'> | undefined {
  if (history.length === 0) return { exportBank };
  const place = history.findIndex((made) => made.to === to);
  return place < 0
    ? undefined
    : { history: history.slice(place + 1), exportBank: history[place]!.bankBefore ?? exportBank };
}

/** Whether bills follow from the bills before: banked energy, and demand that is not less than the year's. */
const restsOnHistory = ({ components, export: exported }: TariffVersion): boolean =>
  exported?.mode === 'net_energy' ||
  components.some((component) => component.kind === 'demand' && component.ratchetPercent !== undefined);

/** What a supply remembers of the bill that was made: where the next begins, and what later bills are compared with. */
export function afterBill(
  supply: BilledSupply,
  { bill }: SuppliedBill,
  runId?: string,
): { [P in keyof BilledSupply]?: BilledSupply[P] | null } {
  const made = {
    to: bill.to,
    ...rememberedOf(bill),
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
export const rememberedOf = ({ from, to, importKwh, peakKw }: Bill): { kwhPerDay: string; demandKw?: string } => ({
  kwhPerDay: fromUnits(BigInt(toUnits(importKwh)!) / BigInt(daysBetween(from, to))),
  ...(peakKw === undefined ? {} : { demandKw: peakKw }),
});

/** The highest demand measured in the eleven months before, however many bills they had. */
function priorPeak(history: NonNullable<BilledSupply['history']>, from: string): { priorPeakKw?: string } {
  const [year, month, day] = from.split('-').map(Number);
  const since = new Date(Date.UTC(year!, month! - 12, day!)).toISOString().slice(0, 10);
  const peaks = history.flatMap(({ to = from, demandKw }) => (demandKw === undefined || to <= since ? [] : [demandKw]));
  return peaks.length === 0 ? {} : { priorPeakKw: peaks.reduce((a, b) => (Number(b) > Number(a) ? b : a)) };
}
