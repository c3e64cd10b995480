import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isoTime, monthsBetween, parseTime, shiftMonth } from './reading-time.ts';

describe('times of readings', () => {
  it('reads RFC 3339 in any zone', () => {
    const moment = Date.UTC(2024, 11, 15, 10, 30);
    for (const text of ['2024-12-15T10:30:00Z', '2024-12-15T13:30:00+03:00', '2024-12-15t05:30:00.000-05:00'])
      expect(parseTime(text)).toBe(moment);
    expect(parseTime('2024-12-15T10:30:00.123456Z')).toBe(moment + 123);
  });

  it('refuses days that never were and texts without a zone', () => {
    for (const text of [
      '2026-02-29T00:00:00Z',
      '2026-04-31T00:00:00Z',
      '2026-13-01T00:00:00Z',
      '2026-00-10T00:00:00Z',
      '2026-01-01T24:00:00Z',
      '2026-01-01T00:60:00Z',
      '2026-01-01T00:00:00',
      '2026-01-01T00:00:00+25:00',
      '2026-01-01',
      '1700000000',
      '',
    ])
      expect(parseTime(text), text).toBeUndefined();
    expect(parseTime('2024-02-29T00:00:00Z')).toBe(Date.UTC(2024, 1, 29));
  });

  it('agrees with the platform on every time it writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(2000, 0), max: Date.UTC(2100, 0) }), (time) => {
        expect(parseTime(isoTime(time))).toBe(time);
      }),
    );
  });

  it('counts months over the turn of a year', () => {
    expect(monthsBetween(Date.UTC(2025, 10, 30), Date.UTC(2026, 1, 1))).toEqual([
      '2025-11',
      '2025-12',
      '2026-01',
      '2026-02',
    ]);
    expect(shiftMonth('2026-01', -1)).toBe('2025-12');
  });
});
