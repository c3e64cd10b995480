/**
 * Exactly-once sending of FIFO queues: within five minutes a deduplication id is accepted again but not
 * delivered again. @see Developer Guide, "Exactly-once processing in Amazon SQS"
 */
import { createHash } from 'node:crypto';
import { AwsError } from '../../runtime/types.ts';
import { invalid, type SendEntry } from './message.ts';
import type { Deduplication } from './message-store.ts';
import type { QueueSettings } from './queue-settings.ts';

const WINDOW_MS = 5 * 60_000;
const ID = /^[\w!"#$%&'()*+,\-./:;<=>?@[\\\]^`{|}~]{1,128}$/;

export class DeduplicationWindow {
  /** In order of expiry, because every entry lives equally long. */
  readonly #seen: Map<string, Deduplication>;
  #lastSequence = 0n;

  constructor(seen: Iterable<[string, Deduplication]>) {
    this.#seen = new Map(seen);
  }

  /** The earlier message with this key, when it was sent within the window. */
  find(key: string, now: number): Deduplication | undefined {
    for (const [old, entry] of this.#seen) {
      if (entry.expiresAt > now) break;
      this.#seen.delete(old);
    }
    return this.#seen.get(key);
  }

  remember(key: string, messageId: string, sequenceNumber: string, now: number): Deduplication {
    const entry = { messageId, sequenceNumber, expiresAt: now + WINDOW_MS };
    this.#seen.set(key, entry);
    return entry;
  }

  /** 20 digits, increasing and not consecutive; from the clock, so that it also increases over restarts. */
  nextSequenceNumber(now: number): string {
    const fromClock = BigInt(Math.floor(now)) * 1_000_000n;
    this.#lastSequence = fromClock > this.#lastSequence ? fromClock : this.#lastSequence + 256n;
    return this.#lastSequence.toString().padStart(20, '0');
  }
}

/** Checks group and deduplication ids of a message; FIFO queues need both, standard queues may carry a group (fair queues). */
export function identify(settings: QueueSettings, entry: SendEntry): { deduplicationId?: string; key?: string } {
  if (entry.groupId !== undefined && !ID.test(entry.groupId))
    throw invalid(`Value ${entry.groupId} for parameter MessageGroupId is invalid.`);
  if (!settings.fifo) {
    if (entry.deduplicationId !== undefined)
      throw invalid('The request includes a parameter that is not valid for this queue type: MessageDeduplicationId.');
    return {};
  }
  if (entry.groupId === undefined)
    throw new AwsError('MissingParameter', 'The request must contain the parameter MessageGroupId.');
  if (entry.delaySeconds !== undefined && entry.delaySeconds > 0)
    throw invalid(
      `Value ${entry.delaySeconds} for parameter DelaySeconds is invalid. Reason: The request include parameter that is not valid for this queue type.`,
    );
  const deduplicationId = entry.deduplicationId ?? contentId(settings, entry);
  if (!ID.test(deduplicationId))
    throw invalid(`Value ${deduplicationId} for parameter MessageDeduplicationId is invalid.`);
  const key = settings.deduplicationScope === 'messageGroup' ? `${entry.groupId}\n${deduplicationId}` : deduplicationId;
  return { deduplicationId, key };
}

/** SHA-256 of the body, without the attributes. */
function contentId(settings: QueueSettings, entry: SendEntry): string {
  if (!settings.contentBasedDeduplication)
    throw invalid(
      'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
    );
  return createHash('sha256').update(entry.body).digest('hex');
}
