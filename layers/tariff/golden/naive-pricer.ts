/**
 * Prices a bill by the rules of docs/billing.md, one after the other, over half hours: the answer that the rating engine is
 * held against. Exact fractions are all it shares with it.
 */
import {
  type Fraction,
  fraction,
  fractionOf,
  larger,
  minus,
  plus,
  rounded,
  smaller,
  times,
  total,
} from '../../money/fraction.ts';
import type { Component, TariffVersion } from '../tariff-schema.ts';
import { rootOf } from './arithmetic.ts';
import { bucketOf, type HalfHour } from './naive-usage.ts';

/** With the bucket of its version. */
type Priced = HalfHour & { bucket: string };

/** Days of one version. */
interface Part {
  version: TariffVersion;
  hours: Priced[];
  months: Fraction;
  /** Share of the energy taken that is set off, by bucket. */
  setOff: Map<string, Fraction>;
  lines: { code: string; kind: string; amount: Fraction }[];
}

const zero = fraction(0n);
const kwh = (units: bigint): Fraction => fraction(units, 1_000_000n);
const sum = (hours: readonly HalfHour[], of: 'taken' | 'fedIn' | 'reactive'): Fraction =>
  kwh(hours.reduce((units, hour) => units + hour[of], 0n));
const percent = (text: string): Fraction => times(fractionOf(text), fraction(1n, 100n));
const daysOfMonth = (date: string): bigint =>
  BigInt(new Date(Date.UTC(+date.slice(0, 4), +date.slice(5, 7), 0)).getUTCDate());

/** Amounts by `part/code`, of tariffs in dollars. */
export function priceNaively(versions: readonly TariffVersion[], hours: readonly HalfHour[]) {
  const parts = versions.map((version, i): Part => {
    const until = versions[i + 1]?.from ?? '9999';
    const own = hours
      .filter(({ date }) => version.from <= date && date < until)
      .map((hour) => ({ ...hour, bucket: bucketOf(version, hour) }));
    const days = [...new Set(own.map(({ date }) => date))];
    const months = total(days.map((date) => fraction(1n, daysOfMonth(date))));
    return { version, hours: own, months, setOff: new Map(), lines: [] };
  });
  netEnergies(parts);
  const running = new Map<string, Fraction>();
  /** Rounds a part so that all parts of the name sum to the rounded whole. */
  const part = (
    name: string,
    exact: Fraction,
    scale: number,
    mode: Parameters<typeof rounded>[2] = 'half-up',
  ): Fraction => {
    const [key, before] = [`${name}/${scale}/${mode}`, running.get(`${name}/${scale}/${mode}`) ?? zero];
    running.set(key, plus(before, exact));
    return minus(rounded(plus(before, exact), scale, mode), rounded(before, scale, mode));
  };
  for (const { version, hours: own, months, setOff, lines } of parts) {
    const { energyDecimals, lines: mode } = version.rounding;
    const bill = (component: Component, exact: Fraction) =>
      lines.push({ code: component.code, kind: component.kind, amount: rounded(exact, 2, mode) });
    const net = (bucket?: string): Fraction =>
      minus(
        sum(
          own.filter((hour) => bucket === undefined || hour.bucket === bucket),
          'taken',
        ),
        total([...setOff].filter(([name]) => bucket === undefined || name === bucket).map(([, share]) => share)),
      );
    const linesOf = (fits: (line: Part['lines'][number]) => boolean): Fraction =>
      total(lines.filter(fits).map(({ amount }) => amount));
    for (const component of version.components)
      switch (component.kind) {
        case 'energy': {
          const used = part(component.code, net(component.bucket), energyDecimals);
          const limits: Fraction[] = [zero];
          for (const { upTo } of component.blocks) {
            const limit =
              upTo === undefined
                ? larger(used, limits.at(-1)!)
                : part(`${component.code} ${upTo}`, times(fractionOf(upTo), months), energyDecimals);
            limits.push(larger(limit, limits.at(-1)!));
          }
          const reached = limits.slice(1).findIndex((limit) => minus(limit, used).numerator >= 0n);
          component.blocks.forEach(({ rate }, i) => {
            const inside = minus(smaller(used, limits[i + 1]!), smaller(used, limits[i]!));
            const priced = component.blockRule === 'whole' ? (i === reached ? used : zero) : inside;
            bill(component, times(priced, fractionOf(rate)));
          });
          break;
        }
        case 'fixed': {
          const amount = part(component.code, times(fractionOf(component.amount), months), 2, mode);
          bill(component, amount);
          break;
        }
        case 'demand': {
          const pricing = parts.filter((other) =>
            other.version.components.some((each) => each.kind === 'demand' && each.unit === component.unit),
          );
          const highest = peak(pricing, component.intervalMinutes / 30, component.bucket, component.unit);
          const demand = component.unit === 'kVA' ? rootOf(highest, 3) : rounded(highest, 3, 'half-up');
          bill(component, times(times(demand, fractionOf(component.rate)), months));
          break;
        }
        case 'reactive': {
          const free = times(sum(own, 'taken'), percent(component.freePercent));
          const billed = part(component.code, larger(minus(sum(own, 'reactive'), free), zero), energyDecimals);
          bill(component, times(billed, fractionOf(component.rate)));
          break;
        }
        case 'power_factor': {
          const factor = factorOf(sum(own, 'taken'), sum(own, 'reactive'));
          const { below, percentPerHundredth } = component.penalties[0]!;
          const missing = larger(minus(fractionOf(below), factor), zero);
          bill(
            component,
            times(
              times(
                linesOf(({ code }) => component.of.includes(code)),
                missing,
              ),
              fractionOf(percentPerHundredth),
            ),
          );
          break;
        }
        case 'minimum':
          bill(
            component,
            larger(
              zero,
              minus(
                times(fractionOf(component.amount), months),
                linesOf(({ code }) => component.of.includes(code)),
              ),
            ),
          );
          break;
        case 'subsidy': {
          if (component.benefit.type !== 'per_kwh') throw new Error('Not priced naively.');
          const { rate, upToKwh } = component.benefit;
          const used = part(component.code, net(), energyDecimals);
          const helped =
            upToKwh === undefined
              ? used
              : smaller(used, part(`${component.code} ${upToKwh}`, times(fractionOf(upToKwh), months), energyDecimals));
          const worth = times(helped, fractionOf(rate));
          const most = component.atMost === undefined ? worth : times(fractionOf(component.atMost), months);
          const left = larger(
            zero,
            linesOf(() => true),
          );
          const given = minus(zero, smaller(smaller(worth, most), left));
          const isRunning = component.atMost !== undefined && minus(left, smaller(worth, most)).numerator > 0n;
          bill(component, isRunning ? part(`${component.code} given`, given, 2, mode) : given);
          break;
        }
        case 'tax':
          bill(
            component,
            times(
              linesOf(({ kind }) => kind !== 'tax'),
              percent(component.percent),
            ),
          );
          break;
        default:
          throw component satisfies never;
      }
  }
  return amountsOf(parts);
}

function amountsOf(parts: readonly Part[]): Map<string, Fraction> {
  const amounts = new Map<string, Fraction>();
  parts.forEach(({ lines }, i) => {
    for (const { code, amount } of lines)
      amounts.set(`${i}/${code}`, plus(amounts.get(`${i}/${code}`) ?? zero, amount));
  });
  return amounts;
}

/** Energy fed in and taken in the same bucket over the whole bill; each part has its share by what it took. */
function netEnergies(parts: readonly Part[]): void {
  const netting = parts.filter(({ version }) => version.export?.mode === 'net_energy');
  const buckets = new Set(netting.flatMap(({ hours }) => hours.map((hour) => hour.bucket)));
  for (const bucket of buckets) {
    const inside = netting.map(({ hours }) => hours.filter((hour) => hour.bucket === bucket));
    const [taken, fedIn] = [sum(inside.flat(), 'taken'), sum(inside.flat(), 'fedIn')];
    const used = smaller(taken, fedIn);
    netting.forEach(({ setOff }, i) => {
      const own = sum(inside[i]!, 'taken');
      if (own.numerator > 0n) setOff.set(bucket, times(times(used, own), fraction(taken.denominator, taken.numerator)));
    });
  }
}

/** Every window of so many half hours in a row that lies in the bucket: kW, or the square of kVA. */
function peak(
  parts: readonly Part[],
  length: number,
  bucket: string | undefined,
  unit: 'kW' | 'kVA' | undefined,
): Fraction {
  const hours = parts.flatMap((part) => part.hours);
  let highest = zero;
  for (let i = 0; i + length <= hours.length; i++) {
    const window = hours.slice(i, i + length);
    const isInRow = window.at(-1)!.at - window[0]!.at === (length - 1) * 1_800_000;
    const mean = (of: 'taken' | 'reactive') => times(sum(window, of), fraction(2n, BigInt(length)));
    const square = (of: 'taken' | 'reactive') => times(mean(of), mean(of));
    if (isInRow && window.every((hour) => bucket === undefined || hour.bucket === bucket))
      highest = larger(highest, unit === 'kVA' ? plus(square('taken'), square('reactive')) : mean('taken'));
  }
  return highest;
}

/** The thousandth that P / √(P² + Q²) is nearest to, found by trying them all. */
function factorOf(active: Fraction, reactive: Fraction): Fraction {
  if (active.numerator === 0n) return fraction(1n);
  const [real, apparent] = [times(active, active), plus(times(active, active), times(reactive, reactive))];
  let thousandths = 0n;
  // (n + ½)² × apparent ≤ 1000² × real
  while (thousandths < 1000n) {
    const half = fraction(2n * thousandths + 1n, 2000n);
    if (minus(real, times(times(half, half), apparent)).numerator < 0n) break;
    thousandths++;
  }
  return fraction(thousandths, 1000n);
}
