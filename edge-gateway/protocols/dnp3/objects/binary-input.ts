/** Groups 1 and 2: single-bit inputs and their events (IEEE 1815-2012, annex A.2 and A.3). */
import { flagsWithState, relativeTime, time } from './fields.ts';
import { family, packed } from './variation.ts';

const kind = 'binary_input';

export const binaryInput = [
  packed(1, 1, 'packed format', 'static', kind, 1),
  ...family(1, 'static', kind, [[2, 'with flags', [flagsWithState]]]),
  ...family(2, 'event', kind, [
    [1, 'without time', [flagsWithState]],
    [2, 'with absolute time', [flagsWithState, time]],
    [3, 'with relative time', [flagsWithState, relativeTime]],
  ]),
];
