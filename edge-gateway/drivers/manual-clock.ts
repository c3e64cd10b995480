/**
 * A clock that tests turn, for drivers against devices on loopback: time stands still until a test moves it, while the
 * sockets stay real.
 */
import { setImmediate as nextTurn, setTimeout as realDelay } from 'node:timers/promises';
import type { DriverContext } from '../runtime/driver.ts';

interface Timer {
  atMs: number;
  order: number;
  callback: () => void;
}

export class ManualClock implements DriverContext {
  readonly #timers = new Set<Timer>();
  #elapsedMs = 0;
  #order = 0;
  readonly #epochMs: number;
  readonly lines: { level: string; message: string; details?: Record<string, unknown> }[] = [];

  constructor(epochMs = Date.UTC(2026, 0, 1)) {
    this.#epochMs = epochMs;
  }

  now(): number {
    return this.#epochMs + this.#elapsedMs;
  }

  monotonicMs(): number {
    return this.#elapsedMs;
  }

  setTimer(callback: () => void, delayMs: number): { cancel(): void } {
    const timer = { atMs: this.#elapsedMs + Math.max(0, delayMs), order: this.#order++, callback };
    this.#timers.add(timer);
    return { cancel: () => void this.#timers.delete(timer) };
  }

  log(level: 'debug' | 'info' | 'warn' | 'error', message: string, details?: Record<string, unknown>): void {
    this.lines.push({ level, message, ...(details && { details }) });
  }

  /** Timers that would still fire: none after a driver has stopped. */
  get pendingTimers(): number {
    return this.#timers.size;
  }

  /** Moves time; timers fire in their order, each at its own moment. Sockets get no turn in between: see `until`. */
  advance(ms: number): void {
    const endMs = this.#elapsedMs + ms;
    for (;;) {
      let next: Timer | undefined;
      for (const timer of this.#timers) {
        if (timer.atMs > endMs) continue;
        if (!next || timer.atMs < next.atMs || (timer.atMs === next.atMs && timer.order < next.order)) next = timer;
      }
      if (!next) break;
      this.#timers.delete(next);
      this.#elapsedMs = Math.max(this.#elapsedMs, next.atMs);
      next.callback();
    }
    this.#elapsedMs = endMs;
  }

  /**
   * Turns the clock in small steps, with turns for the sockets in between, until the condition holds.
   * @throws Error when it does not hold within the given time of this clock
   */
  async until(
    condition: () => boolean,
    { withinMs = 60_000, stepMs = 10, what = 'condition' }: { withinMs?: number; stepMs?: number; what?: string } = {},
  ): Promise<void> {
    const endMs = this.#elapsedMs + withinMs;
    while (!condition()) {
      if (this.#elapsedMs >= endMs) throw new Error(`Not within ${withinMs} ms: ${what} (${condition}).`);
      await letSocketsRun();
      if (condition()) return;
      this.advance(stepMs);
    }
  }

  /** Turns the clock on by so much, sockets included. */
  async run(ms: number, stepMs = Math.max(10, ms / 100)): Promise<void> {
    const endMs = this.#elapsedMs + ms;
    await this.until(() => this.#elapsedMs >= endMs, { withinMs: ms + stepMs, stepMs });
  }

  /** Turns the clock until the promise settles. */
  async settle<T>(promise: Promise<T>, withinMs = 60_000): Promise<T> {
    let isSettled = false;
    const done = (): void => {
      isSettled = true;
    };
    promise.then(done, done);
    await this.until(() => isSettled, { withinMs, what: 'promise settles' });
    return promise;
  }
}

/** One real millisecond at most: loopback needs a few turns of the event loop, not a wait. */
async function letSocketsRun(): Promise<void> {
  for (let turn = 0; turn < 4; turn += 1) await nextTurn();
  await realDelay(1);
}
