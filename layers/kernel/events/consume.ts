/**
 * Entries of event consumers. A consumer behind a queue reports which messages failed, so that one poison message
 * does not hold up or repeat the others; it must be idempotent, since everything after the bus is at-least-once.
 */
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { logger, publishMetrics } from '../observability/logger.ts';
import { type EventEnvelope, readEnvelope } from './envelope.ts';

export interface ReceivedEvent {
  envelope: EventEnvelope;
  messageId: string;
  receiveCount: number;
}

/**
 * Consumes bus events from a queue, the whole batch at once.
 * @param consume handles all events and returns the message ids that must come again
 */
export function consumeEventBatch(
  consume: (events: ReceivedEvent[]) => Promise<string[]>,
): (event: SQSEvent) => Promise<SQSBatchResponse> {
  return async (event) => {
    const failed: string[] = [];
    const events: ReceivedEvent[] = [];
    for (const record of event.Records) {
      try {
        events.push({
          envelope: readRecord(record),
          messageId: record.messageId,
          receiveCount: Number(record.attributes.ApproximateReceiveCount),
        });
      } catch (error) {
        logger.error('unreadable event', { messageId: record.messageId, error: error as Error });
        failed.push(record.messageId);
      }
    }
    try {
      failed.push(...(await consume(events)));
    } finally {
      publishMetrics();
    }
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
  };
}

/** Consumes bus events from a queue one by one; those whose handler throws come again. */
export function consumeEvents(
  handle: (envelope: EventEnvelope) => Promise<void>,
): (event: SQSEvent) => Promise<SQSBatchResponse> {
  return consumeEventBatch(async (events) => {
    const outcomes = await Promise.allSettled(events.map(({ envelope }) => handle(envelope)));
    return outcomes.flatMap((outcome, i) => {
      if (outcome.status === 'fulfilled') return [];
      const { envelope, messageId } = events[i]!;
      logger.error('event not handled', {
        eventId: envelope.id,
        type: envelope.type,
        correlationId: envelope.correlationId,
        error: outcome.reason as Error,
      });
      return [messageId];
    });
  });
}

function readRecord(record: SQSRecord): EventEnvelope {
  return readEnvelope((JSON.parse(record.body) as { detail?: unknown }).detail);
}
