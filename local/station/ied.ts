/** The station's IED on IEC 61850: bay F2 with measurements, its breaker by select before operate with enhanced security, reports. */
import {
  type ControlRequest,
  commonDataClasses as cdc,
  encodeQuality,
  Iec61850Server,
  type MmsValue,
  type ServerModel,
  utcTimeOf,
} from '../../edge-gateway/protocols/iec61850/index.ts';
import type { BreakerPosition, Plant } from './plant.ts';

export const iedDevice = 'BAYF2LD0';
export const iedReport = `${iedDevice}/LLN0.BR.brcbBay`;

const model: ServerModel = {
  vendor: 'Mizan',
  modelName: 'simulated feeder bay',
  revision: '1',
  devices: [
    {
      name: iedDevice,
      nodes: [
        cdc.logicalNodeZero({
          dataSets: [
            {
              name: 'Bay',
              members: ['XCBR1.Pos[ST]', 'CSWI1.Pos[ST]', 'MMXU1.TotW[MX]', 'MMXU1.TotVAr[MX]', 'MMXU1.Hz[MX]'],
            },
          ],
          reports: [{ name: 'brcbBay', buffered: true, dataSet: 'Bay', bufferTimeMs: 0 }],
        }),
        { name: 'MMXU1', objects: ['TotW', 'TotVAr', 'Hz'].map((name) => cdc.measuredValue(name)) },
        { name: 'XCBR1', objects: [cdc.doublePointStatus('Pos')] },
        { name: 'CSWI1', objects: [cdc.doublePointControl('Pos', 'sbo-enhanced', { sboTimeoutMs: 10_000 })] },
      ],
    },
  ],
};

export interface IedCommand {
  to: 'on' | 'off';
  timeMs: number;
}

export interface Ied {
  port: number;
  server: Iec61850Server;
  /** What it executed, in order; nothing gets here without its select. */
  commands: readonly IedCommand[];
  update(plant: Plant, nowMs: number): void;
  close(): Promise<void>;
}

/** Off is 01, on is 10 (IEC 61850-7-3, 6.2). */
const positionBits: Record<BreakerPosition, number> = { intermediate: 0x00, off: 0x40, on: 0x80 };
const good: MmsValue = { type: 'bit-string', value: encodeQuality({ validity: 'good', details: [] }) };

/** @param operate moves the breaker; resolves with whether it arrived */
export async function startIed(
  port: number,
  position: () => BreakerPosition,
  operate: (to: 'on' | 'off') => Promise<boolean>,
): Promise<Ied> {
  const commands: IedCommand[] = [];
  const wanted = ({ value }: ControlRequest): 'on' | 'off' => (value.type === 'boolean' && value.value ? 'on' : 'off');
  const server = new Iec61850Server(model, {
    controls: {
      check: (request) => {
        if (position() === 'intermediate') return 'command-already-in-execution';
        return position() === wanted(request) ? 'position-reached' : undefined;
      },
      operate: async (request) => {
        commands.push({ to: wanted(request), timeMs: Date.now() });
        return (await operate(wanted(request))) ? undefined : 'blocked-by-process';
      },
    },
  });
  const told = new Map<string, string>();
  /** A value with its time, and only when it moved: each would be an entry of the report. */
  const tell = (object: string, attribute: string, fc: string, value: MmsValue, nowMs: number, key: string): void => {
    if (told.get(object) === key) return;
    told.set(object, key);
    server.updateAll([
      [`${object}.t[${fc}]`, { type: 'utc-time', value: utcTimeOf(nowMs) }],
      [`${object}.q[${fc}]`, good],
      [`${object}.${attribute}[${fc}]`, value],
    ]);
  };
  const measure = (name: string, value: number, step: number, nowMs: number): void => {
    const rounded = Math.round(value / step) * step;
    const float: MmsValue = { type: 'float', value: Math.fround(rounded), width: 32 };
    tell(`${iedDevice}/MMXU1.${name}`, 'mag.f', 'MX', float, nowMs, String(rounded));
  };
  return {
    port: await server.listen({ port, host: '127.0.0.1' }),
    server,
    commands,
    update(plant, nowMs) {
      const { activeKw, reactiveKvar, position: now } = plant.feeders.F2;
      measure('TotW', activeKw * 1000, 1000, nowMs);
      measure('TotVAr', reactiveKvar * 1000, 1000, nowMs);
      measure('Hz', plant.frequencyHz, 0.01, nowMs);
      const bits: MmsValue = { type: 'bit-string', value: { size: 2, bytes: Uint8Array.of(positionBits[now]) } };
      tell(`${iedDevice}/XCBR1.Pos`, 'stVal', 'ST', bits, nowMs, now);
      // The switch controller follows the breaker; a command's own end is told by its termination.
      tell(`${iedDevice}/CSWI1.Pos`, 'stVal', 'ST', bits, nowMs, now);
    },
    close: () => server.close(),
  };
}
