/** A clock that stands until it is turned, and runs timers in order on the way. */
import type { Clock, Timer } from '../clock.ts';

interface Waiting {
  at: number;
  order: number;
  callback: () => void;
}

export class TurnedClock implements Clock {
  #elapsedMs = 0;
  #order = 0;
  readonly #startMs: number;
  readonly #timers = new Set<Waiting>();

  constructor(startMs = Date.UTC(2026, 0, 1)) {
    this.#startMs = startMs;
  }

  now = (): number => this.#startMs + this.#elapsedMs;
  monotonicMs = (): number => this.#elapsedMs;

  setTimer(callback: () => void, delayMs: number): Timer {
    const waiting = { at: this.#elapsedMs + Math.max(0, delayMs), order: this.#order, callback };
    this.#order += 1;
    this.#timers.add(waiting);
    return { cancel: () => void this.#timers.delete(waiting) };
  }

  /** Lets everything that needs no time happen, including promises in memory. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  }

  async turn(ms: number): Promise<void> {
    const until = this.#elapsedMs + ms;
    await this.settle();
    for (;;) {
      const [next] = [...this.#timers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at || a.order - b.order);
      if (!next) break;
      this.#timers.delete(next);
      this.#elapsedMs = Math.max(this.#elapsedMs, next.at);
      next.callback();
      await this.settle();
    }
    this.#elapsedMs = until;
    await this.settle();
  }
}
