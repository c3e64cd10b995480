/**
 * Modelled time: the machine's time plus an offset that tests turn forward. The offset lies in shared
 * memory, so that `Date` inside the Lambda workers moves with it.
 */
import { type HeapTimer, TimerHeap } from './timer-heap.ts';
import type { Clock, ClockTimer } from './types.ts';

/** Node fires longer timers at once. @see https://nodejs.org/api/timers.html#settimeoutcallback-delay-args */
const longestNodeTimerMs = 2_147_483_647;

export interface TurnableClock extends Clock {
  /** Timers that are set and not yet fired, so that tests see what was left behind. */
  readonly pendingTimers: number;
  /** Forgets all timers: nothing fires any more. */
  stop(): void;
}

/**
 * @param realNow the underlying time in whole milliseconds. @default Date.now
 */
export function createClock(realNow: () => number = Date.now): TurnableClock {
  const offset = new SharedArrayBuffer(Float64Array.BYTES_PER_ELEMENT);
  const offsetMs = new Float64Array(offset);
  const timers = new TimerHeap();
  let sequence = 0;
  let armed: NodeJS.Timeout | undefined;
  let armedFor = Number.POSITIVE_INFINITY;

  const now = () => realNow() + offsetMs[0]!;

  // Servers and workers keep a process alive, never a timer: a forgotten one must not hold up its end.
  const arm = () => {
    const { earliest } = timers;
    if (!earliest || earliest.dueAt >= armedFor) return;
    clearTimeout(armed);
    armedFor = earliest.dueAt;
    const delayMs = Math.min(Math.max(earliest.dueAt - now(), 0), longestNodeTimerMs);
    armed = setTimeout(wake, delayMs).unref();
  };

  const rearm = () => {
    clearTimeout(armed);
    armed = undefined;
    armedFor = Number.POSITIVE_INFINITY;
    arm();
  };

  const wake = () => {
    const wokenAt = now();
    for (let next = timers.earliest; next && next.dueAt <= wokenAt; next = timers.earliest) fire(next);
    rearm();
  };

  const fire = (timer: HeapTimer) => {
    timers.remove(timer);
    try {
      timer.callback();
    } catch (error) {
      // One broken callback must not keep the others from firing; it surfaces as it would from a Node timer.
      setImmediate(() => {
        throw error;
      });
    }
  };

  const moveTo = (time: number) => {
    const missingMs = time - now();
    if (missingMs > 0) offsetMs[0]! += missingMs;
  };

  const setTimer = (delayMs: number, callback: () => void): ClockTimer => {
    // At least a millisecond, like Node: a timer that sets itself again must not hold `advance` for ever.
    const timer: HeapTimer = { dueAt: now() + Math.max(delayMs, 1), sequence: sequence++, index: -1, callback };
    timers.add(timer);
    arm();
    return { cancel: () => timers.remove(timer) };
  };

  return {
    now,
    setTimer,
    offset,
    get pendingTimers() {
      return timers.size;
    },
    sleep(delayMs, signal) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const abort = () => {
          timer.cancel();
          reject(signal!.reason);
        };
        const timer = setTimer(delayMs, () => {
          signal?.removeEventListener('abort', abort);
          resolve();
        });
        signal?.addEventListener('abort', abort, { once: true });
      });
    },
    advance(byMs) {
      checkForward(byMs, 'advance');
      // Every callback sees the time it was due at, and what it sets falls due within the same turn.
      const target = now() + byMs;
      for (let next = timers.earliest; next && next.dueAt <= target; next = timers.earliest) {
        moveTo(next.dueAt);
        fire(next);
      }
      moveTo(target);
      rearm();
    },
    leap(byMs) {
      checkForward(byMs, 'leap');
      offsetMs[0]! += byMs;
      rearm();
    },
    stop() {
      clearTimeout(armed);
      armedFor = Number.POSITIVE_INFINITY;
      for (let next = timers.earliest; next; next = timers.earliest) timers.remove(next);
    },
  };
}

function checkForward(byMs: number, how: string): void {
  if (!Number.isFinite(byMs) || byMs < 0)
    throw new RangeError(`The clock only turns forward: ${how}(${byMs}) is not a number of milliseconds from 0.`);
}
