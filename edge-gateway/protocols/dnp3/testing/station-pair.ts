/** A master and an outstation on one line in memory, under a clock that is turned: the stage of most tests. */
import type { ByteChannel } from '../../transport/byte-channel.ts';
import { MasterChannel } from '../master/master-channel.ts';
import type { Measurement } from '../master/measurements.ts';
import type { RemoteOutstation } from '../master/remote-outstation.ts';
import type { RemoteOutstationSettings } from '../master/settings.ts';
import type { PointDefinition } from '../outstation/database.ts';
import { Outstation } from '../outstation/outstation.ts';
import type { OutstationHandler, OutstationSettings } from '../outstation/settings.ts';
import { type LineFaults, type MemoryChannel, memoryLine } from './memory-line.ts';
import { TurnedClock } from './turned-clock.ts';

export interface PairOptions {
  points?: readonly PointDefinition[];
  master?: Partial<RemoteOutstationSettings>;
  outstation?: Partial<OutstationSettings>;
  handler?: OutstationHandler;
  fromMaster?: LineFaults;
  fromOutstation?: LineFaults;
  onMeasurements?: (measurements: Measurement[]) => void | Promise<void>;
}

export interface StationPair {
  clock: TurnedClock;
  /** The outstation's clock: the same instant, told apart by what it is set to. */
  outstation: Outstation;
  channel: MasterChannel;
  station: RemoteOutstation;
  measurements: Measurement[];
  sources: string[];
  states: string[];
  problems: string[];
  indications: string[][];
  /** The master's end and the outstation's end of the present line. */
  line(): { master: MemoryChannel; outstation: MemoryChannel };
  /** Cuts the line; the master opens another. */
  cut(): void;
}

const outstationAddress = 10;

export function stationPair(options: PairOptions = {}): StationPair {
  const clock = new TurnedClock();
  const settings = { address: outstationAddress, points: options.points ?? [], keepAliveMs: 0, ...options.outstation };
  const outstation = new Outstation(settings, options.handler ?? {}, clock);
  let ends: [MemoryChannel, MemoryChannel] | undefined;
  const connect = async (): Promise<ByteChannel> => {
    ends = memoryLine({
      ...(options.fromMaster && { left: options.fromMaster }),
      ...(options.fromOutstation && { right: options.fromOutstation }),
    });
    outstation.attach(ends[1]);
    return ends[0];
  };
  const channel = new MasterChannel({ connect, clock });
  const pair: Omit<StationPair, 'station' | 'line' | 'cut'> = {
    clock,
    outstation,
    channel,
    measurements: [],
    sources: [],
    states: [],
    problems: [],
    indications: [],
  };
  const station = channel.addOutstation(
    { address: outstationAddress, keepAliveMs: 0, ...options.master },
    {
      async measurements(measurements, source) {
        await options.onMeasurements?.(measurements);
        pair.measurements.push(...measurements);
        pair.sources.push(...measurements.map(() => source));
      },
      state: (state) => void pair.states.push(state),
      problem: (message) => void pair.problems.push(message),
      indications: (_, names) => void pair.indications.push(names),
    },
  );
  const line = () => ({ master: ends![0], outstation: ends![1] });
  return { ...pair, station, line, cut: () => line().master.close() };
}

/** Events only, as short words: `binary_input 3 true @1000`. */
export const eventsOf = (measurements: readonly Measurement[]): string[] =>
  measurements
    .filter(({ isEvent }) => isEvent)
    .map(({ kind, index, value, timeMs }) => `${kind} ${index} ${value} @${timeMs}`);
