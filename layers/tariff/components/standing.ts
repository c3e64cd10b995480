/** Charges that do not depend on energy: fixed charges, demand, and the minimum of a bill. */
import {
  type Fraction,
  fraction,
  fractionOf,
  fractionText,
  isPositive,
  minus,
  one,
  rounded,
  times,
} from '../../money/fraction.ts';
import type { BillLine } from '../bill.ts';
import { addDays } from '../calendar.ts';
import { applies } from '../conditions.ts';
import { highestDemand, isRegistered } from '../demand.ts';
import { RatingError } from '../facts.ts';
import { demandUnits, type KnownDemand, knownDemand, unitOf } from '../known-demand.ts';
import { monthShare, type RatingContext } from '../rating-context.ts';
import type { Segment } from '../segments.ts';
import type { BilingualLabel, ComponentOf } from '../tariff-schema.ts';

export function rateFixed(context: RatingContext, segment: Segment, component: ComponentOf<'fixed'>): void {
  const { count, by } = multiplier(context, component);
  const share = monthShare(segment);
  const isFirst = segment.from === (context.facts.cutFrom ?? context.facts).from;
  const periods = { month: segment.months, day: fraction(BigInt(segment.days)), bill: isFirst ? one : fraction(0n) }[
    component.per
  ];
  if (!isPositive(periods)) return;
  const rate = fractionOf(component.amount);
  const quantity = times(periods, count);
  const factor = by === undefined ? '' : ` × ${fractionText(count)} ${by.text.en}`;
  const factorAr = by === undefined ? '' : ` × ${fractionText(count)} ${by.text.ar}`;
  const formulas = {
    month: `${component.amount}${factor}${share.formula}`,
    day: `${component.amount}${factor} × ${segment.days}`,
    bill: `${component.amount}${factor}`,
  };
  const explanations = {
    month: {
      en: `${component.amount} a month${factor}${share.explanation.en}`,
      ar: `${component.amount} شهريًا${factorAr}${share.explanation.ar}`,
    },
    day: {
      en: `${component.amount} a day${factor}, for ${segment.days} days`,
      ar: `${component.amount} يوميًا${factorAr}، عن ${segment.days} يومًا`,
    },
    bill: { en: `${component.amount} a bill${factor}`, ar: `${component.amount} لكل فاتورة${factorAr}` },
  };
  context.add(segment, {
    code: component.code,
    kind: 'fixed',
    label: component.label,
    quantity,
    unit: by?.unit ?? component.per,
    ...(component.per === 'bill' ? { isOnce: true } : {}),
    rate,
    exact: times(rate, quantity),
    isPart: component.per === 'month',
    formula: formulas[component.per],
    explanation: explanations[component.per],
  });
}

const kilowatts = { unit: 'kW', text: demandUnits.kW } as const;
const phases = { unit: 'phase', text: { en: 'phase(s)', ar: '(عدد الأطوار)' } } as const;
const dwellings = { unit: 'dwelling', text: { en: 'dwelling(s)', ar: '(عدد المساكن)' } } as const;

function multiplier(
  { facts }: RatingContext,
  { times: what, code }: ComponentOf<'fixed'>,
): { count: Fraction; by?: { unit: BillLine['unit']; text: BilingualLabel } } {
  const needed = (value: string | number | undefined, name: string): Fraction => {
    if (value === undefined) throw new RatingError('missing_fact', `"${code}" needs to know ${name}.`);
    return fractionOf(String(value));
  };
  switch (what) {
    case 'connection':
      return { count: one };
    case 'connected_kw':
      return { count: needed(facts.connectedKw, 'the connected load in kW'), by: kilowatts };
    case 'contracted_kw':
      return { count: needed(facts.contractedKw, 'the contracted demand in kW'), by: kilowatts };
    case 'contracted_kva':
      return {
        count: needed(facts.contractedKva, 'the contracted demand in kVA'),
        by: { unit: 'kVA', text: demandUnits.kVA },
      };
    case 'phase':
      return { count: needed(facts.phases, 'the number of phases'), by: phases };
    case 'dwelling':
      return { count: fraction(BigInt(facts.dwellings ?? 1)), by: dwellings };
    default:
      return what satisfies never;
  }
}

/**
 * Demand is the period's, so that a change of price in mid-month does not make a second peak; its price is by days. Days whose
 * tariff prices no demand of this supply, or by the other source, unit or apparent energy, do not count.
 */
export function rateDemand(context: RatingContext, segment: Segment, component: ComponentOf<'demand'>): void {
  const { facts } = context;
  const unit = unitOf(component);
  const known = knownDemand(facts, unit);
  const pricing = context.segments.filter((other) =>
    other.version.components.some(
      (each) =>
        each.kind === 'demand' &&
        unitOf(each) === unit &&
        isByRegister(each) === isByRegister(component) &&
        isCounted(each) === isCounted(component) &&
        applies(context, other, each),
    ),
  );
  const spans = pricing.flatMap((each) => each.spans);
  const { highest: measured, made } = highestDemand(facts, component, spans);
  const floors: [Fraction, string, string][] = [];
  const least = unit === 'kVA' ? component.minimumKva : component.minimumKw;
  if (least !== undefined) floors.push([fractionOf(least), 'the least that is billed', 'الحد الأدنى للفوترة']);
  if (component.ratchetPercent !== undefined && known.prior !== undefined)
    floors.push([
      percentOf(known.prior, component.ratchetPercent),
      `${component.ratchetPercent} % of the highest demand of the year`,
      `${component.ratchetPercent}٪ من أعلى طلب خلال السنة`,
    ]);
  if (component.contractedPercent !== undefined) {
    if (known.contracted === undefined)
      throw new RatingError('missing_fact', `"${component.code}" needs to know the contracted demand in ${unit}.`);
    floors.push([
      percentOf(known.contracted, component.contractedPercent),
      `${component.contractedPercent} % of the contracted demand`,
      `${component.contractedPercent}٪ من الطلب التعاقدي`,
    ]);
  }
  let billed = measured;
  let why = isRegistered(facts, component)
    ? registeredText(context, known)
    : { en: `the highest measured${made?.en ?? ''}`, ar: `أعلى طلب مقيس${made?.ar ?? ''}` };
  for (const [floor, en, ar] of floors)
    if (isPositive(minus(floor, billed))) {
      billed = floor;
      why = { en, ar };
    }
  billed = rounded(billed, 3, 'half-up');
  const peak = rounded(measured, 3, 'half-up');
  context.noteDemand(unit, billed, peak);
  addDemandLine(context, segment, component, billed, component.rate, why);
  if (component.excessRate !== undefined && known.contracted !== undefined) {
    const excess = minus(peak, fractionOf(known.contracted));
    if (isPositive(excess))
      addDemandLine(context, segment, component, excess, component.excessRate, {
        en: `above the contracted ${known.contracted} ${demandUnits[unit].en}`,
        ar: `فوق الطلب التعاقدي ${known.contracted} ${demandUnits[unit].ar}`,
      });
  }
}

const isByRegister = ({ source }: ComponentOf<'demand'>): boolean => source === 'register';
/** Of days whose tariff does not ask for them, nobody reads what kVAh the meter counted. */
const isCounted = ({ apparentEnergy }: ComponentOf<'demand'>): boolean => apparentEnergy === 'register';

/** Of a bill in parts it says of which days: one peak is charged to each part by its share of the month. */
function registeredText({ facts, segments }: RatingContext, { within }: KnownDemand): BilingualLabel {
  const { from, to } = within ?? facts;
  const last = addDays(to, -1);
  const days =
    segments.length > 1 ? { en: ` from ${from} to ${last}`, ar: ` من ${from} إلى ${last}` } : { en: '', ar: '' };
  return { en: `the highest the meter registered${days.en}`, ar: `أعلى طلب سجله العداد${days.ar}` };
}

function addDemandLine(
  context: RatingContext,
  segment: Segment,
  component: ComponentOf<'demand'>,
  quantity: Fraction,
  rate: string,
  why: { en: string; ar: string },
): void {
  const share = monthShare(segment);
  const unit = unitOf(component);
  const { en, ar } = demandUnits[unit];
  context.add(segment, {
    code: component.code,
    kind: 'demand',
    label: component.label,
    quantity,
    unit,
    rate: fractionOf(rate),
    exact: times(times(quantity, fractionOf(rate)), segment.months),
    formula: `${fractionText(quantity)} ${en} × ${rate}${share.formula}`,
    explanation: {
      en: `${fractionText(quantity)} ${en}, ${why.en}${share.explanation.en}`,
      ar: `${fractionText(quantity)} ${ar}، ${why.ar}${share.explanation.ar}`,
    },
  });
}

const percentOf = (value: string, percent: string): Fraction =>
  times(fractionOf(value), times(fractionOf(percent), fraction(1n, 100n)));

export function rateMinimum(context: RatingContext, segment: Segment, component: ComponentOf<'minimum'>): void {
  const share = monthShare(segment);
  const least = times(fractionOf(component.amount), segment.months);
  const reached = context.sumOf(segment, ({ code }) => component.of.includes(code));
  const missing = minus(least, reached);
  if (!isPositive(missing)) return;
  context.add(segment, {
    code: component.code,
    kind: 'minimum',
    label: component.label,
    quantity: segment.months,
    unit: 'month',
    rate: fractionOf(component.amount),
    exact: missing,
    formula: `${component.amount}${share.formula} − ${fractionText(reached)}`,
    explanation: {
      en: `what is missing to the minimum of ${component.amount}${share.explanation.en}`,
      ar: `المتمم للحد الأدنى ${component.amount}${share.explanation.ar}`,
    },
  });
}
