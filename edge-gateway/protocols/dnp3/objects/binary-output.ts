/** Groups 10 to 13: state of binary outputs, commands to them and events of both (annex A.6 to A.9). */
import { count, flagsWithState, offTime, onTime, status, statusWithState, time, valueAs } from './fields.ts';
import { family, packed } from './variation.ts';

const kind = 'binary_output';

/** Octet 0 of a control relay output block (A.8.1): operation type in four bits, then CR and TCC. */
export const operationType = { nul: 0, pulseOn: 1, pulseOff: 2, latchOn: 3, latchOff: 4 } as const;
export const tripCloseCode = { nul: 0x00, close: 0x40, trip: 0x80 } as const;
export const clearBit = 0x20;

const controlBlock = [valueAs.u8, count, onTime, offTime, status];

export const binaryOutput = [
  packed(10, 1, 'packed format', 'static', kind, 1),
  ...family(10, 'static', kind, [[2, 'output status with flags', [flagsWithState]]]),
  ...family(11, 'event', kind, [
    [1, 'status without time', [flagsWithState]],
    [2, 'status with time', [flagsWithState, time]],
  ]),
  ...family(12, 'command', kind, [
    [1, 'control relay output block', controlBlock],
    [2, 'pattern control block', controlBlock],
  ]),
  packed(12, 3, 'pattern mask', 'command', kind, 1),
  ...family(13, 'command_event', kind, [
    [1, 'command status without time', [statusWithState]],
    [2, 'command status with time', [statusWithState, time]],
  ]),
];
