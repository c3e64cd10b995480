/**
 * One meter: its register is the integral of its customer's power, seen through whatever faults it has.
 */
import { momentAt } from './calendar.ts';
import { electricalOf } from './electrical.ts';
import { type AlertData, type MeterAddress, type ReadingData, round } from './messages.ts';
import { type FaultShares, faultsOf, jumpKwh, type MeterFault, silenceMs, strikesAt } from './meter-faults.ts';
import { type Profile, powerKw } from './profiles.ts';
import { seedOf, uniform } from './random.ts';

export interface MeterSpec {
  id: string;
  /** Model, e.g. `ADL200`. */
  type: string;
  profile: Profile;
  /** @default 0 */
  initialRegisterKwh?: number;
}

/** Registers have six digits before the point. */
export const REGISTER_CAPACITY_KWH = 1_000_000;
/** Where a meter with the rollover fault starts below its highest value. */
const ROLLOVER_MARGIN_KWH = 3;
const DRIFT_PER_DAY = 0.02;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Load curves bend slowly; the midpoint of five minutes is exact enough. */
const INTEGRATION_STEP_MS = 300_000;

const OVER_VOLTAGE = 240;
const UNDER_VOLTAGE = 207;

export class SimulatedMeter {
  readonly spec: MeterSpec;
  readonly address: MeterAddress;
  readonly faults: ReadonlySet<MeterFault>;
  /** False once a command opened its relay. */
  relayClosed = true;
  readonly #seed: number;
  readonly #startMs: number;
  readonly #hasSupply: (atMs: number) => boolean;
  #atMs: number;
  #registerKwh: number;
  /** True energy drawn, which faults do not touch; for statistics and tests. */
  #trueKwh = 0;
  #reportedKwh: number;
  #exportKwh = 0;
  #alert: AlertData['alert_type'] | undefined;
  #restartedAtMs: number | undefined;

  constructor(
    spec: MeterSpec,
    stationId: string,
    options: { seed: number; startMs: number; faults: FaultShares; hasSupply: (atMs: number) => boolean },
  ) {
    this.spec = spec;
    this.address = { stationId, meterId: spec.id };
    this.#seed = seedOf(`${stationId}/${spec.id}`, options.seed);
    this.#startMs = options.startMs;
    this.#atMs = options.startMs;
    this.#hasSupply = options.hasSupply;
    this.faults = faultsOf(this.#seed, options.faults);
    this.#registerKwh = this.faults.has('rollover')
      ? REGISTER_CAPACITY_KWH - ROLLOVER_MARGIN_KWH * uniform(this.#seed, 60)
      : (spec.initialRegisterKwh ?? 0);
    this.#reportedKwh = this.#registerKwh;
  }

  get registerKwh(): number {
    return this.#registerKwh;
  }

  get trueKwh(): number {
    return this.#trueKwh;
  }

  /** Net power drawn, kW; negative when a solar roof feeds the grid. */
  powerKw(atMs: number): number {
    return this.relayClosed && this.#hasSupply(atMs) ? powerKw(this.spec.profile, this.#seed, atMs) : 0;
  }

  /** Integrates power up to a time. What a roof feeds in has its own register and does not turn the first one back. */
  advance(toMs: number): void {
    while (this.#atMs < toMs) {
      const stepEnd = Math.min(toMs, this.#atMs + INTEGRATION_STEP_MS);
      const middle = (this.#atMs + stepEnd) / 2;
      const kwh = (this.powerKw(middle) * (stepEnd - this.#atMs)) / HOUR_MS;
      if (kwh < 0) this.#exportKwh -= kwh;
      else {
        this.#trueKwh += kwh;
        this.#count(kwh * this.#gain(middle));
      }
      this.#strikeBetween(this.#atMs, stepEnd);
      this.#atMs = stepEnd;
    }
  }

  /** What the meter would report now, and an alert if it just left its voltage band. */
  read(atMs: number, stationLoad: number): { data: ReadingData; alert: AlertData | undefined } {
    this.advance(atMs);
    const kw = this.powerKw(atMs);
    const { voltage, current, powerFactor } = electricalOf(this.spec.profile, this.#seed, atMs, kw, stationLoad);
    const consumption = Math.max(0, this.#registerKwh - this.#reportedKwh);
    this.#reportedKwh = this.#registerKwh;
    const data = {
      reading: round(this.#registerKwh, 3),
      ...(this.spec.profile === 'solar' && { reading_export: round(this.#exportKwh, 3) }),
      consumption: round(consumption, 3),
      voltage: round(voltage, 1),
      current: round(current, 3),
      power_factor: round(powerFactor, 3),
    };
    return { data, alert: this.#voltageAlert(data.voltage) };
  }

  /** Within the hours in which a silent meter sends nothing. */
  isSilent(atMs: number): boolean {
    if (!this.faults.has('silent')) return false;
    const { day } = momentAt(atMs);
    // A silence may have begun late on the day before.
    return [day - 1, day].some((candidate) => {
      const from = strikesAt(this.#seed, 'silent', candidate);
      return atMs >= from && atMs < from + silenceMs(this.#seed, candidate);
    });
  }

  /** A number in [0, 1) that says how a message sent now is damaged, or undefined when it is not. */
  damageAt(atMs: number): number | undefined {
    if (!this.faults.has('garbage')) return undefined;
    const second = Math.floor(atMs / 1000);
    return uniform(this.#seed, second, 61) < 0.2 ? uniform(this.#seed, second, 62) : undefined;
  }

  /** When the meter restarted since the last call, if it did. */
  takeRestart(): number | undefined {
    const restartedAtMs = this.#restartedAtMs;
    this.#restartedAtMs = undefined;
    return restartedAtMs;
  }

  #count(kwh: number): void {
    this.#registerKwh = (this.#registerKwh + kwh) % REGISTER_CAPACITY_KWH;
  }

  #gain(atMs: number): number {
    return this.faults.has('drift') ? 1 + (DRIFT_PER_DAY * (atMs - this.#startMs)) / DAY_MS : 1;
  }

  #strikeBetween(fromMs: number, toMs: number): void {
    const { day } = momentAt(toMs);
    const strikes = (fault: MeterFault) => {
      if (!this.faults.has(fault)) return false;
      const at = strikesAt(this.#seed, fault, day);
      return at > fromMs && at <= toMs;
    };
    if (strikes('jump')) this.#count(jumpKwh(this.#seed, day));
    if (strikes('restart')) {
      this.#registerKwh = 0;
      this.#reportedKwh = 0;
      this.#restartedAtMs = strikesAt(this.#seed, 'restart', day);
    }
  }

  /** Alerts mark the change into a state, not the state. */
  #voltageAlert(voltage: number): AlertData | undefined {
    const type = voltage > OVER_VOLTAGE ? 'over_voltage' : voltage < UNDER_VOLTAGE ? 'under_voltage' : undefined;
    const isNew = type !== undefined && type !== this.#alert;
    this.#alert = type;
    if (!isNew) return undefined;
    const threshold = type === 'over_voltage' ? OVER_VOLTAGE : UNDER_VOLTAGE;
    const message = type === 'over_voltage' ? 'Voltage exceeded threshold' : 'Voltage below threshold';
    return { alert_type: type, severity: 'warning', value: voltage, threshold, message };
  }
}
