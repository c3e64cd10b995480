/** Groups 3 and 4: inputs of two bits, such as the two contacts of a breaker (annex A.4 and A.5). */
import { flagsWithDoubleBit, relativeTime, time } from './fields.ts';
import { family, packed } from './variation.ts';

const kind = 'double_bit_input';

export const doubleBitState = { intermediate: 0, off: 1, on: 2, indeterminate: 3 } as const;

export const doubleBitInput = [
  packed(3, 1, 'packed format', 'static', kind, 2),
  ...family(3, 'static', kind, [[2, 'with flags', [flagsWithDoubleBit]]]),
  ...family(4, 'event', kind, [
    [1, 'without time', [flagsWithDoubleBit]],
    [2, 'with absolute time', [flagsWithDoubleBit, time]],
    [3, 'with relative time', [flagsWithDoubleBit, relativeTime]],
  ]),
];
