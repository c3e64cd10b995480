/** Energy fed in: set off against energy taken and banked, or credited at its own price. */
import {
  type Fraction,
  fraction,
  fractionOf,
  fractionText,
  isPositive,
  larger,
  minus,
  opposite,
  smaller,
  times,
} from '../money/fraction.ts';
import { unitsPerKwh } from './components/energy.ts';
import { RatingError } from './facts.ts';
import type { RatingContext } from './rating-context.ts';
import type { Segment } from './segments.ts';
import type { TariffVersion } from './tariff-schema.ts';
import { anyTime } from './time-of-use.ts';

/**
 * Sets energy fed in, this period's and the bank's, off against energy taken of the same bucket, over the whole period:
 * what the sun gave before a change of price also counts for what was taken after it. Shared among segments by energy taken.
 * @returns what is left for later bills, by bucket, millionths of a kWh
 */
export function setOffExports(
  segments: readonly Segment[],
  bank: Readonly<Record<string, bigint>>,
): Map<string, bigint> {
  const left = new Map<string, bigint>(Object.entries(bank));
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
  return left;
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

/** Credits of net billing, for one segment. */
export function creditExports(context: RatingContext, segment: Segment): void {
  const rule = segment.version.export;
  if (rule?.mode !== 'net_billing') return;
  for (const { bucket, rate, beyond = [] } of rule.rates) {
    let units = 0n;
    for (const [name, { exportUnits }] of segment.energies)
      if (bucket === undefined || bucket === name) units += exportUnits;
    const quantity = context.roundQuantity(
      `export/${bucket ?? ''}`,
      fraction(units, unitsPerKwh),
      segment.version.rounding.energyDecimals,
    );
    const name = `beyond/${rule.code}/${bucket ?? ''}`;
    for (const block of creditBlocks(context, segment, name, quantity, [{ kwh: '0', rate }, ...beyond]))
      addCredit(context, segment, rule.code, rule.label, block.quantity, block.rate);
  }
}

/** The parts sum to the quantity; limits are the segment's share of the month's. */
function creditBlocks(
  context: RatingContext,
  { months, version: { rounding } }: Segment,
  name: string,
  quantity: Fraction,
  prices: readonly { kwh: string; rate: string }[],
): { quantity: Fraction; rate: string }[] {
  const limits: Fraction[] = [];
  for (const { kwh } of prices) {
    const limit = context.roundQuantity(`${name}/${kwh}`, times(fractionOf(kwh), months), rounding.energyDecimals);
    // Rounded shares of few days must not fall below the limit before.
    limits.push(larger(limit, limits.at(-1) ?? fraction(0n)));
  }
  return prices.flatMap(({ rate }, i) => {
    const next = limits[i + 1];
    const inside = minus(next === undefined ? quantity : smaller(quantity, next), limits[i]!);
    return isPositive(inside) ? [{ quantity: inside, rate }] : [];
  });
}

/**
 * Pays out what no later bill can use, at the settlement rate of the last version that kept it: all of it when the supply ends,
 * otherwise buckets that the tariff from now on does not keep.
 * @returns whether anything was taken out of the bank
 * @throws RatingError `currency_change` when that version has another currency
 */
export function settleBank(context: RatingContext, left: Map<string, bigint>): boolean {
  const { segments, facts } = context;
  const next = facts.followedBy ?? segments.at(-1)!.version;
  const keeping = [
    ...segments.map((segment) => ({ segment, version: segment.version })).reverse(),
    ...(facts.bankedUnder === undefined ? [] : [{ segment: segments[0]!, version: facts.bankedUnder }]),
  ].filter(({ version }) => version.export?.mode === 'net_energy');
  const due = [...left.keys()].filter((bucket) => facts.settleExportBank || !keeps(next, bucket));
  // The empty ones are nobody's.
  const byVersion = Map.groupBy(
    due.filter((bucket) => left.get(bucket)! > 0n),
    (bucket) => keeping.find(({ version }) => keeps(version, bucket)) ?? keeping[0],
  );
  for (const [kept, buckets] of byVersion) {
    if (kept === undefined) continue;
    const { segment, version } = kept;
    if (version.currency !== context.currency)
      throw new RatingError(
        'currency_change',
        `Energy is banked under a tariff in ${version.currency}: cancel the bill before, which pays it out when it is made again.`,
      );
    payOut(context, segment, version, sumOf(buckets.map((bucket) => left.get(bucket)!)));
    for (const bucket of buckets) left.delete(bucket);
  }
  const isPaidOut = [...byVersion.keys()].some((kept) => kept !== undefined);
  if (facts.settleExportBank && keeping.length > 0) left.clear();
  return isPaidOut;
}

function keeps({ export: exported, timeOfUse }: TariffVersion, bucket: string): boolean {
  if (exported?.mode !== 'net_energy') return false;
  if (timeOfUse === undefined) return bucket === anyTime;
  return bucket === timeOfUse.defaultBucket || timeOfUse.windows.some((window) => window.bucket === bucket);
}

function payOut(
  context: RatingContext,
  segment: Segment,
  { export: rule, rounding }: TariffVersion,
  units: bigint,
): void {
  if (rule?.mode !== 'net_energy') return;
  const quantity = context.roundQuantity('settlement', fraction(units, unitsPerKwh), rounding.energyDecimals);
  if (!isPositive(quantity) || Number(rule.settlementRate) === 0) return;
  addCredit(
    context,
    segment,
    'export_settlement',
    { en: 'Settlement of energy fed in', ar: 'تسوية الطاقة المصدّرة' },
    quantity,
    rule.settlementRate,
  );
}

function addCredit(
  context: RatingContext,
  segment: Segment,
  code: string,
  label: { en: string; ar: string },
  quantity: ReturnType<typeof fraction>,
  rate: string,
): void {
  const text = fractionText(quantity);
  context.add(segment, {
    code,
    kind: 'export',
    label,
    quantity,
    unit: 'kWh',
    rate: fractionOf(rate),
    exact: opposite(times(quantity, fractionOf(rate))),
    formula: `−(${text} kWh × ${rate})`,
    explanation: { en: `${text} kWh fed in, at ${rate} each`, ar: `${text} ك.و.س مصدّرة بسعر ${rate} لكل منها` },
  });
}
