/**
 * What a supply used in a period, as a bill may stand on it: measured, validated, and estimated where it must be. What
 * cannot stand is not billed but said, with the reason, so that somebody can look.
 */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { addDays } from '../../../layers/tariff/calendar.ts';
import type { UsageInterval } from '../../../layers/tariff/facts.ts';
import { unitOf } from '../../../layers/tariff/known-demand.ts';
import type { Component, TariffVersion } from '../../../layers/tariff/tariff-schema.ts';
import type { CheckName } from '../../../layers/vee/checks.ts';
import type { EstimationMethod, IntervalValue } from '../../../layers/vee/series.ts';
import type { VeeSettings } from '../../../layers/vee/vee-settings.ts';
import { type BillingEvidence, evidenceBetween, measuredValues, usageBetween } from '../../metering/contract.ts';
import type { ExceptionDecision, VeeException } from '../vee-exceptions/exception-schema.ts';
import {
  type RegisteredDemands,
  ratesAgainstWhole,
  readRegisters,
  type SupplySize,
  withRegisters,
} from './collect-registers.ts';
import { judgeUsage } from './judge-usage.ts';
import { type Fineness, finenessOf, usageBuckets } from './usage-buckets.ts';

export interface UsageQuestion {
  meterId: string;
  from: string;
  to: string;
  timeZone: string;
  /** Those in force in the period, in order. */
  versions: readonly TariffVersion[];
  /** What components may be for. @default unknown, each may be for it */
  supply?: SupplySize;
  /** Energies a day of the customer's earlier bills, the newest first, millionths of a kWh. */
  historyPerDay: readonly bigint[];
  /** Whether missing energy may be estimated. */
  mayEstimate: boolean;
  /** Of the customer's class. @default the usual ones */
  settings?: VeeSettings;
  /** What a person decided about readings that fail these checks; asked only where some fail. @default nothing */
  decisionOn?: (failed: Pick<UsageRefusal, 'checks' | 'failures'>) => Promise<ExceptionDecision | undefined>;
}

/** How a part of the energy was made up. */
export interface MadeEstimate {
  method: EstimationMethod;
  /** What it was made of, in plain figures; energies are millionths of a kWh. */
  basis: string;
  /** From the first interval to the end of the last, milliseconds. */
  from: number;
  to: number;
  intervals: number;
  units: bigint;
}

export interface CollectedUsage {
  usage: UsageInterval[];
  estimatedUnits: bigint;
  estimates: MadeEstimate[];
  /** What validation found and let pass. */
  findings: string[];
  /** Highest demands the meter registered, where the tariff bills by them, and the days they are of. */
  registered?: RegisteredDemands;
  /** What a register did not tell that the tariff bills by. */
  missing?: string;
}

/** Why a supply was not billed. */
export interface UsageRefusal {
  reason: VeeException['reason'];
  /** Those that failed. */
  checks: CheckName[];
  /** Each interval that failed, for telling it from others. */
  failures: string[];
  details: string[];
  /** Whether a person had decided, and it did not help. */
  isDecided: boolean;
}

/** Days before the period that profiles are made of: four of each weekday. */
const profileDays = 28;

export async function collectUsage(
  session: TenantSession,
  question: UsageQuestion,
): Promise<CollectedUsage | UsageRefusal> {
  const { meterId, versions, timeZone, from, to } = question;
  const fineness = finenessOf(versions);
  const buckets = usageBuckets(fineness, { from, to }, timeZone);
  const [evidence, registers] = await Promise.all([
    evidenceBetween(session, meterId, buckets),
    readRegisters(session, question, buckets),
  ]);
  const rates = registers && ratesAgainstWhole(registers, evidence.buckets);
  const judged = await judgeUsage(question, rates === undefined ? evidence : { ...evidence, rates }, () =>
    readPast(session, question, fineness),
  );
  if ('reason' in judged) return judged;
  const registered = registers && withRegisters(judged.usage, registers, evidence.buckets);
  const missing = [registered?.missing, untoldOf(evidence.untold, versions)].filter((each) => each !== undefined);
  const unheard = pricedCodes(evidence.unheard, versions).map(
    (code) => `never_told: ${code}; expected by the tariff, billed as none`,
  );
  return {
    ...judged,
    ...registered,
    findings: [...judged.findings, ...unheard],
    ...(missing.length === 0 ? {} : { missing: missing.join(' ') }),
  };
}

/** Where the tariff prices an energy, what falls between two bills is lost to one of the two sides. */
function untoldOf(untold: BillingEvidence['untold'], versions: readonly TariffVersion[]): string | undefined {
  const codes = pricedCodes(untold, versions);
  if (codes.length === 0) return undefined;
  return `The meter told of ${codes.join(', ')}, and does not up to the end of the period: add it to the last reading, or edit the usage.`;
}

function pricedCodes(energies: BillingEvidence['untold'], versions: readonly TariffVersion[]): string[] {
  const isPriced = {
    fed_in: versions.some((version) => version.export !== undefined),
    reactive: versions.some(({ components }) => components.some(needsReactive)),
  };
  return energies.filter((energy) => isPriced[energy]).map((energy) => (energy === 'fed_in' ? '2.8.0' : '3.8.0'));
}

const needsReactive = (component: Component): boolean =>
  component.kind === 'reactive' ||
  component.kind === 'power_factor' ||
  (component.kind === 'demand' &&
    unitOf(component) === 'kVA' &&
    component.source !== 'register' &&
    component.apparentEnergy !== 'register');

/** Measured values of the weeks before. */
async function readPast(
  session: TenantSession,
  { meterId, timeZone, from }: UsageQuestion,
  fineness: Fineness,
): Promise<IntervalValue[]> {
  const buckets = usageBuckets(fineness, { from: addDays(from, -profileDays), to: from }, timeZone);
  return measuredValues(await usageBetween(session, meterId, buckets));
}
