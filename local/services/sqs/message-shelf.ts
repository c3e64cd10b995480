/**
 * The messages of one queue and the state of each: delayed, visible, in flight. It keeps order, deadlines,
 * counts and the copy on disk in step; what SQS makes of them is in `queue.ts`.
 */
import type { Clock } from '../../runtime/types.ts';
import { DeadlineHeap } from './deadline-heap.ts';
import type { MessageState, QueuedMessage } from './message.ts';
import { FifoOrder, type MessageOrder, StandardOrder } from './message-order.ts';
import type { MessageStore } from './message-store.ts';

export class MessageShelf {
  readonly #queue: string;
  readonly #clock: Clock;
  readonly #store: MessageStore | undefined;
  readonly #messages = new Map<string, QueuedMessage>();
  readonly #order: MessageOrder;
  readonly #hidden = new DeadlineHeap();
  readonly counts: Record<MessageState, number> = { delayed: 0, visible: 0, 'in-flight': 0, deleted: 0 };

  constructor(queue: string, fifo: boolean, clock: Clock, store: MessageStore | undefined) {
    this.#queue = queue;
    this.#clock = clock;
    this.#store = store;
    this.#order = fifo ? new FifoOrder() : new StandardOrder();
  }

  /** When the next hidden message becomes visible. */
  get nextDue(): number | undefined {
    return this.#hidden.earliest?.visibleAt;
  }

  get(messageId: string): QueuedMessage | undefined {
    return this.#messages.get(messageId);
  }

  /** The message that is here longest of those that are wanted. */
  first(isWanted: (message: QueuedMessage) => boolean): QueuedMessage | undefined {
    for (const message of this.#messages.values()) if (isWanted(message)) return message;
    return undefined;
  }

  /** Takes a message in, in the state it says. */
  enter(message: QueuedMessage): void {
    this.#messages.set(message.messageId, message);
    this.counts[message.state] += 1;
    this.#order.enter(message);
    if (!message.stored) this.#store?.touch(this.#queue, message);
    if (message.state === 'visible') this.#order.surface(message);
    else this.#hidden.add(message);
  }

  /** Takes up to `max` visible messages out of the order; each must then be hidden or dropped. */
  take(max: number): QueuedMessage[] {
    return this.#order.take(max);
  }

  hide(message: QueuedMessage, until: number, state: 'in-flight' | 'delayed'): void {
    this.#hidden.remove(message);
    this.#setState(message, state);
    message.visibleAt = until;
    this.#hidden.add(message);
    this.#store?.touch(this.#queue, message);
  }

  show(message: QueuedMessage): void {
    this.#hidden.remove(message);
    this.#setState(message, 'visible');
    this.#order.surface(message);
  }

  /** Shows what is due; says whether anything is visible. */
  showDue(): boolean {
    const now = this.#clock.now();
    for (let next = this.#hidden.earliest; next !== undefined && next.visibleAt <= now; next = this.#hidden.earliest)
      this.show(next);
    return this.#order.hasVisible();
  }

  drop(message: QueuedMessage): void {
    this.#hidden.remove(message);
    this.#setState(message, 'deleted');
    this.#messages.delete(message.messageId);
    this.#order.remove(message);
    this.#store?.touch(this.#queue, message);
  }

  dropAll(): void {
    for (const message of this.#messages.values()) {
      this.#setState(message, 'deleted');
      this.#store?.touch(this.#queue, message);
    }
    this.#messages.clear();
    this.#hidden.clear();
    this.#order.clear();
  }

  /** Swaps the newest visible message with a random one, where order is not promised. */
  scramble(random: () => number): void {
    this.#order.scramble?.(random);
  }

  #setState(message: QueuedMessage, state: MessageState): void {
    this.counts[message.state] -= 1;
    message.state = state;
    this.counts[state] += 1;
  }
}
