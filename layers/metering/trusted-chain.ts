/**
 * Picks from contradicting readings those that one working meter could have shown. Readings can contradict each
 * other although each agreed with the reference it was checked against, e.g. a wild value shortly after a check.
 * Leaving out the fewest keeps one wild reading from being billed twice: up as consumption, down as a loss.
 */
import { movement, type RegisterLimits, type RegisterPoint } from './advance.ts';

export interface ChainPoint extends RegisterPoint {
  /** A value a person read off at installation or exchange: worth more than any run of readings. */
  isAnchor?: boolean;
}

export interface ChainLink {
  point: ChainPoint;
  /** Units counted since the previous link; 0 on the first and after a break. */
  units: number;
  rolledOver: boolean;
  /** The register went back or leapt here for good, e.g. a device exchanged without telling us. */
  isBreak: boolean;
}

export interface TrustedChain {
  links: ChainLink[];
  /** Points left out because the others contradict them. */
  suspects: ChainPoint[];
}

/** A run of wild readings longer than twice this is taken for the truth, with a break on either side. */
const breakCost = 4;
const anchorWeight = 1000;
/** How many readings in a row can be left out. */
const reach = 64;

/** @param points in order of time */
export function trustedChain(points: readonly ChainPoint[], limits: RegisterLimits): TrustedChain {
  const chosen = isConsistent(points, limits) ? points : longestChain(points, limits);
  const links = chosen.map((point, i): ChainLink => {
    if (i === 0) return { point, units: 0, rolledOver: false, isBreak: false };
    const moved = movement(chosen[i - 1]!, point, limits);
    if (typeof moved === 'string') return { point, units: 0, rolledOver: false, isBreak: true };
    return { point, units: moved.units, rolledOver: moved.rolledOver, isBreak: false };
  });
  if (chosen.length === points.length) return { links, suspects: [] };
  const kept = new Set(chosen);
  return { links, suspects: points.filter((point) => !kept.has(point)) };
}

function isConsistent(points: readonly ChainPoint[], limits: RegisterLimits): boolean {
  for (let i = 1; i < points.length; i++)
    if (typeof movement(points[i - 1]!, points[i]!, limits) === 'string') return false;
  return true;
}

/** Dynamic programming over the best chain that ends in each point. */
function longestChain(points: readonly ChainPoint[], limits: RegisterLimits): ChainPoint[] {
  const score = new Array<number>(points.length);
  const before = new Array<number>(points.length);
  let best = 0;
  for (let j = 0; j < points.length; j++) {
    score[j] = 0;
    before[j] = -1;
    for (let i = j - 1; i >= Math.max(0, j - reach); i--) {
      const fits = typeof movement(points[i]!, points[j]!, limits) !== 'string';
      const candidate = score[i]! - (fits ? 0 : breakCost);
      if (candidate > score[j]!) {
        score[j] = candidate;
        before[j] = i;
      }
    }
    score[j]! += points[j]!.isAnchor ? anchorWeight : 1;
    if (score[j]! >= score[best]!) best = j;
  }
  const chain: ChainPoint[] = [];
  for (let j = best; j >= 0; j = before[j]!) chain.push(points[j]!);
  return chain.reverse();
}
