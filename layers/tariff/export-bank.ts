/**
 * Energy that is fed in and set off against energy taken: what is kept as kWh for later bills, and what falls due. It does with
 * the end of the supply, with a tariff that keeps it no more, and once a year where the tariff names a month (`settledIn`).
 */
import { type BillingFacts, RatingError } from './facts.ts';
import { endsBankYear, type Segment } from './segments.ts';
import type { TariffVersion } from './tariff-schema.ts';
import { anyTime } from './time-of-use.ts';

/** Energy that no later bill can use. */
export interface BankSettlement {
  segment: Segment;
  /** Whose settlement rate it has: the last that kept it. */
  version: TariffVersion;
  /** Millionths of a kWh. */
  units: bigint;
  /** Of the end of a year of the bank: the first local day after. */
  yearTo?: string;
}

export interface BankUse {
  /** For later bills, by bucket, millionths of a kWh. */
  left: Map<string, bigint>;
  settlements: BankSettlement[];
  /** Something fell due, or would have: what earlier bills come to bank otherwise changes this bill and not later ones. */
  isSettled: boolean;
}

/**
 * Goes through the years of the bank that the bill has a part in, mostly one: sets off, then settles.
 * @throws RatingError `currency_change` when energy falls due that was banked under a tariff in another currency
 */
export function drawOnBank(segments: readonly Segment[], facts: BillingFacts): BankUse {
  const use: BankUse = { left: new Map(Object.entries(facts.exportBank ?? {})), settlements: [], isSettled: false };
  let begin = 0;
  segments.forEach((segment, i) => {
    const isLast = i === segments.length - 1;
    const isYearEnd = endsBankYear(segment);
    if (!isLast && !isYearEnd) return;
    setOffExports(segments.slice(begin, i + 1), use.left);
    if (isYearEnd) settle(use, segments.slice(0, i + 1), facts, () => true, segment.to);
    use.isSettled ||= isYearEnd;
    begin = i + 1;
  });
  const next = facts.followedBy ?? segments.at(-1)!.version;
  settle(use, segments, facts, (bucket) => facts.settleExportBank === true || !keeps(next, bucket));
  const isEnded = facts.settleExportBank === true && keepersOf(segments, facts).length > 0;
  if (isEnded) use.left.clear();
  use.isSettled ||= isEnded || use.settlements.length > 0;
  return use;
}

/**
 * Sets energy fed in, these segments' and the bank's, off against energy taken of the same bucket, over all of them: what the sun
 * gave before a change of price also counts for what was taken after it. Shared among segments by energy taken.
 */
function setOffExports(segments: readonly Segment[], left: Map<string, bigint>): void {
  const buckets = new Set(segments.flatMap(({ energies }) => [...energies.keys()]));
  for (const bucket of buckets) {
    const netting = segments.filter(
      ({ version, energies }) => version.export?.mode === 'net_energy' && energies.has(bucket),
    );
    const taken = sumOf(netting.map(({ energies }) => energies.get(bucket)!.importUnits));
    const available =
      sumOf(netting.map(({ energies }) => energies.get(bucket)!.exportUnits)) + (left.get(bucket) ?? 0n);
    const used = taken < available ? taken : available;
    shareOut(netting, bucket, used, taken);
    if (netting.length > 0) left.set(bucket, available - used);
  }
}

function shareOut(segments: readonly Segment[], bucket: string, used: bigint, taken: bigint): void {
  let before = 0n;
  for (const { energies, setOff } of segments) {
    const after = before + energies.get(bucket)!.importUnits;
    if (taken > 0n) setOff.set(bucket, (used * after) / taken - (used * before) / taken);
    before = after;
  }
}

const sumOf = (values: bigint[]): bigint => values.reduce((sum, value) => sum + value, 0n);

/** Takes what is due out of the bank, for the last version that kept it. */
function settle(
  { left, settlements }: BankUse,
  segments: readonly Segment[],
  facts: BillingFacts,
  isDue: (bucket: string) => boolean,
  yearTo?: string,
): void {
  const keepers = keepersOf(segments, facts);
  // The empty ones are nobody's.
  const byKeeper = Map.groupBy(
    [...left.keys()].filter((bucket) => isDue(bucket) && left.get(bucket)! > 0n),
    (bucket) => keepers.find(({ version }) => keeps(version, bucket)) ?? keepers[0],
  );
  for (const [keeper, buckets] of byKeeper) {
    if (keeper === undefined) continue;
    const { currency } = keeper.version;
    if (currency !== segments[0]!.version.currency)
      throw new RatingError(
        'currency_change',
        `Energy is banked under a tariff in ${currency}: cancel the bill before, which pays it out when it is made again.`,
      );
    const units = sumOf(buckets.map((bucket) => left.get(bucket)!));
    settlements.push({ ...keeper, units, ...(yearTo === undefined ? {} : { yearTo }) });
    for (const bucket of buckets) left.delete(bucket);
  }
}

/** Who kept energy, the last first. */
const keepersOf = (segments: readonly Segment[], { bankedUnder }: BillingFacts) =>
  [
    ...segments.map((segment) => ({ segment, version: segment.version })).reverse(),
    ...(bankedUnder === undefined ? [] : [{ segment: segments[0]!, version: bankedUnder }]),
  ].filter(({ version }) => version.export?.mode === 'net_energy');

function keeps({ export: exported, timeOfUse }: TariffVersion, bucket: string): boolean {
  if (exported?.mode !== 'net_energy') return false;
  if (timeOfUse === undefined) return bucket === anyTime;
  return bucket === timeOfUse.defaultBucket || timeOfUse.windows.some((window) => window.bucket === bucket);
}
