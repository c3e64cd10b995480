/**
 * Entries of event consumers. A consumer must be idempotent, since everything after the bus is at-least-once.
 */
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { consumeBatch, handleEach } from '../queues/consume-batch.ts';
import { type EventEnvelope, readEnvelope } from './envelope.ts';

export interface ReceivedEvent {
  envelope: EventEnvelope;
  messageId: string;
  receiveCount: number;
  /** As it was in the queue, to put it there again. */
  body: string;
}

/**
 * Consumes bus events from a queue, the whole batch at once.
 * @param consume handles all events and returns the message ids that must come again
 */
export function consumeEventBatch(
  consume: (events: ReceivedEvent[]) => Promise<string[]>,
): (event: SQSEvent) => Promise<SQSBatchResponse> {
  return consumeBatch(readRecord, consume);
}

/** Consumes bus events from a queue one by one; those whose handler throws come again. */
export function consumeEvents(
  handle: (envelope: EventEnvelope) => Promise<void>,
): (event: SQSEvent) => Promise<SQSBatchResponse> {
  return consumeEventBatch((events) =>
    handleEach(
      events,
      ({ envelope }) => handle(envelope),
      ({ envelope: { id, type, tenantId, correlationId } }) => ({ eventId: id, type, tenantId, correlationId }),
    ),
  );
}

function readRecord({ body, messageId, attributes }: SQSRecord): ReceivedEvent {
  return {
    envelope: readEnvelope((JSON.parse(body) as { detail?: unknown }).detail),
    messageId,
    receiveCount: Number(attributes.ApproximateReceiveCount),
    body,
  };
}
