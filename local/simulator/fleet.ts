/**
 * Runs a fleet against an MQTT broker: simulated time passes `speedUp` times as fast as real time, messages
 * are published as they fall due, and relay commands that the platform publishes are obeyed.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { FleetConnections } from './fleet-connections.ts';
import { FleetModel, type StationSpec } from './fleet-model.ts';
import { commandAddress, type FleetMessage } from './messages.ts';
import type { FaultShares } from './meter-faults.ts';

export interface FleetSettings {
  /** E.g. `mqtt://localhost:1883`. */
  mqttUrl: string;
  username?: string;
  password?: string;
  /** @default random */
  clientId?: string;
  stations: StationSpec[];
  /** Simulated seconds per real second. @default 1 */
  speedUp?: number;
  /** The same seed gives the same fleet and the same messages. @default 1 */
  seed?: number;
  /** Simulated time between two readings of a meter. @default 900000 (15 minutes) */
  intervalMs?: number;
  /** Share of meters with each fault. @default none */
  faults?: FaultShares;
  /** Probability that a station has an outage on a day. @default 0 */
  outagesPerDay?: number;
  /**
   * Simulated time at the start, epoch milliseconds. Simulated time never passes real time, because no
   * platform accepts readings from the future: once it has caught up, the fleet goes on at real speed.
   * @default 30 days ago when `speedUp` is above 1, else now
   */
  startMs?: number;
  /** Real time, for tests that turn it. @default the machine's */
  clock?: FleetClock;
}

export interface FleetClock {
  now(): number;
  setTimer(delayMs: number, callback: () => void): { cancel(): void };
}

export interface FleetStats {
  meters: number;
  simulatedMs: number;
  /** Acknowledged by the broker. */
  published: Record<FleetMessage['kind'], number>;
  damaged: number;
  failed: number;
  bytes: number;
  /** Messages handed to the client and not yet acknowledged. */
  inFlight: number;
  commands: number;
}

export interface Fleet {
  /**
   * Publishes nothing more, waits for acknowledgements and disconnects.
   * @param graceMs how long it waits at most, in real time; what is not acknowledged by then is given up. @default 5000
   */
  stop(graceMs?: number): Promise<void>;
  stats(): FleetStats;
}

const HISTORY_MS = 30 * 86_400_000;
/** How often due messages are looked for. */
const TICK_MS = 50;
/** Above this the broker is the bottleneck, and simulated time waits for it instead of filling memory. */
const MAX_IN_FLIGHT = 5_000;

const machineClock: FleetClock = {
  now: Date.now,
  setTimer: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return { cancel: () => clearTimeout(timer) };
  },
};

/** @throws when the broker cannot be reached or refuses the credentials */
export async function startFleet(settings: FleetSettings): Promise<Fleet> {
  const { speedUp = 1, seed = 1, intervalMs = 900_000, clock = machineClock } = settings;
  if (!(speedUp > 0)) throw new Error(`speedUp is ${speedUp}; it must be above 0.`);
  if (!(intervalMs >= 1000)) throw new Error(`intervalMs is ${intervalMs}; it must be at least 1000.`);
  if (settings.stations.length === 0) throw new Error('The fleet has no stations.');
  const startMs = settings.startMs ?? (speedUp > 1 ? clock.now() - HISTORY_MS : clock.now());
  if (startMs > clock.now()) throw new Error('startMs is in the future, from where no reading can come.');
  const model = new FleetModel({
    stations: settings.stations,
    seed,
    startMs,
    intervalMs,
    faults: settings.faults ?? {},
    outagesPerDay: settings.outagesPerDay ?? 0,
  });
  const stats: FleetStats = {
    meters: model.meterCount,
    simulatedMs: 0,
    published: { reading: 0, alert: 0, status: 0, infrastructure: 0 },
    damaged: 0,
    failed: 0,
    bytes: 0,
    inFlight: 0,
    commands: 0,
  };
  const stationIds = settings.stations.map(({ id }) => id);
  const connections = await FleetConnections.open(settings, stationIds, (topic, payload) => {
    stats.commands += 1;
    const answer = obey(model, topic, payload);
    if (answer) publishCounted(connections, answer, stats);
  });

  let lastTickMs = clock.now();
  let timer = clock.setTimer(TICK_MS, tick);
  function tick(): void {
    const now = clock.now();
    const elapsedMs = now - lastTickMs;
    lastTickMs = now;
    if (stats.inFlight < MAX_IN_FLIGHT) {
      for (const message of model.advance(Math.min(now, model.nowMs + elapsedMs * speedUp)))
        publishCounted(connections, message, stats);
      stats.simulatedMs = model.nowMs - startMs;
    }
    timer = clock.setTimer(TICK_MS, tick);
  }

  return {
    stats: () => ({ ...stats, published: { ...stats.published } }),
    stop: async (graceMs = 5_000) => {
      timer.cancel();
      const end = performance.now() + graceMs;
      while (stats.inFlight > 0 && performance.now() < end) await sleep(10);
      await connections.close(stats.inFlight > 0);
    },
  };
}

function publishCounted(connections: FleetConnections, message: FleetMessage, stats: FleetStats): void {
  stats.inFlight += 1;
  connections.publish(message, (error) => {
    stats.inFlight -= 1;
    if (error) {
      stats.failed += 1;
      return;
    }
    stats.published[message.kind] += 1;
    stats.bytes += message.payload.length;
    if (message.damaged) stats.damaged += 1;
  });
}

/** `relay_off` and `relay_on` are obeyed; other commands concern the meter's display and tariff, not its load. */
function obey(model: FleetModel, topic: string, payload: Buffer): FleetMessage | undefined {
  const address = commandAddress(topic);
  const meter = address && model.meter(address.stationId, address.meterId);
  if (!meter) return undefined;
  const command = commandOf(payload);
  if (command !== 'relay_off' && command !== 'relay_on') return undefined;
  return model.switchRelay(meter, command === 'relay_on');
}

function commandOf(payload: Buffer): unknown {
  try {
    return (JSON.parse(payload.toString()) as { command?: unknown } | null)?.command;
  } catch {
    return undefined;
  }
}
