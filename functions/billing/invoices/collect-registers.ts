/**
 * What a tariff takes from the meter's own registers: energy by rate in place of the clock, the highest demand in place of
 * quarters of an hour. Where the meter does not tell, nothing is made up.
 */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { fromUnits } from '../../../layers/metering/register.ts';
import { localDate } from '../../../layers/metering/time-zone.ts';
import { dayStart } from '../../../layers/tariff/calendar.ts';
import { demandOfLoadFactor, mayApply } from '../../../layers/tariff/conditions.ts';
import type { BillingFacts, UsageInterval } from '../../../layers/tariff/facts.ts';
import type { Component, TariffVersion } from '../../../layers/tariff/tariff-schema.ts';
import { type BucketUsage, type RegisterUsage, registersBetween } from '../../metering/contract.ts';
import { demandOfParts } from './demand-of-parts.ts';
import type { UsageBucket } from './usage-buckets.ts';

export interface RegisteredUsage {
  usage: UsageInterval[];
  /** kW, decimal text. */
  registeredDemandKw?: string;
  registeredWithin?: Days;
  /** What the meter did not tell; then it cannot be billed. */
  missing?: string;
}

interface Days {
  from: string;
  /** The first local day after. */
  to: string;
}

/** What tariffs ask of the registers, and what they told, by intervals. */
export interface ReadRegisters extends RegisterUsage {
  /** Rates that are billed, short (`1.8.1`), by intervals: each by the tariff of its day. */
  codes: readonly (readonly string[])[];
  isDemandWanted: boolean;
  /** What `highestDemand` is of. */
  demandDays: Days;
}

export type SupplySize = Pick<BillingFacts, 'phases' | 'connectedKw'>;

interface RegisterQuestion {
  meterId: string;
  timeZone: string;
  /** Those in force in the period, in order. */
  versions: readonly TariffVersion[];
  /** What components may be for. @default unknown, each may be for it */
  supply?: SupplySize;
}

/** @returns undefined where no version of the tariff that holds in the period bills by registers */
export async function readRegisters(
  session: TenantSession,
  { meterId, timeZone, versions, supply = {} }: RegisterQuestion,
  buckets: readonly UsageBucket[],
): Promise<ReadRegisters | undefined> {
  const all = billedCodes(versions.map(codesOf));
  if (all.length === 0 && !versions.some(({ components }) => components.some(isByRegister))) return undefined;
  const since = versions.map(({ from }) => dayStart(from, timeZone));
  const versionAt = (time: number) => versions[since.findLastIndex((from) => from <= time)];
  const codes = buckets.map(({ start }) => {
    const version = versionAt(start);
    return version === undefined ? [] : codesOf(version);
  });
  const asking = buckets.filter(({ start }) => {
    const version = versionAt(start);
    return version !== undefined && wantsDemand(version, localDate(start, timeZone), supply);
  });
  const isDemandWanted = asking.length > 0;
  if (all.length === 0 && !isDemandWanted) return undefined;
  const [told, ofParts] = await Promise.all([
    registersBetween(session, meterId, buckets, all),
    asking.length === 0 || asking.length === buckets.length ? undefined : demandOfParts(session, meterId, asking),
  ]);
  const demandDays = daysOf(ofParts === undefined ? buckets : asking, timeZone);
  return { codes, isDemandWanted, ...told, highestDemand: ofParts ?? told.highestDemand, demandDays };
}

const daysOf = (buckets: readonly UsageBucket[], timeZone: string): Days => ({
  from: localDate(buckets[0]!.start, timeZone),
  to: localDate(buckets.at(-1)!.end, timeZone),
});

const billedCodes = (codes: ReadRegisters['codes']): string[] => [...new Set(codes.flat())].sort();

/** What the billed rates gained, and the register of the whole meanwhile, over the intervals of which both tell. */
export function ratesAgainstWhole(
  { codes, rates }: ReadRegisters,
  measured: readonly BucketUsage[],
): { parts: bigint[]; total: bigint; isBilled: true } | undefined {
  const told = measured.flatMap(({ importUnits, billable, stretches }, i) => {
    const isTold = billable && stretches === undefined && importUnits !== undefined && codes[i]!.length > 0;
    return isTold && codes[i]!.every((code) => rates[i]![code] !== undefined) ? [{ i, importUnits }] : [];
  });
  if (told.length === 0) return undefined;
  const gained = (code: string, i: number): bigint => (codes[i]!.includes(code) ? rates[i]![code]! : 0n);
  return {
    parts: billedCodes(codes).map((code) => told.reduce((sum, { i }) => sum + gained(code, i), 0n)),
    total: told.reduce((sum, { importUnits }) => sum + importUnits, 0n),
    isBilled: true,
  };
}

/** An interval counts as estimated for energy fed in alone, too, which says nothing of what was taken. */
const isGuessed = ({ estimated, importUnits }: UsageInterval, measured: BucketUsage): boolean =>
  estimated === true && (measured.otherStretches === undefined || importUnits !== measured.importUnits);

/** @param measured the usage as it was measured, interval by interval */
export function withRegisters(
  usage: readonly UsageInterval[],
  { codes, isDemandWanted, rates, highestDemand, demandDays, isKeptUndated }: ReadRegisters,
  measured: readonly BucketUsage[],
): RegisteredUsage {
  // What was estimated or decided by a person is divided by the clock: no register tells of it.
  const isTold = (i: number): boolean =>
    codes[i]!.length > 0 && !isGuessed(usage[i]!, measured[i]!) && measured[i]!.stretches === undefined;
  const missing = billedCodes(codes).filter((code) =>
    rates.some((byCode, i) => isTold(i) && codes[i]!.includes(code) && byCode[code] === undefined),
  );
  if (isDemandWanted && highestDemand === undefined) missing.push('1.6.0');
  return {
    usage: usage.map((interval, i) => (isTold(i) ? { ...interval, rates: rates[i]! } : interval)),
    ...(isDemandWanted && highestDemand !== undefined
      ? { registeredDemandKw: fromUnits(highestDemand), registeredWithin: demandDays }
      : {}),
    ...(missing.length === 0
      ? {}
      : { missing: [notTold(missing), ...(isDemandWanted && isKeptUndated ? [undated] : [])].join(' ') }),
  };
}

const notTold = (codes: readonly string[]): string =>
  `The meter’s readings do not tell of ${codes.join(', ')} in the period.`;

/** What would help is said: nobody can tell from the value alone. */
const undated =
  'It keeps demands of ended billing periods (1.6.0*01 and on), but nothing tells of which: two readings in the period would, with its counter of billing periods (0.1.0) best, or the energy kept with them (1.8.0*01).';

const codesOf = ({ timeOfUse }: TariffVersion): string[] => (timeOfUse?.registers ?? []).map(({ obis }) => obis);

const isByRegister = (component: Component): boolean => component.kind === 'demand' && component.source === 'register';

/** Load factors are told by the demand of all days. */
function wantsDemand(version: TariffVersion, date: string, supply: SupplySize): boolean {
  const ofLoad = demandOfLoadFactor(version);
  if (ofLoad !== undefined && isByRegister(ofLoad)) return true;
  return version.components.some((component) => isByRegister(component) && mayApply(component, date, supply));
}
