/** What a driver has begun and not yet ended: a command that left for a device is waited for before the line is closed. */
export class WorkUnderWay {
  readonly #work = new Set<Promise<unknown>>();

  /** Remembers the work until it ends, well or badly, and gives it back. */
  add<T>(work: Promise<T>): Promise<T> {
    const forget = (): void => void this.#work.delete(work);
    this.#work.add(work);
    // Whoever asked for the work hears of its failure; a second promise that nobody waits for must not fail as well.
    work.then(forget, forget);
    return work;
  }

  async ended(): Promise<void> {
    await Promise.allSettled(this.#work);
  }
}
