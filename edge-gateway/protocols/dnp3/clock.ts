/** Time and timers as the library takes them: given from outside, so that tests turn the clock. */

export interface Timer {
  cancel(): void;
}

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds that only ever grow; for measuring spans. */
  monotonicMs(): number;
  setTimer(callback: () => void, delayMs: number): Timer;
}

/** The longest delay Node's timers take; a longer one would fire at once. */
const longestDelayMs = 0x7fffffff;

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  setTimer(callback, delayMs) {
    const timer = setTimeout(callback, Math.min(Math.max(0, delayMs), longestDelayMs));
    return { cancel: () => clearTimeout(timer) };
  },
};
