/** Credits for energy fed in: at its own price as it comes, or for what of the bank no later bill can use. */
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
import { addDays } from './calendar.ts';
import { unitsPerKwh } from './components/energy.ts';
import type { BankSettlement } from './export-bank.ts';
import type { RatingContext } from './rating-context.ts';
import type { Segment } from './segments.ts';
import type { BilingualLabel } from './tariff-schema.ts';

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

/** Pays out what fell due of the bank; the end of its year is said also where that is worth nothing. */
export function creditSettlement(context: RatingContext, { segment, version, units, yearTo }: BankSettlement): void {
  const { export: rule, rounding } = version;
  if (rule?.mode !== 'net_energy') return;
  const rate = rule.settlementRate;
  const quantity = context.roundQuantity('settlement', fraction(units, unitsPerKwh), rounding.energyDecimals);
  if (!isPositive(quantity)) return;
  const isWorthless = Number(rate) === 0;
  if (yearTo === undefined) {
    const label = { en: 'Settlement of energy fed in', ar: 'تسوية الطاقة المصدّرة' };
    if (!isWorthless) addCredit(context, segment, 'export_settlement', label, quantity, rate);
    return;
  }
  const [text, day] = [fractionText(quantity), addDays(yearTo, -1)];
  addCredit(
    context,
    segment,
    'export_settlement',
    { en: 'Yearly settlement of energy fed in', ar: 'التسوية السنوية للطاقة المصدّرة' },
    quantity,
    rate,
    isWorthless
      ? {
          en: `${text} kWh fed in and not used by ${day} expire`,
          ar: `${text} ك.و.س مصدّرة لم تُستهلك حتى ${day} تسقط دون مقابل`,
        }
      : {
          en: `${text} kWh fed in and not used by ${day}, at ${rate} each`,
          ar: `${text} ك.و.س مصدّرة لم تُستهلك حتى ${day} بسعر ${rate} لكل منها`,
        },
  );
}

function addCredit(
  context: RatingContext,
  segment: Segment,
  code: string,
  label: BilingualLabel,
  quantity: ReturnType<typeof fraction>,
  rate: string,
  explanation?: BilingualLabel,
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
    explanation: explanation ?? {
      en: `${text} kWh fed in, at ${rate} each`,
      ar: `${text} ك.و.س مصدّرة بسعر ${rate} لكل منها`,
    },
  });
}
