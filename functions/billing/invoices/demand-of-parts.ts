/**
 * The highest demand of the days whose tariff prices what the meter registered, where other days of the bill have a tariff that
 * does not: what was reached on those is nothing that these days pay for.
 */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { registersBetween, usageBetween } from '../../metering/contract.ts';
import { quarterMs, type UsageBucket } from './usage-buckets.ts';

/**
 * What the register rose to in these days, or began again with; otherwise what quarters of an hour came to, where all were measured.
 * @param asking buckets of these days, in order; days between may be missing
 * @returns millionths of a kW; undefined where a stretch of them is told of by neither
 */
export async function demandOfParts(
  session: TenantSession,
  meterId: string,
  asking: readonly UsageBucket[],
): Promise<bigint | undefined> {
  let highest = 0n;
  for (const stretch of stretchesOf(asking)) {
    const { highestDemand } = await registersBetween(session, meterId, stretch, []);
    const reached = highestDemand ?? (await measuredPeak(session, meterId, stretch));
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

/** Millionths of a kWh in a quarter of an hour, four times. */
async function measuredPeak(
  session: TenantSession,
  meterId: string,
  stretch: readonly UsageBucket[],
): Promise<bigint | undefined> {
  const [start, end] = [stretch[0]!.start, stretch.at(-1)!.end];
  const quarters = Array.from({ length: Math.floor((end - start) / quarterMs) }, (_, i) => ({
    start: start + i * quarterMs,
    end: start + (i + 1) * quarterMs,
  }));
  let highest = 0n;
  for (const { importUnits, billable, estimated } of await usageBetween(session, meterId, quarters)) {
    if (importUnits === undefined || !billable || estimated) return undefined;
    if (importUnits > highest) highest = importUnits;
  }
  return 4n * highest;
}
