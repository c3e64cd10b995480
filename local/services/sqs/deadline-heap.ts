/**
 * Messages that become visible at a known time, earliest first. Each message knows its place in the
 * heap, so deleting one in flight is O(log n) and leaves nothing behind until its timeout.
 */
import type { QueuedMessage } from './message.ts';

export class DeadlineHeap {
  readonly #items: QueuedMessage[] = [];

  get earliest(): QueuedMessage | undefined {
    return this.#items[0];
  }

  add(message: QueuedMessage): void {
    this.#items.push(message);
    message.heapIndex = this.#items.length - 1;
    this.#up(message.heapIndex);
  }

  remove(message: QueuedMessage): void {
    const index = message.heapIndex;
    if (index < 0) return;
    message.heapIndex = -1;
    const last = this.#items.pop()!;
    if (last === message) return;
    this.#place(last, index);
    this.#up(index);
    this.#down(last.heapIndex);
  }

  clear(): void {
    for (const message of this.#items) message.heapIndex = -1;
    this.#items.length = 0;
  }

  #place(message: QueuedMessage, index: number): void {
    this.#items[index] = message;
    message.heapIndex = index;
  }

  #up(from: number): void {
    let index = from;
    const message = this.#items[index]!;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (this.#items[parent]!.visibleAt <= message.visibleAt) break;
      this.#place(this.#items[parent]!, index);
      index = parent;
    }
    this.#place(message, index);
  }

  #down(from: number): void {
    let index = from;
    const message = this.#items[index]!;
    for (;;) {
      let child = index * 2 + 1;
      if (child >= this.#items.length) break;
      const right = this.#items[child + 1];
      if (right !== undefined && right.visibleAt < this.#items[child]!.visibleAt) child += 1;
      if (this.#items[child]!.visibleAt >= message.visibleAt) break;
      this.#place(this.#items[child]!, index);
      index = child;
    }
    this.#place(message, index);
  }
}
