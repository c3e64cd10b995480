/**
 * What a tariff takes from the meter's own registers: energy by rate in place of the clock, the highest demand in place of
 * quarters of an hour. Where the meter does not tell, nothing is made up.
 */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { fromUnits } from '../../../layers/metering/register.ts';
import type { UsageInterval } from '../../../layers/tariff/facts.ts';
import type { TariffVersion } from '../../../layers/tariff/tariff-schema.ts';
import { type BucketUsage, registersBetween } from '../../metering/contract.ts';

export interface RegisteredUsage {
  usage: UsageInterval[];
  /** kW, decimal text. */
  registeredDemandKw?: string;
  /** What the meter did not tell; then it cannot be billed. */
  missing?: string;
}

/** Whether a version of the tariff that holds in the period, or before it, bills by registers. */
export const billsByRegisters = (versions: readonly TariffVersion[]): boolean =>
  versions.some((version) => codesOf(version).length > 0 || wantsDemand(version));

/** @param measured the usage as it was measured, interval by interval */
export async function collectRegisters(
  session: TenantSession,
  { meterId, from, versions }: { meterId: string; from: string; versions: readonly TariffVersion[] },
  usage: readonly UsageInterval[],
  measured: readonly BucketUsage[],
): Promise<RegisteredUsage> {
  // Versions are in order, and one ends where the next begins.
  const inForce = versions.filter((_, i) => (versions[i + 1]?.from ?? '9999') > from);
  const codes = [...new Set(inForce.flatMap(codesOf))].sort();
  const isDemandWanted = inForce.some(wantsDemand);
  if (codes.length === 0 && !isDemandWanted) return { usage: [...usage] };
  const { rates, highestDemand } = await registersBetween(session, meterId, measured, codes);
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
