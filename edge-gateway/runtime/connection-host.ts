/** Runs a driver for each connection: starts, replaces only what changed, keeps the states, and survives a driver's faults. */
import type { StationConfiguration } from '../../layers/station/station-configuration.ts';
import type { Clock } from './clock.ts';
import type { PreparedConnection } from './configuration/prepare-station.ts';
import type { Command, CommandOutcome, Driver, DriverStatistics, LinkState, Sample } from './driver.ts';
import type { Log } from './log.ts';

export interface HostEvents {
  samples(connectionId: string, samples: Sample[]): void | Promise<void>;
  state(change: { connectionId: string; deviceId?: string; state: LinkState; reason?: string }): void;
  clock(reading: { deviceId: string; offsetMs: number }): void;
}

export interface ConnectionHost {
  /** Connections that are the same go on undisturbed. Resolves when those that are gone have stopped. */
  apply(connections: readonly PreparedConnection[], configuration: StationConfiguration): Promise<void>;
  stateOf(connectionId: string): LinkState | undefined;
  states(): { id: string; state: LinkState; reason: string | undefined; statistics: DriverStatistics }[];
  deviceStates(): { id: string; connectionId: string; state: LinkState; reason: string | undefined }[];
  /** @returns undefined when no running connection has the device */
  driverOf(deviceId: string): Pick<Driver, 'execute' | 'refresh'> | undefined;
  stop(): Promise<void>;
}

interface Running {
  prepared: PreparedConnection;
  driver: Driver;
  state: LinkState;
  reason: string | undefined;
  devices: Map<string, { state: LinkState; reason: string | undefined }>;
  /** What it says after it was replaced is of no interest. */
  isMuted: boolean;
}

const noStatistics: DriverStatistics = { requests: 0, timeouts: 0, errors: 0, reconnects: 0, bytesIn: 0, bytesOut: 0 };
/** A driver that does not stop must not hold up a new configuration. */
const longestStopMs = 10_000;

export function createConnectionHost(clock: Clock, log: Log, events: HostEvents): ConnectionHost {
  const running = new Map<string, Running>();
  let deviceToConnection = new Map<string, string>();

  function start(prepared: PreparedConnection): void {
    const { id, module, plan } = prepared;
    const logOf: Log = (level, message, details) => log(level, message, { connectionId: id, ...details });
    const setTimer: Clock['setTimer'] = (callback, delayMs) => clock.setTimer(callback, delayMs);
    const driver = module.create(plan, {
      now: () => clock.now(),
      monotonicMs: () => clock.monotonicMs(),
      setTimer,
      log: logOf,
    });
    const own: Running = {
      prepared,
      driver,
      state: 'connecting',
      reason: undefined,
      devices: new Map(),
      isMuted: false,
    };
    running.set(id, own);
    driver.start({
      samples: (samples) => (own.isMuted ? undefined : events.samples(id, samples)),
      state: ({ deviceId, state, reason }) => {
        if (own.isMuted) return;
        const target = deviceId === undefined ? own : own.devices.get(deviceId);
        if (target?.state === state) {
          target.reason = reason;
          return;
        }
        if (deviceId === undefined) {
          own.state = state;
          own.reason = reason;
        } else own.devices.set(deviceId, { state, reason });
        logOf(state === 'offline' ? 'warn' : 'info', `${deviceId ?? 'connection'} is ${state}`, { reason });
        events.state({
          connectionId: id,
          state,
          ...(deviceId !== undefined && { deviceId }),
          ...(reason && { reason }),
        });
      },
      clock: (reading) => {
        if (!own.isMuted) events.clock(reading);
      },
    });
  }

  async function end(own: Running): Promise<void> {
    own.isMuted = true;
    running.delete(own.prepared.id);
    let timer: { cancel(): void } | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = clock.setTimer(() => resolve('late'), longestStopMs);
    });
    try {
      if ((await Promise.race([own.driver.stop(), late])) === 'late')
        log('error', 'driver did not stop in time', { connectionId: own.prepared.id });
    } catch (error) {
      log('error', 'driver failed to stop', { connectionId: own.prepared.id, error: error as Error });
    }
    timer?.cancel();
  }

  return {
    async apply(connections) {
      const wanted = new Map(connections.map((prepared) => [prepared.id, prepared]));
      const gone = [...running.values()].filter(
        ({ prepared }) => wanted.get(prepared.id)?.fingerprint !== prepared.fingerprint,
      );
      await Promise.all(gone.map(end));
      deviceToConnection = new Map(connections.flatMap(({ id, deviceIds }) => deviceIds.map((device) => [device, id])));
      for (const prepared of connections) {
        if (running.has(prepared.id)) continue;
        try {
          start(prepared);
        } catch (error) {
          running.delete(prepared.id);
          const reason = (error as Error).message;
          log('error', 'driver failed to start', { connectionId: prepared.id, error: error as Error });
          events.state({ connectionId: prepared.id, state: 'offline', reason });
        }
      }
    },
    stateOf: (connectionId) => running.get(connectionId)?.state,
    states: () =>
      [...running.values()].map(({ prepared, driver, state, reason }) => ({
        id: prepared.id,
        state,
        reason,
        statistics: statisticsOf(driver),
      })),
    deviceStates: () =>
      [...running.values()].flatMap(({ prepared, devices }) =>
        [...devices].map(([id, known]) => ({ id, connectionId: prepared.id, ...known })),
      ),
    driverOf(deviceId) {
      const own = running.get(deviceToConnection.get(deviceId) ?? '');
      if (!own) return undefined;
      return {
        execute: (command: Command): Promise<CommandOutcome> => own.driver.execute(command),
        refresh: (pointIds) => own.driver.refresh(pointIds),
      };
    },
    stop: async () => {
      await Promise.all([...running.values()].map(end));
    },
  };
}

function statisticsOf(driver: Driver): DriverStatistics {
  try {
    return driver.statistics();
  } catch {
    return noStatistics;
  }
}
