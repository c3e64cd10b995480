/** One exchange at a time on a channel, the most urgent first, those of equal urgency in turn. */
import type { Dnp3Error } from '../errors.ts';

/** Lower is sooner. */
export const urgency = { command: 0, startUp: 1, time: 2, demand: 3, eventPoll: 4, poll: 5 } as const;

interface Entry {
  priority: number;
  run: () => Promise<void>;
  drop: (reason: Dnp3Error) => void;
}

export class TaskQueue {
  readonly #waiting: Entry[] = [];
  #running: Promise<void> | undefined;
  #runningPriority: number | undefined;
  #closed: Dnp3Error | undefined;

  /** Of what has its turn. */
  get runningPriority(): number | undefined {
    return this.#runningPriority;
  }

  add<T>(priority: number, work: () => Promise<T>): Promise<T> {
    if (this.#closed) return Promise.reject(this.#closed);
    return new Promise<T>((resolve, reject) => {
      const entry: Entry = { priority, run: () => work().then(resolve, reject), drop: reject };
      const behind = this.#waiting.findIndex((other) => other.priority > priority);
      if (behind < 0) this.#waiting.push(entry);
      else this.#waiting.splice(behind, 0, entry);
      this.#running ??= this.#drain();
    });
  }

  /** Gives up everything that did not begin. */
  drop(reason: Dnp3Error): void {
    for (const entry of this.#waiting.splice(0)) entry.drop(reason);
  }

  /** Takes nothing more until it is opened. */
  close(reason: Dnp3Error): void {
    this.#closed = reason;
    this.drop(reason);
  }

  open(): void {
    this.#closed = undefined;
  }

  /** Resolves when nothing runs. */
  async idle(): Promise<void> {
    while (this.#running) await this.#running;
  }

  async #drain(): Promise<void> {
    // Whoever adds several in one turn has them ordered before the first begins.
    await Promise.resolve();
    for (let entry = this.#waiting.shift(); entry; entry = this.#waiting.shift()) {
      this.#runningPriority = entry.priority;
      await entry.run();
    }
    this.#runningPriority = undefined;
    this.#running = undefined;
  }
}
