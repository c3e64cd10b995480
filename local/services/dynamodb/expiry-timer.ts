/**
 * Knows when the next item expires. A turned clock may skip months, so nothing here ticks: the one timer is set for
 * the next time at which there is something to delete.
 */
import type { Clock, ClockTimer } from '../../runtime/types.ts';

/** Deletions come up to this long after the expiry, together with all others of that time. AWS takes "a few days". */
const windowMs = 30_000;

export class ExpiryTimer {
  readonly #clock: Clock;
  #sweep: (() => number | undefined) | undefined;
  #timer: ClockTimer | undefined;
  #dueAtMs = Number.POSITIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param sweep deletes what has expired and returns when the next item expires, in seconds since the epoch */
  start(sweep: () => number | undefined): void {
    this.#sweep = sweep;
    this.#run();
  }

  stop(): void {
    this.#sweep = undefined;
    this.#timer?.cancel();
  }

  /** An item now expires at this time, in seconds since the epoch. */
  note(expiresAtS: number | undefined): void {
    if (this.#sweep === undefined || expiresAtS === undefined) return;
    const dueAtMs = (Math.floor((expiresAtS * 1000) / windowMs) + 1) * windowMs;
    if (!(dueAtMs < this.#dueAtMs)) return;
    this.#timer?.cancel();
    this.#dueAtMs = dueAtMs;
    this.#timer = this.#clock.setTimer(Math.max(dueAtMs - this.#clock.now(), 0), () => this.#run());
  }

  #run(): void {
    this.#dueAtMs = Number.POSITIVE_INFINITY;
    this.note(this.#sweep?.());
  }
}
