/** Sums the usage of a span of time by bucket; an interval that crosses an edge is divided by time, and nothing is lost between the parts. */
import type { UsageInterval } from './facts.ts';
import { RatingError } from './facts.ts';
import type { TimeOfUse } from './tariff-schema.ts';
import type { BucketSpan } from './time-of-use.ts';

export interface Energies {
  importUnits: bigint;
  exportUnits: bigint;
  reactiveUnits: bigint;
}

const noEnergy = (): Energies => ({ importUnits: 0n, exportUnits: 0n, reactiveUnits: 0n });

/** @throws RatingError `usage_order` */
export function checkUsage(usage: readonly UsageInterval[]): void {
  usage.forEach(
    ({ from, to, importUnits, exportUnits = 0n, reactiveUnits = 0n, apparentUnits = 0n, rates = {} }, i) => {
      if (from >= to) throw new RatingError('usage_order', 'A usage interval ends before it begins.');
      if (i > 0 && from < usage[i - 1]!.to)
        throw new RatingError('usage_order', 'Usage intervals overlap or are not in order.');
      if ([importUnits, exportUnits, reactiveUnits, apparentUnits, ...Object.values(rates)].some((units) => units < 0n))
        throw new RatingError('usage_order', 'Energies of an interval are not negative.');
    },
  );
}

/**
 * @param spans in order, without gaps; usage outside of them is left out
 * @param registers of buckets: where an interval has their rates, these say what was taken, and not the clock
 */
export function energyByBucket(
  usage: readonly UsageInterval[],
  spans: readonly BucketSpan[],
  registers: TimeOfUse['registers'] = undefined,
): Map<string, Energies> {
  if (registers !== undefined) return byRegisters(usage, spans, registers);
  const sums = new Map<string, Energies>();
  for (const { bucket } of spans) if (!sums.has(bucket)) sums.set(bucket, noEnergy());
  let first = 0;
  for (const interval of usage) {
    while (first < spans.length && spans[first]!.to <= interval.from) first++;
    for (let i = first; i < spans.length && spans[i]!.from < interval.to; i++) {
      const span = spans[i]!;
      const sum = sums.get(span.bucket)!;
      if (span.from <= interval.from && interval.to <= span.to) {
        sum.importUnits += interval.importUnits;
        sum.exportUnits += interval.exportUnits ?? 0n;
        sum.reactiveUnits += interval.reactiveUnits ?? 0n;
      } else {
        const [from, to] = [Math.max(span.from, interval.from), Math.min(span.to, interval.to)];
        sum.importUnits += part(interval.importUnits, interval, from, to);
        sum.exportUnits += part(interval.exportUnits ?? 0n, interval, from, to);
        sum.reactiveUnits += part(interval.reactiveUnits ?? 0n, interval, from, to);
      }
    }
  }
  return sums;
}

function byRegisters(
  usage: readonly UsageInterval[],
  spans: readonly BucketSpan[],
  registers: NonNullable<TimeOfUse['registers']>,
): Map<string, Energies> {
  const [start, end] = [spans[0]!.from, spans.at(-1)!.to];
  // What registers tell of is left to the clock only as far as they do not tell: energy fed in, and reactive energy.
  const sums = energyByBucket(
    usage.map((interval) => (interval.rates === undefined ? interval : { ...interval, importUnits: 0n })),
    spans,
  );
  for (const interval of usage) {
    const [from, to] = [Math.max(start, interval.from), Math.min(end, interval.to)];
    if (interval.rates === undefined || from >= to) continue;
    for (const { bucket, obis } of registers) {
      const sum = sums.get(bucket) ?? noEnergy();
      sums.set(bucket, sum);
      sum.importUnits += part(interval.rates[obis] ?? 0n, interval, from, to);
    }
  }
  return sums;
}

/** By differences of the rounded running share, so that the parts of an interval sum to it. */
function part(units: bigint, { from: start, to: end }: UsageInterval, from: number, to: number): bigint {
  const until = (moment: number): bigint => (units * BigInt(moment - start)) / BigInt(end - start);
  return until(to) - until(from);
}

export function addEnergies(all: Iterable<Energies>): Energies {
  const sum = noEnergy();
  for (const { importUnits, exportUnits, reactiveUnits } of all) {
    sum.importUnits += importUnits;
    sum.exportUnits += exportUnits;
    sum.reactiveUnits += reactiveUnits;
  }
  return sum;
}
