import { describe, expect, it } from 'vitest';
import { slotSpanMs, slotTimes } from './rate-slots.ts';

describe('slotTimes', () => {
  it('spaces messages evenly over the reserved span', () => {
    expect(slotSpanMs(4, 2)).toBe(2000);
    expect(slotTimes(12_000, 4, 2)).toEqual([10_000, 10_500, 11_000, 11_500]);
  });

  it('lets consecutive reservations join without a gap', () => {
    const first = slotTimes(1000, 5, 5);
    const second = slotTimes(2000, 5, 5);
    expect([...first, ...second]).toEqual([0, 200, 400, 600, 800, 1000, 1200, 1400, 1600, 1800]);
  });
});
