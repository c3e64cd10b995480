/** A binary heap of due times, because the clock sets and cancels a timer with nearly every modelled request. */

export interface HeapTimer {
  dueAt: number;
  /** Timers of the same due time fire in the order they were set. */
  sequence: number;
  /** Place in the heap, or -1 once fired or cancelled. */
  index: number;
  callback: () => void;
}

export class TimerHeap {
  readonly #entries: HeapTimer[] = [];

  get earliest(): HeapTimer | undefined {
    return this.#entries[0];
  }

  get size(): number {
    return this.#entries.length;
  }

  add(timer: HeapTimer): void {
    timer.index = this.#entries.length;
    this.#entries.push(timer);
    this.#rise(timer);
  }

  remove(timer: HeapTimer): void {
    const { index } = timer;
    if (index < 0) return;
    timer.index = -1;
    const last = this.#entries.pop()!;
    if (last === timer) return;
    this.#place(last, index);
    this.#rise(last);
    this.#sink(last);
  }

  #rise(timer: HeapTimer): void {
    while (timer.index > 0) {
      const parent = this.#entries[(timer.index - 1) >> 1]!;
      if (!isBefore(timer, parent)) return;
      const { index } = timer;
      this.#place(timer, parent.index);
      this.#place(parent, index);
    }
  }

  #sink(timer: HeapTimer): void {
    for (;;) {
      const left = this.#entries[2 * timer.index + 1];
      const right = this.#entries[2 * timer.index + 2];
      const child = left && right && isBefore(right, left) ? right : left;
      if (!child || !isBefore(child, timer)) return;
      const { index } = timer;
      this.#place(timer, child.index);
      this.#place(child, index);
    }
  }

  #place(timer: HeapTimer, index: number): void {
    this.#entries[index] = timer;
    timer.index = index;
  }
}

function isBefore(a: HeapTimer, b: HeapTimer): boolean {
  return a.dueAt < b.dueAt || (a.dueAt === b.dueAt && a.sequence < b.sequence);
}
