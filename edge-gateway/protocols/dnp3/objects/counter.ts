/** Groups 20 to 23: running and frozen counters and their events (annex A.10 to A.13). */
import { flags, time, valueAs } from './fields.ts';
import { family, type PointKind, type Variation } from './variation.ts';

const { u16, u32 } = valueAs;

/** Variations 3, 4, 7 and 8 are the obsolete delta counters: the same octets, a difference instead of a total. */
const statics = (group: number, kind: PointKind): Variation[] =>
  family(group, 'static', kind, [
    [1, '32-bit with flag', [flags, u32]],
    [2, '16-bit with flag', [flags, u16]],
  ]);
const events = (group: number, kind: PointKind): Variation[] =>
  family(group, 'event', kind, [
    [1, '32-bit with flag', [flags, u32]],
    [2, '16-bit with flag', [flags, u16]],
    [5, '32-bit with flag and time', [flags, u32, time]],
    [6, '16-bit with flag and time', [flags, u16, time]],
  ]);

export const counter = [
  ...statics(20, 'counter'),
  ...family(20, 'static', 'counter', [
    [5, '32-bit without flag', [u32]],
    [6, '16-bit without flag', [u16]],
  ]),
  ...events(22, 'counter'),
];

export const frozenCounter = [
  ...statics(21, 'frozen_counter'),
  ...family(21, 'static', 'frozen_counter', [
    [5, '32-bit with flag and time', [flags, u32, time]],
    [6, '16-bit with flag and time', [flags, u16, time]],
    [9, '32-bit without flag', [u32]],
    [10, '16-bit without flag', [u16]],
  ]),
  ...events(23, 'frozen_counter'),
];

const delta = (group: number, rows: [number, 16 | 32, boolean][]): Variation[] =>
  family(
    group,
    'other',
    undefined,
    rows.map(([variation, bits, hasFlag]) => [
      variation,
      `${bits}-bit delta`,
      [...(hasFlag ? [flags] : []), bits === 32 ? u32 : u16],
    ]),
  );

/** Read over, so that a device that still sends them does not hide what stands behind. */
export const deltaCounter = [
  ...delta(20, [
    [3, 32, true],
    [4, 16, true],
    [7, 32, false],
    [8, 16, false],
  ]),
  ...delta(21, [
    [3, 32, true],
    [4, 16, true],
    [11, 32, false],
    [12, 16, false],
  ]),
  ...delta(22, [
    [3, 32, true],
    [4, 16, true],
  ]),
  ...delta(23, [
    [3, 32, true],
    [4, 16, true],
  ]),
];
