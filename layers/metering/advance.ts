/**
 * How far a register can move between two moments: the one rule that validation at the door and the calculation
 * of consumption share, so that neither accepts what the other refuses.
 */

export interface RegisterPoint {
  /** Milliseconds since the epoch. */
  time: number;
  /** Register units. */
  register: number;
}

export interface RegisterLimits {
  /** Register units at which the register starts again from zero. */
  modulus: number;
  /** Register units of its smallest step. */
  resolution: number;
  /** The most the register can count, in kilowatts of its own scale. */
  maxKw: number;
}

/** Devices stamp whole seconds, so two readings can be this much further apart than they say. */
const stampSlackMs = 2000;

/** The most units a register can gain in a time: full power, and one step because it shows whole steps only. */
function maxAdvance(durationMs: number, limits: RegisterLimits): number {
  // kW × ms / 3,600,000 ms/h × 1,000,000 units/kWh
  return (limits.maxKw * (durationMs + stampSlackMs)) / 3.6 + limits.resolution;
}

export type Movement = { units: number; rolledOver: boolean } | 'decreased' | 'jumped';

/**
 * What the register counted from the earlier point to the later one. A smaller later value is a roll-over when the
 * way through zero is one the meter could have gone in the time, else the register went backwards.
 */
export function movement(earlier: RegisterPoint, later: RegisterPoint, limits: RegisterLimits): Movement {
  const difference = later.register - earlier.register;
  const most = maxAdvance(later.time - earlier.time, limits);
  if (difference >= 0) return difference <= most ? { units: difference, rolledOver: false } : 'jumped';
  const throughZero = difference + limits.modulus;
  return throughZero <= most ? { units: throughZero, rolledOver: true } : 'decreased';
}
