/** Energy in blocks, of all hours or of one bucket. */
import {
  type Fraction,
  fraction,
  fractionOf,
  fractionText,
  isPositive,
  minus,
  rounded,
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
  const slices =
    component.blockRule === 'whole'
      ? [blockReached(context, segment, component, quantity)]
      : blocksOf(context, segment, component, quantity);
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

/** The parts sum to the quantity exactly: limits are rounded like energy is. */
function blocksOf(
  context: RatingContext,
  segment: Segment,
  component: ComponentOf<'energy'>,
  quantity: Fraction,
): Slice[] {
  const slices: Slice[] = [];
  let above = fraction(0n);
  for (const [block, { upTo, rate }] of component.blocks.entries()) {
    const limit = upTo === undefined ? undefined : limitOf(context, segment, component, upTo);
    const end = limit === undefined ? quantity : smaller(quantity, limit);
    const inside = minus(end, above);
    if (isPositive(inside)) slices.push({ block, rate, quantity: inside, above, upTo: limit });
    if (limit === undefined || !isPositive(minus(quantity, limit))) break;
    above = limit;
  }
  return slices.length > 0 ? slices : [{ block: 0, rate: component.blocks[0]!.rate, quantity, above, upTo: undefined }];
}

function blockReached(
  context: RatingContext,
  segment: Segment,
  component: ComponentOf<'energy'>,
  quantity: Fraction,
): Slice {
  const block = component.blocks.findIndex(
    ({ upTo }) => upTo === undefined || !isPositive(minus(quantity, limitOf(context, segment, component, upTo))),
  );
  const { rate, upTo } = component.blocks[block]!;
  const below = component.blocks[block - 1]?.upTo;
  return {
    block,
    rate,
    quantity,
    above: below === undefined ? fraction(0n) : limitOf(context, segment, component, below),
    upTo: upTo === undefined ? undefined : limitOf(context, segment, component, upTo),
  };
}

function limitOf(
  context: RatingContext,
  segment: Segment,
  { perDwelling }: ComponentOf<'energy'>,
  upTo: string,
): Fraction {
  const dwellings = perDwelling ? BigInt(context.facts.dwellings ?? 1) : 1n;
  const exact = times(times(fractionOf(upTo), segment.months), fraction(dwellings));
  return rounded(exact, segment.version.rounding.energyDecimals, 'half-up');
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
