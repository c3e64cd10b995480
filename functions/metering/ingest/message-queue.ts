/** Feeds the messages of a queue to their consumer, the whole batch at once, and reports which must come again. */
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { logger, publishMetrics } from '../../../layers/kernel/observability/logger.ts';
import { type DeviceMessage, readMessage } from './device-message.ts';

/** @param consume answers the ids of messages that must come again */
export function messageQueueHandler(
  consume: (messages: DeviceMessage[]) => Promise<Set<string>>,
): (event: SQSEvent) => Promise<SQSBatchResponse> {
  return async ({ Records }) => {
    const failed: string[] = [];
    const messages: DeviceMessage[] = [];
    for (const { messageId, body } of Records) {
      try {
        messages.push(readMessage(messageId, body));
      } catch (error) {
        logger.error('unreadable message', { messageId, error: error as Error });
        failed.push(messageId);
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
