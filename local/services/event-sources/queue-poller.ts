/**
 * Takes messages of a queue in batches to a consumer: event source mappings and pipes. It sleeps until the
 * queue says that messages are there, so it costs nothing while nothing happens.
 * @see Lambda Developer Guide, "Using Lambda with Amazon SQS", "Polling and batching streams"
 */
import type { Clock, ClockTimer, Logger } from '../../runtime/types.ts';
import type { Queue, QueuedMessage } from '../sqs/index.ts';

export interface PolledMessage {
  messageId: string;
  receiptHandle: string;
  /** When the visibility timeout of this receive ends. */
  visibleAt: number;
  /** The record as JSON text, as the consumer gets it. */
  json: string;
}

export interface QueuePollerOptions {
  name: string;
  queue: Queue;
  clock: Clock;
  log: Logger;
  batchSize: number;
  windowMs: number;
  maximumConcurrency: number;
  /** Limit of the JSON of a batch in bytes. */
  maximumBytes: number;
  render(message: QueuedMessage): object;
  matches(record: object): boolean;
  /** Answers the messages that are done with; the others come back after their visibility timeout. */
  process(batch: PolledMessage[]): Promise<PolledMessage[]>;
}

export class QueuePoller {
  readonly #options: QueuePollerOptions;
  readonly #running = new Set<Promise<void>>();
  #gathered: PolledMessage[] = [];
  #gatheredBytes = 0;
  #window: ClockTimer | undefined;
  #isDue = false;
  #unsubscribe: (() => void) | undefined;

  constructor(options: QueuePollerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#unsubscribe = this.#options.queue.availability.subscribe(() => this.#pump());
  }

  /** Takes no more messages; resolves when the running batches have ended. Gathered ones go back to the queue. */
  async stop(): Promise<void> {
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
    this.#window?.cancel();
    const { queue } = this.#options;
    queue.changeVisibility(this.#gathered.map(({ receiptHandle }) => ({ receiptHandle, timeoutMs: 0 })));
    this.#gathered = [];
    await Promise.all(this.#running);
  }

  #pump(): void {
    const { batchSize, maximumConcurrency, windowMs, queue, name, log } = this.#options;
    try {
      while (this.#unsubscribe !== undefined && this.#running.size < maximumConcurrency) {
        const isFull = this.#gathered.length >= batchSize;
        const count = isFull ? 0 : this.#gather(queue.receive(batchSize - this.#gathered.length));
        if (this.#gathered.length >= batchSize || this.#isDue || (windowMs === 0 && this.#gathered.length > 0))
          this.#dispatch();
        else if (count === 0) return;
      }
    } catch (error) {
      log.error(`${name}: the queue cannot be read`, { error: String(error) });
    }
  }

  /** Adds what the filter lets through and deletes the rest, as Lambda does. @returns how many were received */
  #gather(messages: QueuedMessage[]): number {
    const { queue, render, matches, maximumBytes } = this.#options;
    const dropped: string[] = [];
    for (const message of messages) {
      const record = render(message);
      const { messageId, visibleAt } = message;
      const receiptHandle = message.receiptHandle!;
      if (!matches(record)) {
        dropped.push(receiptHandle);
        continue;
      }
      const json = JSON.stringify(record);
      const bytes = Buffer.byteLength(json) + 1;
      if (this.#gathered.length > 0 && this.#gatheredBytes + bytes > maximumBytes) this.#dispatch();
      this.#gathered.push({ messageId, receiptHandle, visibleAt, json });
      this.#gatheredBytes += bytes;
    }
    if (dropped.length > 0) queue.delete(dropped);
    if (this.#gathered.length > 0 && this.#options.windowMs > 0) this.#openWindow();
    return messages.length;
  }

  #openWindow(): void {
    this.#window ??= this.#options.clock.setTimer(this.#options.windowMs, () => {
      this.#isDue = true;
      this.#pump();
    });
  }

  #dispatch(): void {
    this.#window?.cancel();
    this.#window = undefined;
    this.#isDue = false;
    const batch = this.#gathered;
    this.#gathered = [];
    this.#gatheredBytes = 0;
    if (batch.length === 0) return;
    const run = this.#run(batch).finally(() => {
      this.#running.delete(run);
      this.#pump();
    });
    this.#running.add(run);
  }

  async #run(batch: PolledMessage[]): Promise<void> {
    const { process, queue, log, name } = this.#options;
    try {
      const done = await process(batch);
      if (done.length > 0) queue.delete(done.map(({ receiptHandle }) => receiptHandle));
    } catch (error) {
      log.error(`${name}: a batch failed`, { error: error instanceof Error ? error.message : String(error) });
    }
  }
}
