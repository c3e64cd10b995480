/** Days and hours in which nobody is switched off, by the clock on the wall. */
import { expect, it } from 'vitest';
import { sparedTimesSchema } from './policy.ts';
import { isSpared } from './spared-times.ts';

const spared = { weekdays: [5, 6], days: ['2026-06-17'], hours: { from: '08:00', to: '14:00' } };
/** Hours of Aden. */
const at = (day: number, hour: number) => Date.UTC(2026, 5, day, hour - 3);

it.each<[string, number, boolean]>([
  ['Monday noon', at(15, 12), false],
  ['before the hours', at(15, 7), true],
  ['after the hours', at(15, 14), true],
  ['the day before a holiday', at(16, 12), true],
  ['a holiday', at(17, 12), true],
  ['the day before a day of rest', at(18, 12), true],
  ['a day of rest', at(20, 12), true],
  ['Sunday', at(21, 12), false],
])('%s', (_, time, isFree) => {
  expect(isSpared(time, sparedTimesSchema.parse(spared), 'Asia/Aden')).toBe(isFree);
});
