import { expect, test } from 'vitest';
import { momentAt, startOfDay, sunHours } from './calendar.ts';

test('local time is three hours ahead of UTC', () => {
  const moment = momentAt(Date.parse('2026-05-01T20:30:00Z'));
  expect(moment).toMatchObject({ hour: 23.5, friday: true });
  expect(momentAt(Date.parse('2026-05-01T21:00:00Z'))).toMatchObject({ hour: 0, friday: false });
  expect(startOfDay(moment.day)).toBe(Date.parse('2026-05-01T00:00:00+03:00'));
});

test.each([
  ['2025-02-28', false],
  ['2025-03-01', true],
  ['2025-03-29', true],
  ['2025-03-30', false],
  ['2026-02-17', false],
  ['2026-02-18', true],
  ['2026-03-19', true],
  ['2026-03-20', false],
])('%s is in Ramadan: %s', (date, ramadan) => {
  expect(momentAt(Date.parse(`${date}T12:00:00+03:00`)).ramadan).toBe(ramadan);
});

test('days are longest in June', () => {
  const length = (date: string) => {
    const { rise, set } = sunHours(momentAt(Date.parse(`${date}T12:00:00+03:00`)).yearPhase);
    return set - rise;
  };
  expect(length('2026-06-21')).toBeCloseTo(12.9, 1);
  expect(length('2026-12-21')).toBeCloseTo(11.1, 1);
});
