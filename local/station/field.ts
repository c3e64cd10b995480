/** A station's field devices in one process on loopback: meters on Modbus, an RTU on DNP3, an IED on IEC 61850, one plant behind all. */
import { type Ied, startIed } from './ied.ts';
import { startMeters } from './meters.ts';
import { type FeederName, Plant } from './plant.ts';
import { type Rtu, startRtu } from './rtu.ts';

export interface FieldPorts {
  meters: number;
  mill: number;
  rtu: number;
  ied: number;
}

export interface FieldOptions {
  /** The same seed at the same time is the same station. @default 1 */
  seed?: number;
  /** @default free ones */
  ports?: FieldPorts;
  /** How often the plant moves on. @default 1000 */
  tickMs?: number;
}

export interface Field {
  ports: FieldPorts;
  plant: Plant;
  rtu: Rtu;
  ied: Ied;
  /** Lets everything see the plant as it is now, before the next tick. */
  refresh(): void;
  stop(): Promise<void>;
}

const anyPorts: FieldPorts = { meters: 0, mill: 0, rtu: 0, ied: 0 };

export async function startField({ seed = 1, ports = anyPorts, tickMs = 1000 }: FieldOptions = {}): Promise<Field> {
  const plant = new Plant(seed, Date.now());
  const closing: (() => Promise<void>)[] = [];
  const timers = new Set<NodeJS.Timeout>();
  /** Filled once all devices stand; a breaker cannot move before that. */
  let refresh = (): void => {};
  /** @returns undefined when it does not move */
  const operate = (feeder: FeederName, to: 'on' | 'off'): Promise<void> | undefined => {
    const doneMs = plant.operate(feeder, to, Date.now());
    if (doneMs === undefined) return undefined;
    refresh();
    return new Promise((resolve) => {
      const timer = setTimeout(
        () => {
          timers.delete(timer);
          refresh();
          resolve();
        },
        doneMs - Date.now() + 1,
      );
      timers.add(timer);
    });
  };
  const stop = async (): Promise<void> => {
    for (const timer of timers) clearTimeout(timer);
    await Promise.all(closing.map((close) => close()));
  };
  try {
    const meters = await startMeters(ports);
    closing.push(meters.close);
    const rtu = await startRtu(ports.rtu, (to) => operate('F1', to) !== undefined);
    closing.push(rtu.close);
    const ied = await startIed(
      ports.ied,
      () => plant.feeders.F2.position,
      async (to) => {
        const moved = operate('F2', to);
        await moved;
        return moved !== undefined;
      },
    );
    closing.push(ied.close);
    refresh = () => {
      const nowMs = Date.now();
      plant.advance(nowMs);
      meters.update(plant);
      rtu.update(plant, nowMs);
      ied.update(plant, nowMs);
    };
    refresh();
    timers.add(setInterval(() => refresh(), tickMs));
    return {
      ports: { ...meters.ports, rtu: rtu.port, ied: ied.port },
      plant,
      rtu,
      ied,
      refresh: () => refresh(),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
