/**
 * The entry of every function behind a queue: reads each message, hands over the whole batch, and reports which must
 * come again, so that one poison message does not hold up or repeat the others.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { logger, publishMetrics } from '../observability/logger.ts';

/**
 * @param decode throws for what cannot be read; it comes again and goes to the dead-letter queue in the end
 * @param consume handles all messages and returns the ids of those that must come again
 */
export function consumeBatch<T>(
  decode: (record: SQSRecord) => T,
  consume: (messages: T[]) => Promise<Iterable<string>>,
): (event: SQSEvent) => Promise<SQSBatchResponse> {
  return async ({ Records }) => {
    const failed: string[] = [];
    const messages: T[] = [];
    for (const record of Records) {
      try {
        messages.push(decode(record));
      } catch (error) {
        logger.error('unreadable message', { messageId: record.messageId, error: error as Error });
        failed.push(record.messageId);
      }
    }
    try {
      failed.push(...(await consume(messages)));
    } finally {
      publishMetrics();
    }
    if (failed.length > 0) logger.warn('messages must come again', { count: failed.length });
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
  };
}

/** Handles messages at the same time; returns the ids of those whose handling throws. */
export async function handleEach<T extends { messageId: string }>(
  messages: readonly T[],
  handle: (message: T) => Promise<void>,
  describe: (message: T) => Record<string, unknown> = () => ({}),
): Promise<string[]> {
  const outcomes = await Promise.allSettled(messages.map(handle));
  return outcomes.flatMap((outcome, i) => {
    if (outcome.status === 'fulfilled') return [];
    const message = messages[i]!;
    logger.error('message not handled', {
      messageId: message.messageId,
      ...describe(message),
      error: outcome.reason as Error,
    });
    return [message.messageId];
  });
}
