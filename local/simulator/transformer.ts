/** A station's transformer: carries what its meters draw, warms with it, and reports both. */
import { momentAt } from './calendar.ts';
import { round } from './messages.ts';
import type { Profile } from './profiles.ts';

/** kVA of transformer that a customer of each class is planned with, diversity included. */
const PLANNED_KVA: Record<Profile, number> = {
  household: 1.2,
  shop: 3.5,
  workshop: 20,
  solar: 2.5,
  'street-light': 1.8,
};

const STANDARD_RATINGS_KVA = [25, 50, 100, 160, 250, 315, 400, 500, 630, 800, 1000, 1600, 2500];
const SECONDARY_VOLTS = 400;
const POWER_FACTOR = 0.92;
/** Oil temperature rise at full load and its time constant. @see IEC 60076-7 for the shape of the model */
const RISE_AT_RATING_C = 50;
const RISE_NO_LOAD_C = 8;
const TIME_CONSTANT_MS = 3 * 3_600_000;

export class Transformer {
  readonly ratingKva: number;
  #loadKw = 0;
  #riseC = RISE_NO_LOAD_C;
  #atMs: number;

  constructor(customers: Iterable<Profile>, startMs: number) {
    let planned = 0;
    for (const profile of customers) planned += PLANNED_KVA[profile];
    this.ratingKva = STANDARD_RATINGS_KVA.find((kva) => kva >= planned) ?? Math.ceil(planned / 2500) * 2500;
    this.#atMs = startMs;
  }

  /** Replaces one customer's contribution to the load. */
  change(fromKw: number, toKw: number): void {
    this.#loadKw += toKw - fromKw;
  }

  /** Share of the rating in use; what roofs feed back loads it as well. */
  get load(): number {
    return Math.abs(this.#loadKw) / (this.ratingKva * POWER_FACTOR);
  }

  read(atMs: number, hasSupply: boolean): Record<string, number> {
    const load = hasSupply ? this.load : 0;
    const target = hasSupply ? RISE_NO_LOAD_C + (RISE_AT_RATING_C - RISE_NO_LOAD_C) * load ** 1.6 : 0;
    this.#riseC += (target - this.#riseC) * (1 - Math.exp(-(atMs - this.#atMs) / TIME_CONSTANT_MS));
    this.#atMs = atMs;
    return {
      oil_temperature_c: round(ambientC(atMs) + this.#riseC, 1),
      load_percent: round(load * 100, 1),
      voltage: hasSupply ? round(SECONDARY_VOLTS * (1.02 - 0.03 * load), 1) : 0,
      current: round((load * this.ratingKva * 1000) / (Math.sqrt(3) * SECONDARY_VOLTS), 1),
      rated_power_kva: this.ratingKva,
    };
  }
}

/** Warmest in mid-afternoon; a mild highland year. */
function ambientC(atMs: number): number {
  const { hour, yearPhase } = momentAt(atMs);
  return 22 - 5 * Math.cos(2 * Math.PI * yearPhase) - 6 * Math.cos((2 * Math.PI * (hour - 3)) / 24);
}
