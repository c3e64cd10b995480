/**
 * The highest demand of the days whose tariff prices what the meter registered, where other days of the bill have a tariff that
 * does not: what was reached on those is nothing that these days pay for.
 */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { wholeRoot } from '../../../layers/money/whole-root.ts';
import type { DemandUnit } from '../../../layers/tariff/known-demand.ts';
import { registersBetween, usageBetween } from '../../metering/contract.ts';
import { quarterMs, type UsageBucket } from './usage-buckets.ts';

/**
 * What the register rose to in these days, or began again with; otherwise what quarters of an hour came to, where all were measured.
 * @param asking buckets of these days, in order; days between may be missing
 * @returns millionths of a kW, or kVA; undefined where a stretch of them is told of by neither
 */
export async function demandOfParts(
  session: TenantSession,
  meterId: string,
  asking: readonly UsageBucket[],
  unit: DemandUnit,
): Promise<bigint | undefined> {
  let highest = 0n;
  for (const stretch of stretchesOf(asking)) {
    const { demands } = await registersBetween(session, meterId, stretch, []);
    const reached = demands[unit].highest ?? (await measuredPeak(session, meterId, stretch, unit));
    if (reached === undefined) return undefined;
    if (reached > highest) highest = reached;
  }
  return highest;
}

function stretchesOf(buckets: readonly UsageBucket[]): UsageBucket[][] {
  const stretches: UsageBucket[][] = [];
  for (const bucket of buckets) {
    const last = stretches.at(-1);
    if (last !== undefined && last.at(-1)!.end === bucket.start) last.push(bucket);
    else stretches.push([bucket]);
  }
  return stretches;
}

/** Millionths of a kWh in a quarter of an hour, four times; of apparent power with the kvarh of it. */
async function measuredPeak(
  session: TenantSession,
  meterId: string,
  stretch: readonly UsageBucket[],
  unit: DemandUnit,
): Promise<bigint | undefined> {
  const [start, end] = [stretch[0]!.start, stretch.at(-1)!.end];
  const quarters = Array.from({ length: Math.floor((end - start) / quarterMs) }, (_, i) => ({
    start: start + i * quarterMs,
    end: start + (i + 1) * quarterMs,
  }));
  let highest = 0n;
  for (const { importUnits, reactiveUnits, billable, estimated } of await usageBetween(session, meterId, quarters)) {
    if (importUnits === undefined || !billable || estimated) return undefined;
    if (unit === 'kVA' && reactiveUnits === undefined) return undefined;
    const size = 4n * importUnits;
    const reached = unit === 'kW' ? size : wholeRoot(size * size + (4n * reactiveUnits!) ** 2n);
    if (reached > highest) highest = reached;
  }
  return highest;
}
