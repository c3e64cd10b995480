/**
 * A whole fleet over simulated time, without a network: asked for the time, it says which messages fell due.
 */
import { momentAt } from './calendar.ts';
import {
  alertMessage,
  type FleetMessage,
  infrastructureMessage,
  readingMessage,
  type StatusData,
  statusMessage,
} from './messages.ts';
import { damage, type FaultShares } from './meter-faults.ts';
import { isDark, outageOn } from './outages.ts';
import { seedOf, uniform } from './random.ts';
import { type MeterSpec, SimulatedMeter } from './simulated-meter.ts';
import { Transformer } from './transformer.ts';

export interface StationSpec {
  id: string;
  meters: MeterSpec[];
}

export interface FleetOptions {
  stations: StationSpec[];
  seed: number;
  startMs: number;
  /** Simulated time between two messages of one meter. */
  intervalMs: number;
  faults: FaultShares;
  /** Probability that a station has an outage on a day. */
  outagesPerDay: number;
}

interface Station {
  id: string;
  seed: number;
  meters: SimulatedMeter[];
  transformer: Transformer;
}

/** What falls due for one meter or transformer once an interval, `offsetMs` into it. */
interface Duty {
  offsetMs: number;
  station: Station;
  meter: SimulatedMeter | undefined;
  /** The meter's share of the station's load as of its last turn. */
  loadKw: number;
}

export class FleetModel {
  readonly #options: FleetOptions;
  readonly #meters = new Map<string, SimulatedMeter>();
  readonly #stations: Station[];
  /** Sorted by offset, so that one pass serves an interval. */
  readonly #duties: Duty[];
  #next = 0;
  #interval = 0;
  #atMs: number;

  constructor(options: FleetOptions) {
    this.#options = options;
    this.#atMs = options.startMs;
    this.#stations = options.stations.map((spec) => this.#station(spec));
    this.#duties = this.#stations.flatMap((station) => [
      ...station.meters.map((meter) => this.#duty(station, meter)),
      this.#duty(station, undefined),
    ]);
    this.#duties.sort((a, b) => a.offsetMs - b.offsetMs);
  }

  get nowMs(): number {
    return this.#atMs;
  }

  get meterCount(): number {
    return this.#meters.size;
  }

  /** When the next message is due at the latest, for whoever waits. */
  get nextDueMs(): number {
    const duty = this.#duties[this.#next];
    return duty ? this.#dueMs(duty) : Number.POSITIVE_INFINITY;
  }

  /** Moves time forward and hands over, in order, what falls due until then. */
  *advance(toMs: number): Generator<FleetMessage> {
    yield* this.#outagesBetween(this.#atMs, toMs);
    while (this.nextDueMs <= toMs) {
      const duty = this.#duties[this.#next]!;
      yield* this.#perform(duty, this.#dueMs(duty));
      this.#next += 1;
      if (this.#next < this.#duties.length) continue;
      this.#next = 0;
      this.#interval += 1;
    }
    this.#atMs = Math.max(this.#atMs, toMs);
  }

  meter(stationId: string, meterId: string): SimulatedMeter | undefined {
    return this.#meters.get(`${stationId}/${meterId}`);
  }

  /** Opens or closes a meter's relay as a remote command does; nothing when the relay is so already. */
  switchRelay(meter: SimulatedMeter, closed: boolean): FleetMessage | undefined {
    if (meter.relayClosed === closed) return undefined;
    meter.advance(this.#atMs);
    meter.relayClosed = closed;
    return statusMessage(meter.address, this.#atMs, change(closed, 'remote_command'));
  }

  #station(spec: StationSpec): Station {
    const { seed, startMs, faults, outagesPerDay } = this.#options;
    const stationSeed = seedOf(spec.id, seed);
    const hasSupply = (atMs: number) => !isDark(stationSeed, atMs, outagesPerDay);
    const meters = spec.meters.map((meterSpec) => {
      const meter = new SimulatedMeter(meterSpec, spec.id, { seed, startMs, faults, hasSupply });
      const key = `${spec.id}/${meterSpec.id}`;
      if (this.#meters.has(key)) throw new Error(`The fleet has two meters "${key}".`);
      this.#meters.set(key, meter);
      return meter;
    });
    const transformer = new Transformer(
      spec.meters.map(({ profile }) => profile),
      startMs,
    );
    for (const meter of meters) transformer.change(0, meter.powerKw(startMs));
    return { id: spec.id, seed: stationSeed, meters, transformer };
  }

  #duty(station: Station, meter: SimulatedMeter | undefined): Duty {
    const share = uniform(seedOf(meter?.spec.id ?? 'transformer', station.seed), 70);
    return {
      offsetMs: Math.floor(share * this.#options.intervalMs),
      station,
      meter,
      loadKw: meter?.powerKw(this.#options.startMs) ?? 0,
    };
  }

  #dueMs(duty: Duty): number {
    return this.#options.startMs + this.#interval * this.#options.intervalMs + duty.offsetMs;
  }

  *#perform(duty: Duty, atMs: number): Generator<FleetMessage> {
    const { station, meter } = duty;
    const hasSupply = !isDark(station.seed, atMs, this.#options.outagesPerDay);
    if (!meter) {
      // The station's own system runs on batteries, so it reports through an outage.
      const data = station.transformer.read(atMs, hasSupply);
      yield infrastructureMessage(station.id, `${station.id}-T1`, 'transformer', atMs, data);
      return;
    }
    const kw = meter.powerKw(atMs);
    station.transformer.change(duty.loadKw, kw);
    duty.loadKw = kw;
    meter.advance(atMs);
    if (!hasSupply || meter.isSilent(atMs)) return;

    const restartedAtMs = meter.takeRestart();
    if (restartedAtMs !== undefined) {
      yield statusMessage(meter.address, restartedAtMs, change(false, 'power_cycle'));
      yield statusMessage(meter.address, restartedAtMs, change(true, 'power_cycle'));
    }
    const { data, alert } = meter.read(atMs, station.transformer.load);
    const message = readingMessage(meter.address, meter.spec.type, atMs, data);
    const damaged = meter.damageAt(atMs);
    yield damaged === undefined
      ? message
      : { ...message, payload: damage(message.payload as string, damaged), damaged: true };
    if (alert) yield alertMessage(meter.address, atMs, alert);
  }

  /** Every meter of a station says when its supply went and when it came back. */
  *#outagesBetween(fromMs: number, toMs: number): Generator<FleetMessage> {
    const { outagesPerDay } = this.#options;
    if (outagesPerDay <= 0) return;
    for (let { day } = momentAt(fromMs); day <= momentAt(toMs).day; day++) {
      for (const { seed, meters } of this.#stations) {
        const outage = outageOn(seed, day, outagesPerDay);
        if (!outage) continue;
        const within = (atMs: number) => atMs > fromMs && atMs <= toMs;
        for (const { address, relayClosed } of meters) {
          if (!relayClosed) continue;
          if (within(outage.fromMs)) yield statusMessage(address, outage.fromMs, change(false, 'power_outage'));
          if (within(outage.toMs)) yield statusMessage(address, outage.toMs, change(true, 'power_restored'));
        }
      }
    }
  }
}

function change(connected: boolean, reason: string): StatusData {
  const [previous_status, new_status] = connected ? ['disconnected', 'connected'] : ['connected', 'disconnected'];
  return { previous_status: previous_status!, new_status: new_status!, reason };
}
