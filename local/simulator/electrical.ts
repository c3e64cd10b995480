/**
 * Voltage, current and power factor that belong together: for every reading P = phases × U × I × cos φ.
 */
import type { Profile } from './profiles.ts';
import { normal, uniform } from './random.ts';

export interface Electrical {
  /** Phase voltage in volts. */
  voltage: number;
  /** Current per phase in amperes. */
  current: number;
  powerFactor: number;
}

/** Transformers are tapped a little above the nominal 230 V so that the far end of a feeder stays in band. */
const NO_LOAD_VOLTAGE = 236.5;
/** Drop in volts from no load to full load at the end of a feeder. */
const FEEDER_DROP_VOLTS = 18;
const MINUTE_MS = 60_000;

const POWER_FACTORS: Record<Profile, number> = {
  household: 0.95,
  shop: 0.92,
  workshop: 0.82,
  solar: 0.97,
  'street-light': 0.9,
};

/** Workshops have three-phase connections, all others one phase. */
export function phasesOf(profile: Profile): 1 | 3 {
  return profile === 'workshop' ? 3 : 1;
}

/** @param stationLoad share of the station's rating in use, 0 to about 1.2 */
export function electricalOf(
  profile: Profile,
  customerSeed: number,
  epochMs: number,
  powerKw: number,
  stationLoad: number,
): Electrical {
  const distance = uniform(customerSeed, 11);
  const flicker = normal(customerSeed, Math.floor(epochMs / MINUTE_MS), 12);
  const voltage = NO_LOAD_VOLTAGE - FEEDER_DROP_VOLTS * distance * stationLoad + 1.4 * flicker;
  const wobble = 0.02 * normal(customerSeed, Math.floor(epochMs / MINUTE_MS), 13);
  const powerFactor = Math.min(1, Math.max(0.5, POWER_FACTORS[profile] + wobble));
  return {
    voltage,
    powerFactor,
    current: (Math.abs(powerKw) * 1000) / (phasesOf(profile) * voltage * powerFactor),
  };
}
