/**
 * The entries of a report control block that wait for their client: bounded, in order, found again by the id of an entry.
 * What falls out unsent is remembered as an overflow.
 */
import type { ReportMember } from '../acsi/report-message.ts';

export interface ReportEntry {
  id: Buffer;
  timeMs: number;
  members: ReportMember[];
}

export class ReportBuffer {
  readonly #maxEntries: number;
  readonly #entries: ReportEntry[] = [];
  /** Place of the entry to send next. */
  #next = 0;
  #lastId = 0n;
  hasOverflowed = false;

  constructor(maxEntries: number, firstId = 1n) {
    this.#maxEntries = maxEntries;
    this.#lastId = firstId - 1n;
  }

  add(timeMs: number, members: ReportMember[]): void {
    const id = Buffer.alloc(8);
    id.writeBigUInt64BE(++this.#lastId);
    this.#entries.push({ id, timeMs, members });
    if (this.#entries.length <= this.#maxEntries) return;
    this.#entries.shift();
    if (this.#next === 0) this.hasOverflowed = true;
    else this.#next--;
  }

  /** The entry to send, until `sent` says that it was. */
  get waiting(): ReportEntry | undefined {
    return this.#entries[this.#next];
  }

  sent(): void {
    this.#next++;
  }

  fromOldest(): void {
    this.#next = 0;
  }

  /** Goes on after the entry with the id; false when it is not here. */
  after(id: Uint8Array): boolean {
    const at = this.#entries.findIndex((entry) => entry.id.equals(id));
    if (at >= 0) this.#next = at + 1;
    return at >= 0;
  }

  get newest(): ReportEntry | undefined {
    return this.#entries.at(-1);
  }

  clear(): void {
    this.#entries.length = 0;
    this.#next = 0;
    this.hasOverflowed = false;
  }
}
