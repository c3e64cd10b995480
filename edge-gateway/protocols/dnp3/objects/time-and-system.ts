/** Groups 50 to 52, 60 and 80: times, delays, classes and internal indications (annex A.23 to A.25, A.26, A.31). */
import { interval, units, valueAs } from './fields.ts';
import { family, packed, type Variation } from './variation.ts';

export const time = [
  ...family(50, 'time', undefined, [
    [1, 'absolute time', [valueAs.time]],
    [2, 'absolute time and interval', [valueAs.time, interval]],
    [3, 'absolute time at last recorded time', [valueAs.time]],
    [4, 'indexed absolute time and long interval', [valueAs.time, interval, units]],
  ]),
  ...family(51, 'time', undefined, [
    [1, 'common time of occurrence, synchronized', [valueAs.time]],
    [2, 'common time of occurrence, unsynchronized', [valueAs.time]],
  ]),
  ...family(52, 'time', undefined, [
    [1, 'time delay coarse', [valueAs.u16]],
    [2, 'time delay fine', [valueAs.u16]],
  ]),
];

const classNames = ['class 0', 'class 1', 'class 2', 'class 3'];

export const classData: Variation[] = classNames.map((name, number) => ({
  group: 60,
  variation: number + 1,
  name,
  role: 'class',
  layout: { kind: 'none' },
  hasFlags: false,
  hasTime: false,
}));

export const indications = [packed(80, 1, 'internal indications', 'indications', undefined, 1)];
