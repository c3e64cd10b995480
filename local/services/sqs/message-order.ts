/**
 * Which visible message is next: any order that is roughly first-in-first-out for standard queues,
 * strict order with one group locked at a time for FIFO queues.
 */
import type { QueuedMessage } from './message.ts';

export interface MessageOrder {
  /** A message entered the queue; it may still be delayed. */
  enter(message: QueuedMessage): void;
  /** A message became visible, for the first time or again. */
  surface(message: QueuedMessage): void;
  /** Takes up to `max` visible messages; the caller marks each in flight or removes it. */
  take(max: number): QueuedMessage[];
  /** The message left the queue. */
  remove(message: QueuedMessage): void;
  hasVisible(): boolean;
  clear(): void;
  /** Swaps a visible message with a random one, for the reorder fault. */
  scramble?(random: () => number): void;
}

export class StandardOrder implements MessageOrder {
  #visible: QueuedMessage[] = [];
  #head = 0;

  enter(): void {}

  surface(message: QueuedMessage): void {
    this.#visible.push(message);
  }

  take(max: number): QueuedMessage[] {
    const taken: QueuedMessage[] = [];
    while (taken.length < max && this.#head < this.#visible.length) {
      const message = this.#visible[this.#head]!;
      this.#head += 1;
      // A message deleted while visible stays in the list until its turn comes.
      if (message.state === 'visible') taken.push(message);
    }
    if (this.#head > 1024 && this.#head * 2 > this.#visible.length) {
      this.#visible = this.#visible.slice(this.#head);
      this.#head = 0;
    }
    return taken;
  }

  remove(): void {}

  hasVisible(): boolean {
    while (this.#head < this.#visible.length && this.#visible[this.#head]!.state !== 'visible') this.#head += 1;
    return this.#head < this.#visible.length;
  }

  clear(): void {
    this.#visible = [];
    this.#head = 0;
  }

  scramble(random: () => number): void {
    const last = this.#visible.length - 1;
    const other = this.#head + Math.floor(random() * (last - this.#head + 1));
    if (other >= last) return;
    const message = this.#visible[last]!;
    this.#visible[last] = this.#visible[other]!;
    this.#visible[other] = message;
  }
}

interface Group {
  /** In sending order; in-flight and delayed ones included. */
  messages: Map<string, QueuedMessage>;
  inFlight: Set<string>;
}

/**
 * FIFO delivery logic (Developer Guide, "FIFO queue delivery logic"): while messages of a group are in
 * flight no more of that group are returned; one receive takes as many of one group as it can.
 */
export class FifoOrder implements MessageOrder {
  readonly #groups = new Map<string, Group>();
  /** Unlocked groups whose first message is visible. */
  readonly #ready = new Set<Group>();

  enter(message: QueuedMessage): void {
    const id = message.groupId!;
    let group = this.#groups.get(id);
    if (group === undefined) {
      group = { messages: new Map(), inFlight: new Set() };
      this.#groups.set(id, group);
    }
    group.messages.set(message.messageId, message);
    if (message.state === 'in-flight') group.inFlight.add(message.messageId);
  }

  surface(message: QueuedMessage): void {
    const group = this.#groups.get(message.groupId!)!;
    group.inFlight.delete(message.messageId);
    this.#settle(group);
  }

  take(max: number): QueuedMessage[] {
    const taken: QueuedMessage[] = [];
    for (const group of this.#ready) {
      for (const message of group.messages.values()) {
        if (taken.length >= max || message.state !== 'visible') break;
        taken.push(message);
        group.inFlight.add(message.messageId);
      }
      this.#ready.delete(group);
      if (taken.length >= max) break;
    }
    return taken;
  }

  remove(message: QueuedMessage): void {
    const group = this.#groups.get(message.groupId!);
    if (group === undefined) return;
    group.messages.delete(message.messageId);
    group.inFlight.delete(message.messageId);
    if (group.messages.size === 0) {
      this.#groups.delete(message.groupId!);
      this.#ready.delete(group);
    } else this.#settle(group);
  }

  hasVisible(): boolean {
    return this.#ready.size > 0;
  }

  clear(): void {
    this.#groups.clear();
    this.#ready.clear();
  }

  #settle(group: Group): void {
    const [first] = group.messages.values();
    if (group.inFlight.size === 0 && first?.state === 'visible') this.#ready.add(group);
    else this.#ready.delete(group);
  }
}
