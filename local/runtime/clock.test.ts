import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createClock } from './clock.ts';

/** A clock over a standing machine time, so that only `advance` moves it. */
const standingClock = () => createClock(() => 1_000_000);

describe('clock', () => {
  it('runs with real time until it is turned', () => {
    const clock = createClock();
    expect(Math.abs(clock.now() - Date.now())).toBeLessThan(50);
    clock.advance(3_600_000);
    expect(Math.abs(clock.now() - Date.now() - 3_600_000)).toBeLessThan(50);
  });

  it('shares its offset with other threads', () => {
    const clock = standingClock();
    clock.advance(1_500);
    expect(new Float64Array(clock.offset)[0]).toBe(1_500);
  });

  it('fires timers by real time', async () => {
    const clock = createClock();
    const startedAt = Date.now();
    await clock.sleep(20);
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(19);
  });

  it('fires at once in real time what a turn has brought near', async () => {
    const clock = createClock();
    const slept = clock.sleep(60_010);
    clock.advance(60_000);
    await slept;
    expect(clock.pendingTimers).toBe(0);
  });

  it('fires what fell due in order of due time, each at its own time', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 1000 }), { maxLength: 60 }), fc.nat(59), (delays, cancelled) => {
        const clock = standingClock();
        const fired: { delay: number; at: number }[] = [];
        const timers = delays.map((delay) =>
          clock.setTimer(delay, () => fired.push({ delay, at: clock.now() - 1_000_000 })),
        );
        timers[cancelled]?.cancel();
        clock.advance(500);
        const expected = delays
          .filter((delay, index) => delay <= 500 && index !== cancelled)
          .sort((a, b) => a - b)
          .map((delay) => ({ delay, at: delay }));
        expect(fired).toEqual(expected);
        expect(clock.now()).toBe(1_000_500);
      }),
    );
  });

  it('fires a timer that sets itself again once for every period of a long turn', () => {
    const clock = standingClock();
    let ticks = 0;
    const tick = () => {
      ticks += 1;
      clock.setTimer(3_600_000, tick);
    };
    clock.setTimer(3_600_000, tick);
    clock.advance(24 * 3_600_000);
    expect(ticks).toBe(24);
  });

  it('fires it once when it leaps over the periods, at the time after the leap', async () => {
    const clock = createClock();
    const ticks: number[] = [];
    const tick = () => {
      ticks.push(clock.now());
      clock.setTimer(3_600_000, tick);
    };
    clock.setTimer(3_600_000, tick);
    const target = clock.now() + 24 * 3_600_000;
    clock.leap(24 * 3_600_000);
    await clock.sleep(1);
    expect(ticks).toHaveLength(1);
    expect(ticks[0]).toBeGreaterThanOrEqual(target);
    clock.stop();
  });

  it('rejects a sleep that is aborted and leaves no timer behind', async () => {
    const clock = standingClock();
    const abort = new AbortController();
    const slept = clock.sleep(1_000, abort.signal);
    abort.abort(new Error('stopped'));
    await expect(slept).rejects.toThrow('stopped');
    await expect(clock.sleep(1, abort.signal)).rejects.toThrow('stopped');
    expect(clock.pendingTimers).toBe(0);
  });

  it('does not turn back', () => {
    expect(() => standingClock().advance(-1)).toThrow('only turns forward');
    expect(() => standingClock().advance(Number.NaN)).toThrow('only turns forward');
    expect(() => standingClock().leap(-1)).toThrow('only turns forward');
  });

  it('is still after stop', () => {
    const clock = standingClock();
    clock.setTimer(10, () => expect.unreachable());
    clock.stop();
    clock.advance(100);
    expect(clock.pendingTimers).toBe(0);
  });
});
