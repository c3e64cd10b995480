/**
 * The physics behind the simulated station: a transformer, a busbar, two feeders with their breakers, and what hangs on them.
 * Everything follows from seed and time, and belongs together: an open breaker takes its feeder's current, its meters' voltage
 * and its share of the transformer's heat away.
 */
import { curves, interpolate, type LoadCurve } from '../simulator/load-curves.ts';
import { normal, seedOf } from '../simulator/random.ts';

const feederNames = ['F1', 'F2'] as const;
export type FeederName = (typeof feederNames)[number];
const consumerNames = ['market', 'waterworks', 'mill'] as const;
export type ConsumerName = (typeof consumerNames)[number];
export type BreakerPosition = 'off' | 'on' | 'intermediate';

export interface Feeder {
  position: BreakerPosition;
  /** How often the breaker moved. */
  operations: number;
  activeKw: number;
  reactiveKvar: number;
  /** Of one phase. */
  currentA: number;
}

/** A three-phase connection at 230 V, as its meter sees it. */
export interface Consumer {
  voltageV: number;
  currentA: number;
  activeW: number;
  reactiveVar: number;
  powerFactor: number;
  importWh: number;
  reactiveImportVarh: number;
}

interface FeederPlan {
  powerFactor: number;
  openingMs: number;
  closingMs: number;
  load: (hour: number) => number;
}

const { household, shop, workshop } = curves;
const of = (count: number, curve: LoadCurve, hour: number): number => count * interpolate(curve, hour);

const feederPlans: Record<FeederName, FeederPlan> = {
  F1: {
    powerFactor: 0.94,
    openingMs: 60,
    closingMs: 110,
    load: (hour) => of(1800, household.workday, hour) + of(220, shop.workday, hour) + 250,
  },
  F2: {
    powerFactor: 0.86,
    openingMs: 50,
    closingMs: 90,
    load: (hour) => of(900, household.workday, hour) + of(55, workshop.workday, hour) + 350,
  },
};

const consumerPlans: Record<ConsumerName, { feeder: FeederName; powerFactor: number; load: (hour: number) => number }> =
  {
    market: { feeder: 'F1', powerFactor: 0.93, load: (hour) => of(18, shop.workday, hour) },
    waterworks: { feeder: 'F1', powerFactor: 0.88, load: (hour) => 24 + of(2, household.workday, hour) * 4 },
    mill: { feeder: 'F2', powerFactor: 0.82, load: (hour) => of(6, workshop.workday, hour) + 4 },
  };

/** Hours are local: the demo utility's clocks are three hours ahead of UTC. */
const utcOffsetMs = 3 * 3_600_000;
const ratedKva = 5_000;
const noLoadKv = 11.25;
/** Drop from no load to full load. */
const dropKv = 0.55;
const ambientC = 31;
const fullLoadRiseC = 48;
const oilTimeConstantMs = 45 * 60_000;
const longestStepMs = 60_000;

export class Plant {
  readonly feeders: Record<FeederName, Feeder>;
  readonly consumers: Record<ConsumerName, Consumer>;
  busbarKv = noLoadKv;
  frequencyHz = 50;
  transformerC: number;
  readonly #seed: number;
  readonly #extraKw: Record<FeederName, number> = { F1: 0, F2: 0 };
  readonly #moving = new Map<FeederName, { to: 'on' | 'off'; doneMs: number }>();
  #nowMs: number;

  constructor(seed: number, nowMs: number) {
    this.#seed = seedOf('station', seed);
    this.#nowMs = nowMs;
    const feeder = (): Feeder => ({ position: 'on', operations: 0, activeKw: 0, reactiveKvar: 0, currentA: 0 });
    this.feeders = { F1: feeder(), F2: feeder() };
    const consumer = (importWh: number): Consumer => ({
      voltageV: 0,
      currentA: 0,
      activeW: 0,
      reactiveVar: 0,
      powerFactor: 1,
      importWh,
      reactiveImportVarh: importWh / 3,
    });
    this.consumers = { market: consumer(184_250_000), waterworks: consumer(96_410_000), mill: consumer(322_007_000) };
    this.transformerC = ambientC;
    this.advance(nowMs);
    this.transformerC = this.#steadyC();
  }

  /** Load beyond the usual, in kW: a festival, a fault of somebody's machine. 0 ends it. */
  setExtraLoad(feeder: FeederName, kw: number): void {
    this.#extraKw[feeder] = kw;
    this.advance(this.#nowMs);
  }

  /** Sets the breaker in motion. @returns when it will have arrived, or undefined while it moves or is there already */
  operate(name: FeederName, to: 'on' | 'off', nowMs: number): number | undefined {
    this.advance(nowMs);
    const feeder = this.feeders[name];
    if (this.#moving.has(name) || feeder.position === to) return undefined;
    const { openingMs, closingMs } = feederPlans[name];
    const doneMs = nowMs + (to === 'off' ? openingMs : closingMs);
    feeder.position = 'intermediate';
    feeder.operations += 1;
    this.#moving.set(name, { to, doneMs });
    return doneMs;
  }

  /** Brings everything to this time; time that runs backwards stands still. */
  advance(nowMs: number): void {
    const stepMs = Math.min(Math.max(nowMs - this.#nowMs, 0), longestStepMs);
    this.#nowMs = Math.max(this.#nowMs, nowMs);
    for (const [name, { to, doneMs }] of this.#moving) {
      if (doneMs > this.#nowMs) continue;
      this.feeders[name].position = to;
      this.#moving.delete(name);
    }
    const second = Math.floor(this.#nowMs / 1000);
    const hour = ((this.#nowMs + utcOffsetMs) / 3_600_000) % 24;
    this.frequencyHz = 50 + 0.015 * normal(this.#seed, second, 1);
    for (const name of feederNames) this.#loadFeeder(name, hour, second);
    const share = this.#apparentKva() / ratedKva;
    this.busbarKv = noLoadKv - dropKv * share + 0.01 * normal(this.#seed, second, 2);
    for (const name of feederNames) {
      const feeder = this.feeders[name];
      const apparent = Math.hypot(feeder.activeKw, feeder.reactiveKvar);
      feeder.currentA = apparent / (Math.sqrt(3) * this.busbarKv);
    }
    for (const name of consumerNames) this.#supply(name, hour, second, stepMs);
    this.transformerC += (this.#steadyC() - this.transformerC) * (1 - Math.exp(-stepMs / oilTimeConstantMs));
  }

  #loadFeeder(name: FeederName, hour: number, second: number): void {
    const feeder = this.feeders[name];
    const { load, powerFactor } = feederPlans[name];
    // The current flows until the contacts have parted, and not before they touch.
    const isClosed = feeder.position === 'on';
    const flicker = 1 + 0.012 * normal(this.#seed, second, name === 'F1' ? 3 : 4);
    feeder.activeKw = isClosed ? load(hour) * flicker + this.#extraKw[name] : 0;
    feeder.reactiveKvar = feeder.activeKw * Math.tan(Math.acos(powerFactor));
  }

  #supply(name: ConsumerName, hour: number, second: number, stepMs: number): void {
    const consumer = this.consumers[name];
    const { feeder, load, powerFactor } = consumerPlans[name];
    const isSupplied = this.feeders[feeder].position === 'on';
    const purpose = 10 + consumerNames.indexOf(name);
    consumer.voltageV = isSupplied ? (this.busbarKv / 11) * 233 + 0.4 * normal(this.#seed, second, purpose) : 0;
    consumer.activeW = isSupplied ? load(hour) * 1000 * (1 + 0.03 * normal(this.#seed, second, purpose + 10)) : 0;
    consumer.powerFactor = isSupplied ? powerFactor : 1;
    consumer.reactiveVar = consumer.activeW * Math.tan(Math.acos(powerFactor));
    const apparent = Math.hypot(consumer.activeW, consumer.reactiveVar);
    consumer.currentA = isSupplied ? apparent / (3 * consumer.voltageV) : 0;
    consumer.importWh += (consumer.activeW * stepMs) / 3_600_000;
    consumer.reactiveImportVarh += (consumer.reactiveVar * stepMs) / 3_600_000;
  }

  #apparentKva(): number {
    const sum = (pick: (feeder: Feeder) => number) =>
      feederNames.reduce((total, name) => total + pick(this.feeders[name]), 0);
    return Math.hypot(
      sum(({ activeKw }) => activeKw),
      sum(({ reactiveKvar }) => reactiveKvar),
    );
  }

  /** Where the oil would settle under the present load. */
  #steadyC(): number {
    return ambientC + fullLoadRiseC * (this.#apparentKva() / ratedKva) ** 1.6;
  }
}
