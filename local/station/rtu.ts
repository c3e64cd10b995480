/** The station's RTU on DNP3: feeder F1 with its breaker, the busbar and the transformer, told by unsolicited responses. */
import {
  type CommandHandler,
  commandStatus,
  doubleBitState,
  Outstation,
  type PointDefinition,
  type ReceivedCommand,
} from '../../edge-gateway/protocols/dnp3/index.ts';
import { type Listener, listen } from '../../edge-gateway/protocols/transport/byte-channel.ts';
import type { Plant } from './plant.ts';

/** Index of each point in its group. */
export const rtuPoints = {
  analog: { currentL1: 0, currentL2: 1, currentL3: 2, busbar: 3, transformer: 4, activePower: 5 },
  breaker: 0,
  isRemote: 0,
  operations: 0,
  control: 0,
} as const;
export const rtuAddress = 10;

export interface RtuCommand {
  step: 'select' | 'operate' | 'direct';
  to: 'on' | 'off';
  timeMs: number;
}

export interface Rtu {
  port: number;
  outstation: Outstation;
  /** Everything it was told to do, in order. */
  commands: readonly RtuCommand[];
  update(plant: Plant, nowMs: number): void;
  /** Turns the station's switch to local or back to remote. */
  setRemote(isRemote: boolean): void;
  close(): Promise<void>;
}

const points: readonly PointDefinition[] = [
  ...Object.entries(rtuPoints.analog).map(
    ([name, index]): PointDefinition => ({
      kind: 'analog_input',
      index,
      eventClass: 2,
      deadBand: { busbar: 0.02, transformer: 0.1, activePower: 5 }[name] ?? 0.5,
    }),
  ),
  { kind: 'double_bit_input', index: rtuPoints.breaker, eventClass: 1 },
  { kind: 'binary_input', index: rtuPoints.isRemote, eventClass: 1 },
  { kind: 'counter', index: rtuPoints.operations, eventClass: 3 },
  { kind: 'binary_output', index: rtuPoints.control, flags: 1 },
];

/** @param operate sets the breaker in motion; false when it does not move */
export async function startRtu(port: number, operate: (to: 'on' | 'off') => boolean): Promise<Rtu> {
  const commands: RtuCommand[] = [];
  let isRemote = true;
  let isTold = false;
  /** What the breaker can do, as a status where it cannot. */
  const judge = (command: ReceivedCommand): { to: 'on' | 'off' } | number => {
    if (command.kind !== 'control' || command.index !== rtuPoints.control) return commandStatus.NOT_SUPPORTED;
    const { tripClose, operation } = command;
    if (operation !== 'pulseOn' || (tripClose !== 'trip' && tripClose !== 'close')) return commandStatus.NOT_SUPPORTED;
    return isRemote ? { to: tripClose === 'close' ? 'on' : 'off' } : commandStatus.LOCAL;
  };
  const handler: CommandHandler = {
    select(command) {
      const judged = judge(command);
      if (typeof judged === 'number') return judged;
      commands.push({ step: 'select', to: judged.to, timeMs: Date.now() });
      return commandStatus.SUCCESS;
    },
    operate(command, mode) {
      const judged = judge(command);
      if (typeof judged === 'number') return judged;
      const step = mode === 'select_before_operate' ? 'operate' : 'direct';
      commands.push({ step, to: judged.to, timeMs: Date.now() });
      return operate(judged.to) ? commandStatus.SUCCESS : commandStatus.ALREADY_ACTIVE;
    },
  };
  const outstation = new Outstation({ address: rtuAddress, points, unsolicitedHoldMs: 50 }, handler);
  const listener: Listener = await listen({ port }, (channel) => outstation.attach(channel));
  outstation.update('binary_input', rtuPoints.isRemote, true);
  return {
    port: listener.port,
    outstation,
    commands,
    update(plant, timeMs) {
      const { position, operations, currentA, activeKw } = plant.feeders.F1;
      const { analog } = rtuPoints;
      const tell = (index: number, value: number): void =>
        void outstation.update('analog_input', index, value, { timeMs });
      tell(analog.currentL1, currentA);
      tell(analog.currentL2, currentA * 0.98);
      tell(analog.currentL3, currentA * 1.01);
      tell(analog.busbar, plant.busbarKv);
      tell(analog.transformer, plant.transformerC);
      tell(analog.activePower, activeKw);
      // States keep the time of their change.
      if (outstation.read('double_bit_input', rtuPoints.breaker)?.value !== doubleBitState[position] || !isTold)
        outstation.update('double_bit_input', rtuPoints.breaker, doubleBitState[position], { timeMs });
      if (outstation.read('counter', rtuPoints.operations)?.value !== operations || !isTold)
        outstation.update('counter', rtuPoints.operations, operations, { timeMs });
      isTold = true;
    },
    setRemote(next) {
      isRemote = next;
      outstation.setIndications({ localControl: !next });
      outstation.update('binary_input', rtuPoints.isRemote, next);
    },
    close: async () => {
      outstation.detach();
      await listener.close();
    },
  };
}
