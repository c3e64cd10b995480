/**
 * One queue, standard or FIFO: the in-process interface that the API, the event source mappings, pipes
 * and other services use. Behaviour follows the Amazon SQS Developer Guide and API Reference.
 */
import { randomUUID } from 'node:crypto';
import type { CostMeter } from '../../runtime/cost-meter.ts';
import type { FaultInjector } from '../../runtime/faults.ts';
import { AwsError, type Clock } from '../../runtime/types.ts';
import { Availability } from './availability.ts';
import { DeduplicationWindow, identify } from './deduplication.ts';
import { pollLong } from './long-poll.ts';
import { checkEntry, md5, md5OfAttributes, type QueuedMessage, type SendEntry } from './message.ts';
import { MessageShelf } from './message-shelf.ts';
import type { MessageStore } from './message-store.ts';
import type { CountMessages } from './queue-metrics.ts';
import type { QueueSettings } from './queue-settings.ts';

export interface QueueEnvironment {
  clock: Clock;
  meter: CostMeter;
  faults: FaultInjector;
  accountId: string;
  store: MessageStore | undefined;
  queueByArn(arn: string): Queue | undefined;
  /** Of one queue. @default nobody counts */
  counterOf?(queueName: string): CountMessages;
}

export interface SendResult {
  messageId: string;
  md5OfBody: string;
  md5OfAttributes: string | undefined;
  sequenceNumber: string | undefined;
}

/** @see Developer Guide, "Amazon SQS message quotas": in-flight messages */
const MAX_IN_FLIGHT = 120_000;
const BILLED_CHUNK_BYTES = 64 * 1024;
const API_BATCH = 10;
const POISON_RECEIVES = 3;

export class Queue {
  readonly settings: QueueSettings;
  readonly #environment: QueueEnvironment;
  readonly #shelf: MessageShelf;
  readonly #deduplication: DeduplicationWindow;
  readonly availability: Availability;
  readonly #count: CountMessages;

  constructor(settings: QueueSettings, environment: QueueEnvironment) {
    this.settings = settings;
    this.#environment = environment;
    this.#count = environment.counterOf?.(settings.name) ?? (() => {});
    this.#shelf = new MessageShelf(settings.name, settings.fifo, environment.clock, environment.store);
    this.availability = new Availability(
      environment.clock,
      () => this.#shelf.nextDue,
      () => this.#shelf.showDue(),
    );
    const stored = environment.store?.load(settings.name, environment.clock.now());
    this.#deduplication = new DeduplicationWindow(stored?.deduplications ?? []);
    for (const message of stored?.messages ?? []) this.#shelf.enter(message);
  }

  /** Accepts one message; throws `AwsError` for one that SQS would refuse. */
  send(entry: SendEntry): SendResult {
    const bytes = checkEntry(entry, this.settings.maximumMessageBytes);
    this.#bill(bytes);
    return this.#accept(entry, bytes);
  }

  /** Sends many in requests of ten, as SendMessageBatch; a refused entry yields its error in its place. */
  sendBatch(entries: readonly SendEntry[]): (SendResult | AwsError)[] {
    const results: (SendResult | AwsError)[] = [];
    for (let start = 0; start < entries.length; start += API_BATCH) {
      let total = 0;
      for (const entry of entries.slice(start, start + API_BATCH)) {
        try {
          const bytes = checkEntry(entry, this.settings.maximumMessageBytes);
          results.push(this.#accept(entry, bytes));
          total += bytes;
        } catch (error) {
          if (!(error instanceof AwsError)) throw error;
          results.push(error);
        }
      }
      this.#bill(total);
    }
    return results;
  }

  /** Takes up to `max` visible messages in requests of ten and hides them for the visibility timeout. Empty answers are not billed: in this process nobody polls, AWS bills a long poll every 20 s. */
  receive(max: number, visibilityTimeoutMs = this.settings.visibilityTimeoutSeconds * 1000): QueuedMessage[] {
    this.#shelf.showDue();
    if (this.#shelf.counts['in-flight'] >= MAX_IN_FLIGHT)
      throw new AwsError('OverLimit', `Too many messages in flight in ${this.settings.name}.`, 403);
    const now = this.#environment.clock.now();
    const received: QueuedMessage[] = [];
    while (received.length < max) {
      const taken = this.#shelf.take(max - received.length);
      if (taken.length === 0) break;
      for (const message of taken) {
        if (message.sentAt + this.settings.retentionSeconds * 1000 <= now) this.#shelf.drop(message);
        else if (this.#isExhausted(message)) this.#moveToDeadLetterQueue(message);
        else received.push(this.#deliver(message, now));
      }
    }
    for (const message of received) this.#shelf.hide(message, now + visibilityTimeoutMs, 'in-flight');
    for (let start = 0; start < received.length; start += API_BATCH)
      this.#bill(received.slice(start, start + API_BATCH).reduce((sum, { bytes }) => sum + bytes, 0));
    if (received.length > 0) {
      this.#count('NumberOfMessagesReceived', received.length);
      this.availability.changed();
    }
    return received;
  }

  /** Long polling: waits until a message is available, `waitMs` of modelled time have passed or `signal` aborts. */
  async receiveWaiting(
    max: number,
    waitMs: number,
    visibilityTimeoutMs?: number,
    signal?: AbortSignal,
  ): Promise<QueuedMessage[]> {
    const receive = () => this.receive(max, visibilityTimeoutMs);
    const { availability } = this;
    let messages = receive();
    if (messages.length === 0 && waitMs > 0 && !signal?.aborted)
      messages = await pollLong({ clock: this.#environment.clock, availability, receive, waitMs, signal });
    if (messages.length === 0) this.#bill(0);
    return messages;
  }

  /** Deletes by receipt handles, in requests of ten. @returns per handle an error, or undefined */
  delete(receiptHandles: readonly string[]): (AwsError | undefined)[] {
    const results = receiptHandles.map((handle) => attempt(() => this.#deleteOne(handle)));
    this.#count('NumberOfMessagesDeleted', results.filter((error) => error === undefined).length);
    for (let start = 0; start < receiptHandles.length; start += API_BATCH) this.#bill(0);
    return results;
  }

  /** Hides messages for another time from now, in requests of ten; zero makes them visible at once. */
  changeVisibility(changes: readonly { receiptHandle: string; timeoutMs: number }[]): (AwsError | undefined)[] {
    const results = changes.map(({ receiptHandle, timeoutMs }) =>
      attempt(() => {
        const message = this.#byHandle(receiptHandle);
        if (message === undefined || message.state !== 'in-flight')
          throw new AwsError('MessageNotInflight', 'The message is not available for visibility timeout change.');
        this.#shelf.hide(message, this.#environment.clock.now() + timeoutMs, 'in-flight');
      }),
    );
    for (let start = 0; start < changes.length; start += API_BATCH) this.#bill(0);
    this.availability.changed();
    return results;
  }

  /** Removes a visible message for a dead-letter redrive, without counting a receive. */
  takeForMove(): QueuedMessage | undefined {
    this.#shelf.showDue();
    const [message] = this.#shelf.take(1);
    if (message !== undefined) this.#shelf.drop(message);
    return message;
  }

  /** Takes a message over from another queue: its dead-letter source, or the queue a redrive empties. */
  adopt(message: QueuedMessage, source: { messageId: string; sentAt: number; deadLetterSourceArn?: string }): void {
    const now = this.#environment.clock.now();
    this.#enter({
      ...message,
      ...source,
      deadLetterSourceArn: source.deadLetterSourceArn,
      enteredAt: now,
      sequenceNumber: this.settings.fifo ? this.#deduplication.nextSequenceNumber(now) : undefined,
      ...{ state: 'visible', receiveCount: 0, firstReceivedAt: undefined, visibleAt: now },
      ...{ receiptHandle: undefined, heapIndex: -1, stored: false },
    });
    this.availability.changed();
  }

  purge(): void {
    this.#shelf.dropAll();
  }

  /** Approximate numbers of messages, which here are exact. */
  counts(): { visible: number; inFlight: number; delayed: number } {
    this.#shelf.showDue();
    const { visible, delayed, 'in-flight': inFlight } = this.#shelf.counts;
    return { visible, inFlight, delayed };
  }

  /**
   * Since when the oldest message waits that was not received more than three times; those are passed over.
   * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
   */
  oldestSince(): number | undefined {
    return this.#shelf.first(({ receiveCount }) => receiveCount <= POISON_RECEIVES)?.enteredAt;
  }

  #accept(entry: SendEntry, bytes: number): SendResult {
    const { settings } = this;
    const now = this.#environment.clock.now();
    const identity = identify(settings, entry);
    const md5OfBody = md5(entry.body);
    const digest =
      entry.attributes && Object.keys(entry.attributes).length > 0 ? md5OfAttributes(entry.attributes) : undefined;
    const earlier = identity.key === undefined ? undefined : this.#deduplication.find(identity.key, now);
    if (earlier !== undefined) return { ...earlier, md5OfBody, md5OfAttributes: digest };
    const messageId = randomUUID();
    const sequenceNumber = settings.fifo ? this.#deduplication.nextSequenceNumber(now) : undefined;
    if (identity.key !== undefined) {
      const remembered = this.#deduplication.remember(identity.key, messageId, sequenceNumber!, now);
      this.#environment.store?.remember(settings.name, identity.key, remembered);
    }
    const delayMs = (entry.delaySeconds ?? settings.delaySeconds) * 1000;
    this.#enter({
      ...{ messageId, body: entry.body, md5OfBody, attributes: entry.attributes, md5OfAttributes: digest },
      ...{ traceHeader: entry.traceHeader, senderId: this.#environment.accountId, groupId: entry.groupId },
      ...{ deduplicationId: identity.deduplicationId, sequenceNumber, deadLetterSourceArn: undefined },
      ...{
        sentAt: now,
        enteredAt: now,
        bytes,
        state: delayMs > 0 ? 'delayed' : 'visible',
        receiveCount: 0,
        firstReceivedAt: undefined,
      },
      ...{ visibleAt: now + delayMs, receiptHandle: undefined, heapIndex: -1, stored: false },
    });
    this.#count('NumberOfMessagesSent', 1);
    this.availability.changed();
    return { messageId, md5OfBody, md5OfAttributes: digest, sequenceNumber };
  }

  /** With the reorder fault a new message swaps places with another, or is held back so that later ones overtake it. */
  #enter(message: QueuedMessage): void {
    const { faults, clock } = this.#environment;
    const mayReorder = !this.settings.fifo && message.state === 'visible';
    const fault = mayReorder ? faults.strike('sqs.reorder', this.settings.arn) : undefined;
    if (fault?.delayMs) {
      this.#shelf.enter({ ...message, state: 'delayed', visibleAt: clock.now() + fault.delayMs });
      return;
    }
    this.#shelf.enter(message);
    if (fault !== undefined) this.#shelf.scramble(() => faults.random());
  }

  #deliver(message: QueuedMessage, now: number): QueuedMessage {
    message.receiveCount += 1;
    message.firstReceivedAt ??= now;
    message.receiptHandle = `${message.messageId}#${message.receiveCount}`;
    return message;
  }

  #deleteOne(receiptHandle: string): void {
    const message = this.#byHandle(receiptHandle);
    if (message === undefined) return;
    if (
      !this.settings.fifo &&
      message.state === 'in-flight' &&
      this.#environment.faults.strike('sqs.duplicate', this.settings.arn)
    ) {
      // "At-least-once delivery": the server holding a copy was not reached by the delete, and had not seen the receive either.
      message.receiveCount -= 1;
      message.receiptHandle = undefined;
      this.#shelf.show(message);
    } else this.#shelf.drop(message);
    this.availability.changed();
  }

  /** The message a handle stands for; undefined when it is gone or the handle is not its newest (such a delete succeeds and does nothing). */
  #byHandle(receiptHandle: string): QueuedMessage | undefined {
    const [messageId, count] = typeof receiptHandle === 'string' ? receiptHandle.split('#') : [];
    if (messageId?.length !== 36 || count === undefined)
      throw new AwsError(
        'ReceiptHandleIsInvalid',
        `The input receipt handle "${receiptHandle}" is not a valid receipt handle.`,
        404,
      );
    this.#shelf.showDue();
    const message = this.#shelf.get(messageId);
    if (message?.receiptHandle !== receiptHandle) return undefined;
    // A FIFO handle dies with its visibility timeout. @see "Exactly-once processing in Amazon SQS"
    if (this.settings.fifo && message.state !== 'in-flight')
      throw new AwsError(
        'InvalidParameterValue',
        `Value ${receiptHandle} for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.`,
      );
    return message;
  }

  #isExhausted({ receiveCount }: QueuedMessage): boolean {
    const { redrive } = this.settings;
    return redrive !== undefined && receiveCount >= redrive.maxReceiveCount && this.#deadLetterQueue() !== undefined;
  }

  #deadLetterQueue(): Queue | undefined {
    return this.#environment.queueByArn(this.settings.redrive!.deadLetterTargetArn);
  }

  #moveToDeadLetterQueue(message: QueuedMessage): void {
    this.#shelf.drop(message);
    // "Using dead-letter queues": a standard message keeps its enqueue timestamp, a FIFO one gets a new one.
    const sentAt = this.settings.fifo ? this.#environment.clock.now() : message.sentAt;
    this.#deadLetterQueue()!.adopt(message, {
      messageId: message.messageId,
      sentAt,
      deadLetterSourceArn: this.settings.arn,
    });
  }

  /** Every 64 KB chunk of a request's payload is one request. @see https://aws.amazon.com/sqs/pricing/ */
  #bill(bytes: number): void {
    const key = this.settings.fifo ? 'sqs.fifoRequestPerMillion' : 'sqs.standardRequestPerMillion';
    this.#environment.meter.count(key, Math.max(1, Math.ceil(bytes / BILLED_CHUNK_BYTES)));
  }
}

function attempt(action: () => void): AwsError | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    if (error instanceof AwsError) return error;
    throw error;
  }
}
