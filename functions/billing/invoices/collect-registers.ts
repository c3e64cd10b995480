/**
 * What a tariff takes from the meter's own registers: energy by rate in place of the clock, the highest demand in place of
 * quarters of an hour. Where the meter does not tell, nothing is made up.
 */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { sideBySide } from '../../../layers/kernel/side-by-side.ts';
import { fromUnits } from '../../../layers/metering/register.ts';
import { localDate } from '../../../layers/metering/time-zone.ts';
import { wholeRoot } from '../../../layers/money/whole-root.ts';
import { dayStart } from '../../../layers/tariff/calendar.ts';
import { demandOfLoadFactor, mayApply } from '../../../layers/tariff/conditions.ts';
import type { BillingFacts, UsageInterval } from '../../../layers/tariff/facts.ts';
import { type DemandUnit, unitOf } from '../../../layers/tariff/known-demand.ts';
import type { Component, TariffVersion } from '../../../layers/tariff/tariff-schema.ts';
import { type BucketUsage, type RegisterUsage, registersBetween } from '../../metering/contract.ts';
import { demandOfParts } from './demand-of-parts.ts';
import type { UsageBucket } from './usage-buckets.ts';

export interface RegisteredUsage {
  usage: UsageInterval[];
  registered: RegisteredDemands;
  /** What the meter did not tell; then it cannot be billed. */
  missing?: string;
}

/** As bills are made of them: kW and kVA as decimal text. */
export type RegisteredDemands = Pick<
  BillingFacts,
  'registeredDemandKw' | 'registeredWithin' | 'registeredDemandKva' | 'registeredKvaWithin'
>;

interface Days {
  from: string;
  /** The first local day after. */
  to: string;
}

/** A demand that a tariff bills as the meter registered it, and the days it is of. */
interface AskedDemand {
  unit: DemandUnit;
  /** Millionths. */
  highest: bigint | undefined;
  isKeptUndated: boolean;
  days: Days;
}

/** What tariffs ask of the registers, and what they told, by intervals. */
export interface ReadRegisters extends Pick<RegisterUsage, 'rates'> {
  /** Rates that are billed, short (`1.8.1`), by intervals: each by the tariff of its day. */
  codes: readonly (readonly string[])[];
  demands: readonly AskedDemand[];
  /** Intervals whose tariff makes a demand of counted kVAh. */
  asksApparent: readonly boolean[];
}

/** Apparent energy (IEC 62056-6-1, value group C 9). */
const apparentCode = '9.8.0';

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
  const asks = (component: Component): boolean => isByRegister(component) || isOfCountedKvah(component);
  if (all.length === 0 && !versions.some(({ components }) => components.some(asks))) return undefined;
  const since = versions.map(({ from }) => dayStart(from, timeZone));
  const versionAt = (time: number) => versions[since.findLastIndex((from) => from <= time)];
  const codes = buckets.map(({ start }) => {
    const version = versionAt(start);
    return version === undefined ? [] : codesOf(version);
  });
  const asksApparent = buckets.map(({ start }) => {
    const version = versionAt(start);
    const date = localDate(start, timeZone);
    return version?.components.some((each) => isOfCountedKvah(each) && mayApply(each, date, supply)) === true;
  });
  const wanted = (['kW', 'kVA'] as const).flatMap((unit) => {
    const asking = buckets.filter(({ start }) => {
      const version = versionAt(start);
      return version !== undefined && wantsDemand(version, localDate(start, timeZone), supply, unit);
    });
    return asking.length === 0 ? [] : [{ unit, asking }];
  });
  const extra = asksApparent.includes(true) ? [apparentCode] : [];
  if (all.length + extra.length === 0 && wanted.length === 0) return undefined;
  const [{ rates, demands }, ofParts] = await Promise.all([
    registersBetween(session, meterId, buckets, [...all, ...extra]),
    sideBySide(wanted, 1, async ({ unit, asking }) =>
      asking.length === buckets.length ? undefined : demandOfParts(session, meterId, asking, unit),
    ),
  ]);
  return {
    codes,
    rates,
    asksApparent,
    demands: wanted.map(({ unit, asking }, i) => ({
      unit,
      highest: ofParts[i] ?? demands[unit].highest,
      isKeptUndated: demands[unit].isKeptUndated,
      days: daysOf(ofParts[i] === undefined ? buckets : asking, timeZone),
    })),
  };
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
  { codes, rates, demands, asksApparent }: ReadRegisters,
  measured: readonly BucketUsage[],
): RegisteredUsage {
  // What was estimated or decided by a person is divided by the clock: no register tells of it.
  const isMeasured = (i: number): boolean =>
    !isGuessed(usage[i]!, measured[i]!) && measured[i]!.stretches === undefined;
  const isTold = (i: number): boolean => codes[i]!.length > 0 && isMeasured(i);
  const missing = billedCodes(codes).filter((code) =>
    rates.some((byCode, i) => isTold(i) && codes[i]!.includes(code) && byCode[code] === undefined),
  );
  if (rates.some((byCode, i) => asksApparent[i]! && isMeasured(i) && byCode[apparentCode] === undefined))
    missing.push(apparentCode);
  const untold = demands.filter(({ highest }) => highest === undefined);
  missing.push(...untold.map(({ unit }) => demandCodes[unit]));
  return {
    usage: usage.map((interval, i) => {
      const { [apparentCode]: apparentUnits, ...byRate } = rates[i]!;
      return {
        ...interval,
        ...(isTold(i) ? { rates: byRate } : {}),
        // Of what was estimated or decided by a person no register tells: it is worked out.
        ...(asksApparent[i]! ? { apparentUnits: isMeasured(i) ? (apparentUnits ?? 0n) : apparentOf(interval) } : {}),
      };
    }),
    registered: Object.assign({}, ...demands.map(registeredDemand)),
    ...(missing.length === 0
      ? {}
      : {
          missing: [
            notTold(missing),
            ...untold.flatMap(({ unit, isKeptUndated }) => (isKeptUndated ? [undated(demandCodes[unit])] : [])),
          ].join(' '),
        }),
  };
}

const apparentOf = ({ importUnits, reactiveUnits = 0n }: UsageInterval): bigint =>
  wholeRoot(importUnits * importUnits + reactiveUnits * reactiveUnits);

const demandCodes: Record<DemandUnit, string> = { kW: '1.6.0', kVA: '9.6.0' };

function registeredDemand({ unit, highest, days }: AskedDemand): RegisteredDemands {
  if (highest === undefined) return {};
  return unit === 'kVA'
    ? { registeredDemandKva: fromUnits(highest), registeredKvaWithin: days }
    : { registeredDemandKw: fromUnits(highest), registeredWithin: days };
}

const notTold = (codes: readonly string[]): string =>
  `The meter’s readings do not tell of ${codes.join(', ')} in the period.`;

/** What would help is said: nobody can tell from the value alone. */
const undated = (code: string): string =>
  `It keeps demands of ended billing periods (${code}*01 and on), but nothing tells of which: two readings in the period would, with its counter of billing periods (0.1.0) best, or the energy kept with them (1.8.0*01).`;

const codesOf = ({ timeOfUse }: TariffVersion): string[] => (timeOfUse?.registers ?? []).map(({ obis }) => obis);

const isOfCountedKvah = (component: Component): boolean =>
  component.kind === 'demand' &&
  unitOf(component) === 'kVA' &&
  component.source !== 'register' &&
  component.apparentEnergy === 'register';

const isByRegister = (component: Component, unit?: DemandUnit): boolean =>
  component.kind === 'demand' && component.source === 'register' && (unit === undefined || unitOf(component) === unit);

/** Load factors are told by the demand of all days. */
function wantsDemand(version: TariffVersion, date: string, supply: SupplySize, unit: DemandUnit): boolean {
  const ofLoad = demandOfLoadFactor(version);
  if (ofLoad !== undefined && isByRegister(ofLoad, unit)) return true;
  return version.components.some((component) => isByRegister(component, unit) && mayApply(component, date, supply));
}
