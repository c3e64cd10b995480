/** Groups 40 to 43: state of analog outputs, set points and events of both (annex A.19 to A.22). */
import { analogEvents } from './analog-input.ts';
import { flags, status, time, valueAs } from './fields.ts';
import { family } from './variation.ts';

const { i16, i32, f32, f64 } = valueAs;
const kind = 'analog_output';

export const analogOutput = [
  ...family(40, 'static', kind, [
    [1, 'status 32-bit with flag', [flags, i32]],
    [2, 'status 16-bit with flag', [flags, i16]],
    [3, 'status single-precision with flag', [flags, f32]],
    [4, 'status double-precision with flag', [flags, f64]],
  ]),
  ...family(41, 'command', kind, [
    [1, '32-bit', [i32, status]],
    [2, '16-bit', [i16, status]],
    [3, 'single-precision', [f32, status]],
    [4, 'double-precision', [f64, status]],
  ]),
  ...family(42, 'event', kind, analogEvents),
  ...family(43, 'command_event', kind, [
    [1, 'command 32-bit without time', [status, i32]],
    [2, 'command 16-bit without time', [status, i16]],
    [3, 'command 32-bit with time', [status, i32, time]],
    [4, 'command 16-bit with time', [status, i16, time]],
    [5, 'command single-precision without time', [status, f32]],
    [6, 'command double-precision without time', [status, f64]],
    [7, 'command single-precision with time', [status, f32, time]],
    [8, 'command double-precision with time', [status, f64, time]],
  ]),
];
