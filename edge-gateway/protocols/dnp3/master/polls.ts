/** Reads on schedules: a poll is due again one period after it was due, and never piles up behind itself. */
import type { Clock, Timer } from '../clock.ts';
import type { PollSettings } from './settings.ts';

export class PollSchedule {
  readonly #clock: Clock;
  /** Deals with failures itself: the schedule goes on. */
  readonly #run: (poll: PollSettings) => Promise<void>;
  readonly #timers = new Map<PollSettings, Timer>();
  #isRunning = false;

  constructor(clock: Clock, run: (poll: PollSettings) => Promise<void>) {
    this.#clock = clock;
    this.#run = run;
  }

  start(polls: readonly PollSettings[]): void {
    this.stop();
    this.#isRunning = true;
    for (const poll of polls) this.#plan(poll, this.#clock.monotonicMs() + poll.periodMs);
  }

  stop(): void {
    this.#isRunning = false;
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
  }

  #plan(poll: PollSettings, dueAt: number): void {
    const timer = this.#clock.setTimer(
      () => void this.#turn(poll, dueAt),
      Math.max(0, dueAt - this.#clock.monotonicMs()),
    );
    this.#timers.set(poll, timer);
  }

  async #turn(poll: PollSettings, dueAt: number): Promise<void> {
    const timer = this.#timers.get(poll);
    await this.#run(poll);
    // Stopped, or started anew, while it ran.
    if (!this.#isRunning || this.#timers.get(poll) !== timer) return;
    const now = this.#clock.monotonicMs();
    this.#plan(poll, Math.max(dueAt + poll.periodMs, now));
  }
}
