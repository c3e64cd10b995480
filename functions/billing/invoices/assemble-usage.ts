/** What a bill is made of: usage by intervals, and its estimates in brief. */
import type { UsageInterval } from '../../../layers/tariff/facts.ts';
import { type IntervalValue, sumOfUnits } from '../../../layers/vee/series.ts';
import type { BucketUsage } from '../../metering/contract.ts';
import type { CollectedUsage, MadeEstimate } from './collect-usage.ts';

export function assemble(
  measured: readonly BucketUsage[],
  estimated: readonly IntervalValue[],
  findings: string[],
): CollectedUsage {
  const byStart = new Map(estimated.map((value) => [value.from, value.units]));
  const usage = measured.map((bucket): UsageInterval => {
    const { start, end, importUnits, exportUnits, reactiveUnits } = bucket;
    const guess = byStart.get(start);
    return {
      from: start,
      to: end,
      importUnits: guess ?? importUnits ?? 0n,
      ...(exportUnits === undefined ? {} : { exportUnits }),
      ...(reactiveUnits === undefined ? {} : { reactiveUnits }),
      ...(guess === undefined && !isMadeUp(bucket) ? {} : { estimated: true }),
    };
  });
  const estimatedUnits = sumOfUnits(estimated);
  return { usage, estimates: inBrief(estimated), estimatedUnits, findings };
}

/** What a person let a method make up is an estimate to the customer, whoever decided it. */
const isMadeUp = ({ stretches = [], otherStretches = [] }: BucketUsage): boolean =>
  [...stretches, ...otherStretches].some(({ method }) => method !== 'values');

/** So many stretches are told apart on a bill; of more, each method's are one entry. */
const mostEstimates = 50;

function inBrief(estimated: readonly IntervalValue[]): MadeEstimate[] {
  const stretches: MadeEstimate[] = [];
  for (const { from, to, units, method, basis = '' } of estimated) {
    const last = stretches.at(-1);
    if (last?.to === from && last.method === method && last.basis === basis)
      Object.assign(last, { to, intervals: last.intervals + 1, units: last.units + units });
    else stretches.push({ method: method!, basis, from, to, intervals: 1, units });
  }
  if (stretches.length <= mostEstimates) return stretches;
  return [...Map.groupBy(stretches, ({ method }) => method).values()].map((same) => ({
    ...same[0]!,
    basis: `${same.length} stretches, the first: ${same[0]!.basis}`,
    to: same.at(-1)!.to,
    intervals: same.reduce((sum, { intervals }) => sum + intervals, 0),
    units: sumOfUnits(same),
  }));
}
