/** The gateway's sight of time, given to every part so that tests turn it. */
import { performance } from 'node:perf_hooks';

export interface Clock {
  now(): number;
  /** Monotonic milliseconds. */
  monotonicMs(): number;
  setTimer(callback: () => void, delayMs: number): { cancel(): void };
}

/** setTimeout takes 2^31 - 1 at most and fires at once for more. */
const longestDelayMs = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  setTimer: (callback, delayMs) => {
    const timer = setTimeout(callback, Math.min(Math.max(0, delayMs), longestDelayMs));
    return { cancel: () => clearTimeout(timer) };
  },
};

/** Calls back again and again, never while the last call still runs, until cancelled. */
export function every(clock: Clock, intervalMs: number, work: () => void | Promise<void>): { cancel(): void } {
  let timer: { cancel(): void } | undefined;
  let isCancelled = false;
  const arm = (): void => {
    if (isCancelled) return;
    timer = clock.setTimer(() => {
      const working = work();
      if (working instanceof Promise) working.finally(arm);
      else arm();
    }, intervalMs);
  };
  arm();
  return {
    cancel: () => {
      isCancelled = true;
      timer?.cancel();
    },
  };
}
