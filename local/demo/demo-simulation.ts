/**
 * The demo fleet's life: on the first start two days of quarter-hourly history are played quickly, so that there is
 * something to see; from then on meters report every few seconds, in real time, from where their registers stand.
 */
import { type Fleet, startFleet } from '../simulator/fleet.ts';
import type { DemoMeter } from './demo-fleet.ts';

export interface DemoSimulationOptions {
  mqttUrl: string;
  restUrl: string;
  apiKey: string;
  meters: readonly DemoMeter[];
  /** Real time between two readings of a meter. */
  intervalMs: number;
  /** Simulated seconds per second while history is played. */
  speedUp: number;
  /** Called when something goes wrong after the start. */
  onError: (error: Error) => void;
}

export interface DemoSimulation {
  stop(): Promise<void>;
}

const historyMs = 2 * 86_400_000;
const historyIntervalMs = 900_000;
/** Real time: what the platform has not acknowledged by then, nobody was promised. */
const stopGraceMs = 1_000;
/** History is over when simulated time is this close to the present. */
const caughtUpMs = 1000;

export async function startDemoSimulation(options: DemoSimulationOptions): Promise<DemoSimulation> {
  const registers = await lastRegisters(options);
  let isStopped = false;
  let fleet: Fleet;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const goLive = async (known: ReadonlyMap<string, number>): Promise<void> => {
    if (isStopped) return;
    fleet = await fleetOf(options, known, { intervalMs: options.intervalMs, speedUp: 1 });
    if (isStopped) await fleet.stop(stopGraceMs);
  };
  const failed = (error: Error): void => {
    if (!isStopped) options.onError(error);
  };

  if (registers.size > 0) {
    await goLive(registers);
  } else {
    const startMs = Date.now() - historyMs;
    fleet = await fleetOf(options, registers, { intervalMs: historyIntervalMs, speedUp: options.speedUp, startMs });
    const watch = (): void => {
      if (isStopped) return;
      if (startMs + fleet.stats().simulatedMs < Date.now() - caughtUpMs) {
        timer = setTimeout(watch, 500);
        return;
      }
      // The last messages need a moment to be stored before their registers can be read back.
      fleet.stop().then(() => {
        if (!isStopped) timer = setTimeout(() => void lastRegisters(options).then(goLive).catch(failed), 3000);
      }, failed);
    };
    timer = setTimeout(watch, 500);
  }

  return {
    stop: async () => {
      isStopped = true;
      clearTimeout(timer);
      await fleet.stop(stopGraceMs);
    },
  };
}

function fleetOf(
  options: DemoSimulationOptions,
  registers: ReadonlyMap<string, number>,
  pace: { intervalMs: number; speedUp: number; startMs?: number },
): Promise<Fleet> {
  const stationIds = [...new Set(options.meters.map(({ stationId }) => stationId))];
  return startFleet({
    mqttUrl: options.mqttUrl,
    username: 'demo-fleet',
    password: options.apiKey,
    seed: 7,
    ...pace,
    stations: stationIds.map((id) => ({
      id,
      meters: options.meters
        .filter(({ stationId }) => stationId === id)
        .map((meter) => ({
          id: meter.id,
          type: meter.model,
          profile: meter.profile,
          initialRegisterKwh: registers.get(meter.id) ?? Number(meter.initialRegisterKwh),
        })),
    })),
  });
}

/** What each meter's register showed last, from the platform itself. */
async function lastRegisters({ restUrl, apiKey }: DemoSimulationOptions): Promise<Map<string, number>> {
  const registers = new Map<string, number>();
  let cursor: string | null = null;
  do {
    const query: string = new URLSearchParams({ limit: '200', ...(cursor ? { cursor } : {}) }).toString();
    const response = await fetch(`${restUrl}/api/scada/readings/live?${query}`, {
      headers: { authorization: `Bearer ${apiKey}` },
    });
    if (!response.ok) throw new Error(`The last readings could not be read: ${response.status}`);
    const { data, pagination } = (await response.json()) as {
      data: { meterId: string; reading: { registerKwh: string } | null }[];
      pagination?: { nextCursor: string | null };
    };
    for (const { meterId, reading } of data) if (reading) registers.set(meterId, Number(reading.registerKwh));
    cursor = pagination?.nextCursor ?? null;
  } while (cursor !== null);
  return registers;
}
