/** The last retained message of each topic, for the data plane API; the broker keeps its own for subscribers. */
import type { Clock } from '../../runtime/types.ts';
import type { BrokerMessage } from './broker.ts';

export interface RetainedMessage extends BrokerMessage {
  /** Milliseconds since the epoch. */
  lastModifiedTime: number;
}

export class RetainedMessages {
  readonly #clock: Clock;
  readonly #messages = new Map<string, RetainedMessage>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** An empty payload deletes. */
  keep(message: BrokerMessage): void {
    if (message.payload.length === 0) this.#messages.delete(message.topic);
    else this.#messages.set(message.topic, { ...message, lastModifiedTime: this.#clock.now() });
  }

  get(topic: string): RetainedMessage | undefined {
    return this.#messages.get(topic);
  }

  all(): RetainedMessage[] {
    return [...this.#messages.values()];
  }
}
