import { expect, test } from 'vitest';
import { momentAt } from './calendar.ts';
import { type Profile, powerKw, profiles } from './profiles.ts';
import { seedOf } from './random.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** Local midnights (UTC+3). */
const SUNDAY = Date.parse('2026-04-26T00:00:00+03:00');
const FRIDAY = Date.parse('2026-05-01T00:00:00+03:00');
/** Ramadan 1447 was 18 February to 19 March 2026. */
const RAMADAN_SUNDAY = Date.parse('2026-03-01T00:00:00+03:00');

/** Mean over many customers of the energy between two local hours, kWh. */
function meanKwh(profile: Profile, midnight: number, fromHour = 0, toHour = 24, customers = 200): number {
  let kwh = 0;
  for (let customer = 0; customer < customers; customer++)
    for (let at = midnight + fromHour * HOUR_MS; at < midnight + toHour * HOUR_MS; at += 10 * MINUTE_MS)
      kwh += powerKw(profile, seedOf(`${profile}-${customer}`), at) / 6;
  return kwh / customers;
}

test.each<[Profile, number, number]>([
  ['household', 5, 12],
  ['shop', 20, 45],
  ['workshop', 90, 200],
  ['street-light', 15, 21],
])('a %s uses between %d and %d kWh on a working day', (profile, low, high) => {
  const kwh = meanKwh(profile, SUNDAY);
  expect(kwh).toBeGreaterThan(low);
  expect(kwh).toBeLessThan(high);
});

test('customers of one class differ in size, none absurdly', () => {
  const daily = Array.from({ length: 300 }, (_, i) => {
    let kwh = 0;
    for (let at = SUNDAY; at < SUNDAY + 24 * HOUR_MS; at += 10 * MINUTE_MS)
      kwh += powerKw('household', seedOf(`h${i}`), at) / 6;
    return kwh;
  }).sort((a, b) => a - b);
  expect(daily[270]! / daily[30]!).toBeGreaterThan(1.8);
  expect(daily[0]).toBeGreaterThan(1.5);
  expect(daily.at(-1)).toBeLessThan(40);
});

test('households peak in the evening and rest at night', () => {
  const evening = meanKwh('household', SUNDAY, 18, 21) / 3;
  const night = meanKwh('household', SUNDAY, 1, 4) / 3;
  expect(evening / night).toBeGreaterThan(3);
  expect(evening / night).toBeLessThan(8);
});

test('Friday is the weekend: workshops stand still, shops open late, families are at home at noon', () => {
  expect(meanKwh('workshop', FRIDAY) / meanKwh('workshop', SUNDAY)).toBeLessThan(0.2);
  expect(meanKwh('shop', FRIDAY, 9, 12) / meanKwh('shop', SUNDAY, 9, 12)).toBeLessThan(0.3);
  expect(meanKwh('shop', FRIDAY, 17, 21) / meanKwh('shop', SUNDAY, 17, 21)).toBeGreaterThan(0.9);
  expect(meanKwh('household', FRIDAY, 11, 14) / meanKwh('household', SUNDAY, 11, 14)).toBeGreaterThan(1.2);
});

test('Ramadan moves life to the night', () => {
  expect(momentAt(RAMADAN_SUNDAY).ramadan).toBe(true);
  expect(meanKwh('household', RAMADAN_SUNDAY, 2, 4) / meanKwh('household', SUNDAY, 2, 4)).toBeGreaterThan(2.5);
  expect(meanKwh('household', RAMADAN_SUNDAY, 7, 11) / meanKwh('household', SUNDAY, 7, 11)).toBeLessThan(0.85);
  expect(meanKwh('shop', RAMADAN_SUNDAY, 22, 24) / meanKwh('shop', SUNDAY, 22, 24)).toBeGreaterThan(2);
});

test('summer is higher than winter for households, not for workshops', () => {
  const july = Date.parse('2026-07-05T00:00:00+03:00');
  const january = Date.parse('2026-01-04T00:00:00+03:00');
  expect(meanKwh('household', july) / meanKwh('household', january)).toBeGreaterThan(1.2);
  expect(meanKwh('workshop', july) / meanKwh('workshop', january)).toBeCloseTo(1, 1);
});

test('solar roofs feed in at noon and give nothing at night', () => {
  for (let customer = 0; customer < 50; customer++)
    for (const hour of [0, 2, 4, 20, 22])
      expect(powerKw('solar', seedOf(`s${customer}`), SUNDAY + hour * HOUR_MS)).toBeGreaterThan(0);
  expect(meanKwh('solar', SUNDAY, 11, 13)).toBeLessThan(-2);
  const night = meanKwh('solar', SUNDAY, 0, 4) / meanKwh('household', SUNDAY, 0, 4);
  expect(night).toBeGreaterThan(1.1);
  expect(night).toBeLessThan(1.7);
});

test('street lights burn by night only', () => {
  for (const hour of [0, 3, 20, 23]) expect(powerKw('street-light', 5, SUNDAY + hour * HOUR_MS)).toBeGreaterThan(1);
  for (const hour of [7, 12, 17]) expect(powerKw('street-light', 5, SUNDAY + hour * HOUR_MS)).toBeLessThan(0.02);
});

test('nobody outgrows an 80 A connection, of three phases for a workshop', () => {
  const july = Date.parse('2026-07-05T00:00:00+03:00');
  for (const profile of profiles)
    for (let customer = 0; customer < 1_000; customer++)
      for (let hour = 6.5; hour < 22; hour += 3.5) {
        const kw = powerKw(profile, seedOf(`${profile}-${customer}`), july + hour * HOUR_MS);
        expect(kw).toBeLessThan(0.23 * 80 * 0.82 * (profile === 'workshop' ? 3 : 1));
      }
});

test('power is finite and, without a roof, never negative, at any time of two years', () => {
  for (const profile of profiles)
    for (let at = SUNDAY; at < SUNDAY + 730 * 24 * HOUR_MS; at += 7.3 * HOUR_MS) {
      const kw = powerKw(profile, 42, at);
      expect(Number.isFinite(kw)).toBe(true);
      if (profile !== 'solar') expect(kw).toBeGreaterThanOrEqual(0);
    }
});
