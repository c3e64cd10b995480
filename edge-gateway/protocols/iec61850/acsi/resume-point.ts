/**
 * How far the reports of a buffered control block were handled. It outlives associations, and programs when it is kept
 * with what was made of the reports: the next subscription goes on right after it.
 */

/** Entries remembered beyond the last, for servers that send all again because they do not find it. */
const remembered = 2_000;

export class ResumePoint {
  #entryId: Buffer | undefined;
  readonly #handled = new Set<string>();

  constructor(entryId?: Uint8Array) {
    this.#entryId = entryId && Buffer.from(entryId);
  }

  get entryId(): Buffer | undefined {
    return this.#entryId;
  }

  /**
   * Whether this very entry was handled. Ids alone do not tell: a server that restarted counts anew. Without a time of
   * entry nothing is taken for a repetition, for losing one is worse.
   */
  wasHandled(entryId: Buffer | undefined, timeOfEntryMs: number | undefined): boolean {
    return entryId !== undefined && timeOfEntryMs !== undefined && this.#handled.has(key(entryId, timeOfEntryMs));
  }

  handled(entryId: Buffer, timeOfEntryMs: number | undefined): void {
    this.#entryId = entryId;
    if (timeOfEntryMs === undefined) return;
    this.#handled.add(key(entryId, timeOfEntryMs));
    if (this.#handled.size > remembered) this.#handled.delete(this.#handled.values().next().value!);
  }
}

const key = (entryId: Buffer, timeMs: number): string => `${entryId.toString('hex')}@${timeMs}`;
