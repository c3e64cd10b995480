/** What counts as late: whatever a bill of a day that is over may have missed. */
import { expect, it } from 'vitest';
import { isLate } from './is-late.ts';

const aden = (local: string): number => Date.parse(`2026-06-${local}:00+03:00`);

it.each<[boolean, string, string, string]>([
  [true, 'of the day before, seconds later', '15T23:59', '16T00:00'],
  [false, 'of midnight, at once', '16T00:00', '16T00:00'],
  [false, 'of midnight, five minutes later', '16T00:00', '16T00:05'],
  [true, 'of midnight, six minutes later', '16T00:00', '16T00:06'],
  [true, 'of the first hours, an hour later', '16T02:00', '16T03:00'],
  [false, 'of the day, three hours later', '16T09:00', '16T12:00'],
  [true, 'of the day, more than three hours later', '16T09:00', '16T12:01'],
])('%s %s', (expected, _, time, told) => {
  expect(isLate(aden(time), aden(told), 'Asia/Aden')).toBe(expected);
});

it('goes by the local day, also on the night the clocks change', () => {
  // Midnight of Berlin, from which the day of 25 hours is told at its end.
  const midnight = Date.UTC(2026, 9, 24, 22);
  expect(isLate(midnight + 25 * 3_600_000 - 1, midnight + 25 * 3_600_000, 'Europe/Berlin')).toBe(true);
  expect(isLate(midnight + 24.5 * 3_600_000, midnight + 24.9 * 3_600_000, 'Europe/Berlin')).toBe(false);
});
