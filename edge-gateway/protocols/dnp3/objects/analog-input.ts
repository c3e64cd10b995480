/** Groups 30 to 34: analog inputs, frozen ones, their events and dead-bands (annex A.14 to A.18). */
import { flags, time, valueAs } from './fields.ts';
import { type FieldRow, family } from './variation.ts';

const { i16, i32, f32, f64, u16, u32 } = valueAs;

/** The eight variations that every analog event group has. */
export const analogEvents: readonly FieldRow[] = [
  [1, '32-bit without time', [flags, i32]],
  [2, '16-bit without time', [flags, i16]],
  [3, '32-bit with time', [flags, i32, time]],
  [4, '16-bit with time', [flags, i16, time]],
  [5, 'single-precision without time', [flags, f32]],
  [6, 'double-precision without time', [flags, f64]],
  [7, 'single-precision with time', [flags, f32, time]],
  [8, 'double-precision with time', [flags, f64, time]],
];

export const analogInput = [
  ...family(30, 'static', 'analog_input', [
    [1, '32-bit with flag', [flags, i32]],
    [2, '16-bit with flag', [flags, i16]],
    [3, '32-bit without flag', [i32]],
    [4, '16-bit without flag', [i16]],
    [5, 'single-precision with flag', [flags, f32]],
    [6, 'double-precision with flag', [flags, f64]],
  ]),
  ...family(32, 'event', 'analog_input', analogEvents),
];

export const frozenAnalogInput = [
  ...family(31, 'static', 'frozen_analog_input', [
    [1, '32-bit with flag', [flags, i32]],
    [2, '16-bit with flag', [flags, i16]],
    [3, '32-bit with time of freeze', [flags, i32, time]],
    [4, '16-bit with time of freeze', [flags, i16, time]],
    [5, '32-bit without flag', [i32]],
    [6, '16-bit without flag', [i16]],
    [7, 'single-precision with flag', [flags, f32]],
    [8, 'double-precision with flag', [flags, f64]],
  ]),
  ...family(33, 'event', 'frozen_analog_input', analogEvents),
];

export const analogInputDeadBand = family(34, 'dead_band', 'analog_input', [
  [1, '16-bit', [u16]],
  [2, '32-bit', [u32]],
  [3, 'single-precision', [f32]],
]);
