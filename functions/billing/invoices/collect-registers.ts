/**
 * What a tariff takes from the meter's own registers: energy by rate in place of the clock, the highest demand in place of
 * quarters of an hour. Where the meter does not tell, nothing is made up.
 */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { fromUnits } from '../../../layers/metering/register.ts';
import type { UsageInterval } from '../../../layers/tariff/facts.ts';
import type { TariffVersion } from '../../../layers/tariff/tariff-schema.ts';
import { type BucketUsage, type RegisterUsage, registersBetween } from '../../metering/contract.ts';
import type { UsageBucket } from './usage-buckets.ts';

export interface RegisteredUsage {
  usage: UsageInterval[];
  /** kW, decimal text. */
  registeredDemandKw?: string;
  /** What the meter did not tell; then it cannot be billed. */
  missing?: string;
}

/** What a tariff asks of the registers, and what they told, by intervals. */
export interface ReadRegisters extends RegisterUsage {
  /** Of the rates, short: `1.8.1`. */
  codes: string[];
  isDemandWanted: boolean;
}

/** @returns undefined where no version of the tariff that holds in the period bills by registers */
export async function readRegisters(
  session: TenantSession,
  { meterId, from, versions }: { meterId: string; from: string; versions: readonly TariffVersion[] },
  buckets: readonly UsageBucket[],
): Promise<ReadRegisters | undefined> {
  // Versions are in order, and one ends where the next begins.
  const inForce = versions.filter((_, i) => (versions[i + 1]?.from ?? '9999') > from);
  const codes = [...new Set(inForce.flatMap(codesOf))].sort();
  const isDemandWanted = inForce.some(wantsDemand);
  if (codes.length === 0 && !isDemandWanted) return undefined;
  return { codes, isDemandWanted, ...(await registersBetween(session, meterId, buckets, codes)) };
}

/** What the billed rates gained, and the register of the whole meanwhile, over the intervals of which both tell. */
export function ratesAgainstWhole(
  { codes, rates }: ReadRegisters,
  measured: readonly BucketUsage[],
): { parts: bigint[]; total: bigint; isBilled: true } | undefined {
  const told = measured.flatMap(({ importUnits, billable, stretches }, i) => {
    const units = codes.map((code) => rates[i]![code]);
    const isTold = billable && stretches === undefined && importUnits !== undefined;
    return isTold && units.every((each) => each !== undefined) ? [{ units, importUnits }] : [];
  });
  if (codes.length === 0 || told.length === 0) return undefined;
  return {
    parts: codes.map((_, code) => told.reduce((sum, { units }) => sum + units[code]!, 0n)),
    total: told.reduce((sum, { importUnits }) => sum + importUnits, 0n),
    isBilled: true,
  };
}

/** @param measured the usage as it was measured, interval by interval */
export function withRegisters(
  usage: readonly UsageInterval[],
  { codes, isDemandWanted, rates, highestDemand }: ReadRegisters,
  measured: readonly BucketUsage[],
): RegisteredUsage {
  // What was estimated or decided by a person is divided by the clock: no register tells of it.
  const isTold = (i: number): boolean => !usage[i]!.estimated && measured[i]!.stretches === undefined;
  const missing = codes.filter((code) => rates.some((byCode, i) => isTold(i) && byCode[code] === undefined));
  if (isDemandWanted && highestDemand === undefined) missing.push('1.6.0');
  return {
    usage: usage.map((interval, i) => (isTold(i) && codes.length > 0 ? { ...interval, rates: rates[i]! } : interval)),
    ...(isDemandWanted && highestDemand !== undefined ? { registeredDemandKw: fromUnits(highestDemand) } : {}),
    ...(missing.length === 0
      ? {}
      : { missing: `The meter’s readings do not tell of ${missing.join(', ')} in the period.` }),
  };
}

const codesOf = ({ timeOfUse }: TariffVersion): string[] => (timeOfUse?.registers ?? []).map(({ obis }) => obis);

const wantsDemand = ({ components }: TariffVersion): boolean =>
  components.some((component) => component.kind === 'demand' && component.source === 'register');
