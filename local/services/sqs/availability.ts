/**
 * Wakes whoever waits for messages: long polls and pollers in this process. Nobody polls; one timer
 * exists, and only while somebody waits and a message is due later.
 */
import type { Clock, ClockTimer } from '../../runtime/types.ts';

export class Availability {
  readonly #clock: Clock;
  readonly #dueAt: () => number | undefined;
  readonly #surface: () => boolean;
  readonly #listeners = new Set<() => void>();
  #timer: { at: number; handle: ClockTimer } | undefined;
  #scheduled = false;

  /**
   * @param dueAt when the next hidden message becomes visible
   * @param surface makes due messages visible and says whether any message is visible
   */
  constructor(clock: Clock, dueAt: () => number | undefined, surface: () => boolean) {
    this.#clock = clock;
    this.#dueAt = dueAt;
    this.#surface = surface;
  }

  /** Calls back, once per event-loop turn at most, whenever messages may be available; returns the unsubscribe function. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    this.changed();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.stop();
    };
  }

  /** Messages came, went or changed their time. */
  changed(): void {
    if (this.#listeners.size === 0 || this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      if (this.#listeners.size === 0) return;
      if (this.#surface()) for (const listener of [...this.#listeners]) listener();
      this.#arm();
    });
  }

  stop(): void {
    this.#timer?.handle.cancel();
    this.#timer = undefined;
  }

  #arm(): void {
    const at = this.#dueAt();
    // A timer that is early costs one look; a late one would cost latency.
    if (at !== undefined && this.#timer !== undefined && this.#timer.at <= at) return;
    this.stop();
    if (at === undefined) return;
    const handle = this.#clock.setTimer(Math.max(0, at - this.#clock.now()), () => {
      this.#timer = undefined;
      this.changed();
    });
    this.#timer = { at, handle };
  }
}
