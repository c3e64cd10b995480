/**
 * Consumption from cumulative registers. Readings and the values noted at installation and exchange make one curve
 * of energy over time; a bucket's consumption is the difference of the curve at its edges. The curve depends on the
 * set of readings only, so duplicates, reordering and late arrival cannot change it.
 */

import { limitsOf, type MeterProfile, type RegisterSegment } from './meter-state.ts';
import type { Bucket } from './time-buckets.ts';
import { type ChainPoint, trustedChain } from './trusted-chain.ts';

export const consumptionFlags = [
  /** The register passed its last digit and began again. */
  'rolled_over',
  /** The device was exchanged. */
  'exchanged',
  /** The register went back or leapt without an exchange; the step is not counted. */
  'register_broken',
  /** Readings that the others contradict were left out. */
  'suspect_readings',
  /** Around an exchange some energy was never read; it is not counted. */
  'unmeasured',
] as const;
export type ConsumptionFlag = (typeof consumptionFlags)[number];

export interface CurvePoint {
  time: number;
  /** Units of primary energy since the beginning of the curve. */
  energy: bigint;
  /** What happened between the previous point and this one. */
  flags: ConsumptionFlag[];
}

export interface BucketConsumption extends Bucket {
  /** Units of primary energy; undefined when nothing is known of the bucket. */
  energy: bigint | undefined;
  /** Whether an edge lay between two readings and was interpolated. */
  estimated: boolean;
  /** Whether readings reach from edge to edge. */
  complete: boolean;
  flags: ConsumptionFlag[];
}

/** @param readings in order of time */
export function energyCurve(profile: MeterProfile, readings: readonly ChainPoint[]): CurvePoint[] {
  const curve: CurvePoint[] = [];
  for (const segment of profile.segments) appendSegment(curve, segment, readings);
  return curve;
}

function appendSegment(curve: CurvePoint[], segment: RegisterSegment, readings: readonly ChainPoint[]): void {
  const points: ChainPoint[] = readings.filter(
    ({ time }) => time >= segment.from && (segment.to === undefined || time < segment.to),
  );
  if (segment.startRegister !== undefined && segment.from > 0)
    points.unshift({ time: segment.from, register: segment.startRegister, isAnchor: true });
  if (segment.endRegister !== undefined && segment.to !== undefined)
    points.push({ time: segment.to, register: segment.endRegister, isAnchor: true });
  const { links, suspects } = trustedChain(points, limitsOf(segment));
  const before = curve.at(-1);
  const base = before?.energy ?? 0n;
  let units = 0n;
  links.forEach((link, i) => {
    units += BigInt(link.units);
    const flags: ConsumptionFlag[] = [];
    if (i === 0 && before !== undefined)
      flags.push('exchanged', ...(before.time < link.point.time ? (['unmeasured'] as const) : []));
    if (link.rolledOver) flags.push('rolled_over');
    if (link.isBreak) flags.push('register_broken');
    curve.push({ time: link.point.time, energy: base + toPrimaryUnits(units, segment), flags });
  });
  flagSuspects(curve, suspects);
}

/** Primary energy of counted units; each of the two ratios has at most three decimals. */
export function toPrimaryUnits(units: number | bigint, { multiplier }: RegisterSegment): bigint {
  if (multiplier === 1) return BigInt(units);
  return (BigInt(units) * BigInt(Math.round(multiplier * 1_000_000))) / 1_000_000n;
}

function flagSuspects(curve: CurvePoint[], suspects: readonly ChainPoint[]): void {
  for (const { time } of suspects) {
    const next = curve.find((point) => point.time >= time) ?? curve.at(-1);
    if (next && !next.flags.includes('suspect_readings')) next.flags.push('suspect_readings');
  }
}

/** The consumption of each bucket. Edges are rounded once, so neighbouring buckets add up to their whole exactly. */
export function consumptionOf(curve: readonly CurvePoint[], buckets: readonly Bucket[]): BucketConsumption[] {
  const first = curve[0];
  const last = curve.at(-1);
  return buckets.map(({ start, end }) => {
    const nothing = { start, end, energy: undefined, estimated: false, complete: false, flags: [] };
    if (first === undefined || last === undefined || end <= first.time || start >= last.time) return nothing;
    const opening = energyAt(curve, Math.max(start, first.time));
    const closing = energyAt(curve, Math.min(end, last.time));
    return {
      start,
      end,
      energy: closing.energy - opening.energy,
      estimated: opening.interpolated || closing.interpolated,
      complete: start >= first.time && end <= last.time,
      flags: flagsBetween(curve, start, end),
    };
  });
}

/** The curve at a time within it, straight between neighbours. */
export function energyAt(curve: readonly CurvePoint[], time: number): { energy: bigint; interpolated: boolean } {
  // At one moment an exchange makes two points of the same energy; either will do.
  const i = firstAtOrAfter(curve, time);
  const after = curve[i]!;
  if (after.time === time || i === 0) return { energy: after.energy, interpolated: after.time !== time };
  const before = curve[i - 1]!;
  const elapsed = BigInt(time - before.time);
  const span = BigInt(after.time - before.time);
  return { energy: before.energy + ((after.energy - before.energy) * elapsed) / span, interpolated: true };
}

function firstAtOrAfter(curve: readonly CurvePoint[], time: number): number {
  let [low, high] = [0, curve.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (curve[middle]!.time < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A link belongs to every bucket it runs through. */
function flagsBetween(curve: readonly CurvePoint[], start: number, end: number): ConsumptionFlag[] {
  const flags = new Set<ConsumptionFlag>();
  for (let i = firstAtOrAfter(curve, start); i < curve.length; i++) {
    const point = curve[i]!;
    const linkStart = i === 0 ? point.time : curve[i - 1]!.time;
    if (linkStart >= end) break;
    if (point.time === start && linkStart < start) continue;
    for (const flag of point.flags) flags.add(flag);
  }
  return [...flags];
}
