import { describe, expect, it } from 'vitest';
import { createClockWatch } from './clock-watch.ts';

/** A wall clock that can be set, beside one that cannot. */
function open() {
  let monotonicMs = 0;
  let offsetMs = 0;
  const epochMs = 1_767_225_600_000;
  const watch = createClockWatch({
    now: () => epochMs + monotonicMs + offsetMs,
    monotonicMs: () => monotonicMs,
    setTimer: () => ({ cancel: () => {} }),
  });
  return {
    watch,
    pass: (ms: number) => {
      monotonicMs += ms;
    },
    set: (ms: number) => {
      offsetMs += ms;
    },
    trueMs: () => epochMs + monotonicMs,
    at: () => monotonicMs,
  };
}

describe('the watch over clocks', () => {
  it('sees a jump, and not the passing of time', () => {
    const { watch, pass, set } = open();
    pass(3_600_000);
    expect(watch.tick()).toBe(0);
    set(-60_000);
    pass(1_000);
    expect(watch.tick()).toBe(-60_000);
    expect(watch.tick()).toBe(0);
    expect(watch.jumps).toBe(1);
  });

  it('learns how far off we are from the platform, less what the way may have cost', () => {
    const { watch, pass, set, trueMs, at } = open();
    expect(watch.isTrusted(5_000)).toBe(true);
    expect(watch.offset()).toEqual({ offsetMs: null, source: 'none' });
    set(20_000);
    watch.tick();
    const asked = at();
    pass(400);
    watch.platformAnswered(asked, trueMs() - 200);
    expect(watch.offset()).toEqual({ offsetMs: 19_800, source: 'platform' });
    expect(watch.isTrusted(5_000)).toBe(false);
    // Somebody sets the clock right: it is trusted again at once.
    set(-20_000);
    watch.tick();
    expect(watch.isTrusted(5_000)).toBe(true);
  });

  it('learns nothing from an answer that took long, and forgets in the end', () => {
    const { watch, pass, trueMs, at } = open();
    watch.platformAnswered(at() - 10_000, trueMs() - 60_000);
    expect(watch.offset().source).toBe('none');
    watch.platformAnswered(at(), trueMs() - 60_000);
    expect(watch.isTrusted(5_000)).toBe(false);
    pass(7 * 3_600_000);
    expect(watch.isTrusted(5_000)).toBe(true);
  });

  it('names devices whose clocks are off', () => {
    const { watch } = open();
    watch.device({ deviceId: 'a', offsetMs: 10 });
    watch.device({ deviceId: 'b', offsetMs: -5_000.4 });
    expect(watch.devicesOff(2_000)).toEqual([{ deviceId: 'b', offsetMs: -5_000 }]);
  });
});
