/** The bills of a customer's supplies for a period: each from where its last bill ended, none twice. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { isAppError } from '../../../layers/kernel/errors/app-error.ts';
import { logger } from '../../../layers/kernel/observability/logger.ts';
import { sideBySide } from '../../../layers/kernel/side-by-side.ts';
import { fromUnits, toUnits } from '../../../layers/metering/register.ts';
import { daysBetween, earlier, later } from '../../../layers/tariff/calendar.ts';
import type { TariffVersion } from '../../../layers/tariff/tariff-schema.ts';
import type { CheckName } from '../../../layers/vee/checks.ts';
import type { Customer } from '../customers/customer-schema.ts';
import type { BilledSupply } from '../supplies/supply-schema.ts';
import { versionsOnce } from '../tariffs/tariff-entity.ts';
import { rateOrRefuse } from '../tariffs/what-if.ts';
import { decisionOn } from '../vee-exceptions/decision-on.ts';
import { exceptionIdOf } from '../vee-exceptions/exception-entity.ts';
import { veeSettingsOf } from '../vee-settings/vee-settings.ts';
import { priorPeaks, remembered, restsOnHistory } from './bill-memory.ts';
import { collectUsage, type MadeEstimate } from './collect-usage.ts';
import type { SuppliedBill } from './invoice-schema.ts';
import { tariffsOfBill } from './tariffs-of-bill.ts';

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
  /** Where many customers of few tariffs are billed together, each tariff is read once. @default once for these supplies */
  versions?: (tariffId: string) => Promise<TariffVersion[]>;
  /** Which errors nobody expected are a problem of their supply alone. @default none, they are thrown */
  isolate?: (error: unknown) => boolean;
  /** As `versions`, for the settings of validation. @default read for each customer */
  veeSettings?: ReturnType<typeof veeSettingsOf>;
}

export interface PricedSupply {
  supply: BilledSupply & Stored;
  supplied: SuppliedBill;
  /** Where days are left that are billed in another currency: the first day of the one bill that both are. */
  cutFrom?: string;
  /** Whether readings of the days after may still tell of it: demand that the meter keeps of the period. */
  isUnsettled?: boolean;
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

/** Supplies worked on at a time. */
const atATime = 4;

export async function priceSupplies(
  session: TenantSession,
  customer: Customer,
  supplies: readonly (BilledSupply & Stored)[],
  options: PricingOptions,
): Promise<PricedSupplies> {
  const settled: SettledOptions = {
    ...options,
    veeSettings: options.veeSettings ?? veeSettingsOf(session),
    versions: options.versions ?? versionsOnce(session),
  };
  const spans = supplies.flatMap((supply) => {
    const span = supply.mode === 'postpaid' ? spanOf(supply, options) : undefined;
    return span === undefined ? [] : [{ supply, span }];
  });
  const result: PricedSupplies = { priced: [], problems: [] };
  const all = await sideBySide(spans, atATime, async ({ supply, span }) => ({
    supply,
    span,
    made:
      !options.anew && daysBetween(span.from, span.to) > longestBillDays
        ? tooLong(span)
        : await priceSupply(session, customer, supply, span, settled).catch((error: unknown): Unpriced => {
            if (options.isolate?.(error) !== true) throw error;
            logger.error('supply not billed', { supplyId: supply.id, error: error as Error });
            return { reason: 'failed', checks: [], details: [String(error)] };
          }),
  }));
  for (const { supply, span, made } of all)
    if ('supplied' in made) result.priced.push({ supply, ...made });
    else result.problems.push({ supplyId: supply.id, meterId: supply.meterId, ...span, ...made });
  return result;
}

/** The days of the period that the customer had the meter and that no bill has covered yet. */
export function spanOf(
  supply: BilledSupply,
  { period, anew }: Pick<PricingOptions, 'period' | 'anew'>,
): BillingPeriod | undefined {
  const from = anew ? later(supply.from, period.from) : (supply.billedTo ?? supply.from);
  const to = supply.to === undefined ? period.to : earlier(supply.to, period.to);
  return from < to ? { from, to } : undefined;
}

type Unpriced = Pick<PricingProblem, 'reason' | 'checks' | 'failures' | 'details' | 'isDecided'>;

type SettledOptions = PricingOptions & Required<Pick<PricingOptions, 'veeSettings' | 'versions'>>;

async function priceSupply(
  session: TenantSession,
  customer: Customer,
  supply: BilledSupply,
  span: BillingPeriod,
  { timeZone, mayEstimate, period, anew, nominal = period, versions: versionsOf, veeSettings }: SettledOptions,
): Promise<Omit<PricedSupply, 'supply'> | Unpriced> {
  const known = anew ? remembered(supply, period.to) : supply;
  const before = known?.history?.[0];
  const { days, held, versions, around } = await tariffsOfBill(supply, span, nominal, versionsOf, before);
  const { from, to } = days;
  if (known === undefined && (versions.some(restsOnHistory) || around.bankedUnder !== undefined))
    return { reason: 'not_priced', checks: [], details: ['The bill is older than those the supply remembers.'] };
  const { history = [], exportBank = {} } = known ?? {};
  const { phases, connectedKw } = supply;
  const size = { phases, ...(connectedKw === undefined ? {} : { connectedKw }) };
  const collected = await collectUsage(session, {
    meterId: supply.meterId,
    from,
    to,
    timeZone,
    versions,
    supply: size,
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
  const { registered = {}, missing } = collected;
  if (missing !== undefined) return { reason: 'registers_untold', checks: [], details: [missing] };
  try {
    const bill = rateOrRefuse(versions, {
      timeZone,
      from,
      to,
      nominal,
      ...around,
      usage: collected.usage,
      ...size,
      ...(supply.contractedKw === undefined ? {} : { contractedKw: supply.contractedKw }),
      ...(supply.contractedKva === undefined ? {} : { contractedKva: supply.contractedKva }),
      ...registered,
      ...priorPeaks(history, from),
      dwellings: supply.dwellings,
      exemptTaxes: customer.exemptTaxes,
      exportBank: Object.fromEntries(
        Object.entries(exportBank).map(([bucket, kwh]) => [bucket, BigInt(toUnits(kwh)!)]),
      ),
      settleExportBank: supply.to === to,
    });
    const supplied = {
      supplyId: supply.id,
      meterId: supply.meterId,
      ...held,
      nominal,
      bill,
      estimatedKwh: fromUnits(collected.estimatedUnits),
      ...(collected.estimates.length === 0 ? {} : { estimates: collected.estimates.map(toAnswer) }),
      findings: collected.findings,
    };
    const isUnsettled = Object.keys(registered).length > 0;
    return {
      supplied,
      ...(isUnsettled ? { isUnsettled } : {}),
      ...(to < span.to ? { cutFrom: (around.cutFrom ?? days).from } : {}),
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
