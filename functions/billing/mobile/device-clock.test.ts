/** Wrong clocks of devices, and clocks that are right enough. */
import { describe, expect, it } from 'vitest';
import { correctedTime, skewOf, toleratedSkewMs } from './device-clock.ts';

const now = Date.UTC(2026, 5, 15, 9);
const iso = (timeMs: number): string => new Date(timeMs).toISOString();

describe('the clock of a device', () => {
  it.each([
    ['is not said', undefined, 0],
    ['is right enough', iso(now - toleratedSkewMs), 0],
    ['is ahead', iso(now + 600_000), -600_000],
    ['is years behind', iso(0), now],
  ])('that %s', (_, deviceTime, skew) => {
    expect(skewOf(deviceTime, now)).toBe(skew);
  });

  it('is put right, and never shows what is yet to come', () => {
    expect(correctedTime(iso(now + 500_000), -600_000, now)).toBe(iso(now - 100_000));
    expect(correctedTime(iso(now + 60_000), 0, now)).toBe(iso(now));
  });
});
