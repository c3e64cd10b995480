/** Energy in blocks, of all hours or of one bucket. */
import {
  type Fraction,
  fraction,
  fractionOf,
  fractionText,
  isPositive,
  larger,
  minus,
  smaller,
  times,
} from '../../money/fraction.ts';
import { monthShare, type NewLine, type RatingContext } from '../rating-context.ts';
import type { Segment } from '../segments.ts';
import type { BilingualLabel, ComponentOf } from '../tariff-schema.ts';

export const unitsPerKwh = 1_000_000n;

export function rateEnergy(context: RatingContext, segment: Segment, component: ComponentOf<'energy'>): void {
  const { rounding } = segment.version;
  const exact = fraction(billedUnits(segment, component.bucket), unitsPerKwh);
  const quantity = context.roundQuantity(`energy/${component.code}`, exact, rounding.energyDecimals);
  const blocks = limitedBlocks(context, segment, component);
  const slices = component.blockRule === 'whole' ? [blockReached(blocks, quantity)] : blocksOf(blocks, quantity);
  for (const slice of slices)
    context.add(
      segment,
      lineOf(component, slice, component.blocks.length > 1 ? monthShare(segment).explanation : { en: '', ar: '' }),
    );
}

/** Energy taken, less what is set off by energy fed in; millionths of a kWh. */
export function billedUnits({ energies, setOff }: Segment, bucket?: string): bigint {
  let units = 0n;
  for (const [name, { importUnits }] of energies)
    if (bucket === undefined || bucket === name) units += importUnits - (setOff.get(name) ?? 0n);
  return units;
}

interface Slice {
  block: number;
  rate: string;
  quantity: Fraction;
  above: Fraction;
  upTo: Fraction | undefined;
}

interface LimitedBlock {
  rate: string;
  above: Fraction;
  /** None of the last block. */
  limit: Fraction | undefined;
}

/**
 * The blocks with their share of the month. Limits are rounded like energy is: those of a month that is cut sum to the whole
 * one's, and none lies below the one before, which shares of few days would otherwise do in whole kWh.
 */
function limitedBlocks(
  context: RatingContext,
  segment: Segment,
  { code, bucket, blocks, perDwelling }: ComponentOf<'energy'>,
): LimitedBlock[] {
  const dwellings = fraction(perDwelling ? BigInt(context.facts.dwellings ?? 1) : 1n);
  let above = fraction(0n);
  return blocks.map(({ upTo, rate }) => {
    if (upTo === undefined) return { rate, above, limit: undefined };
    const exact = times(times(fractionOf(upTo), segment.months), dwellings);
    const name = `limit/${code}/${bucket ?? ''}/${upTo}`;
    const limit = larger(context.roundQuantity(name, exact, segment.version.rounding.energyDecimals), above);
    const block = { rate, above, limit };
    above = limit;
    return block;
  });
}

/** The parts sum to the quantity exactly. */
function blocksOf(blocks: readonly LimitedBlock[], quantity: Fraction): Slice[] {
  const slices: Slice[] = [];
  for (const [block, { rate, above, limit }] of blocks.entries()) {
    const end = limit === undefined ? quantity : smaller(quantity, limit);
    const inside = minus(end, above);
    if (isPositive(inside)) slices.push({ block, rate, quantity: inside, above, upTo: limit });
    if (limit === undefined || !isPositive(minus(quantity, limit))) break;
  }
  const { rate, above } = blocks[0]!;
  return slices.length > 0 ? slices : [{ block: 0, rate, quantity, above, upTo: undefined }];
}

function blockReached(blocks: readonly LimitedBlock[], quantity: Fraction): Slice {
  const block = blocks.findIndex(({ limit }) => limit === undefined || !isPositive(minus(quantity, limit)));
  const { rate, above, limit } = blocks[block]!;
  return { block, rate, quantity, above, upTo: limit };
}

function lineOf(
  component: ComponentOf<'energy'>,
  { block, rate, quantity, above, upTo }: Slice,
  share: BilingualLabel,
): NewLine {
  const price = fractionOf(rate);
  const energy = fractionText(quantity);
  return {
    code: component.code,
    kind: 'energy',
    label: component.label,
    quantity,
    unit: 'kWh',
    rate: price,
    exact: times(quantity, price),
    formula: `${energy} kWh × ${rate}`,
    explanation:
      component.blocks.length === 1 ? flat(energy, rate) : inBlock(block + 1, above, upTo, component.blockRule, share),
  };
}

const flat = (energy: string, rate: string): BilingualLabel => ({
  en: `${energy} kWh at ${rate} each`,
  ar: `${energy} ك.و.س بسعر ${rate} لكل منها`,
});

function inBlock(
  number: number,
  above: Fraction,
  upTo: Fraction | undefined,
  rule: 'incremental' | 'whole',
  share: BilingualLabel,
): BilingualLabel {
  const from = fractionText(above);
  const range =
    upTo === undefined
      ? { en: `above ${from} kWh`, ar: `ما فوق ${from} ك.و.س` }
      : { en: `${from} to ${fractionText(upTo)} kWh`, ar: `من ${from} إلى ${fractionText(upTo)} ك.و.س` };
  const what =
    rule === 'whole'
      ? { en: 'all energy at the price of block', ar: 'كل الطاقة بسعر الشريحة' }
      : { en: 'block', ar: 'الشريحة' };
  return { en: `${what.en} ${number}: ${range.en}${share.en}`, ar: `${what.ar} ${number}: ${range.ar}${share.ar}` };
}
