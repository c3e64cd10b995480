/** Entry of a function behind a queue of the domain's own messages: unreadable ones and those that fail come again alone. */
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { logger, publishMetrics } from '../observability/logger.ts';

export interface ReceivedMessage<T> {
  message: T;
  messageId: string;
}

/**
 * @param decode throws for what is no message; it goes to the dead-letter queue in the end
 * @param consume handles all messages and returns the ids of those that must come again
 */
export function consumeMessages<T>(
  decode: (body: string) => T,
  consume: (messages: ReceivedMessage<T>[]) => Promise<string[]>,
): (event: SQSEvent) => Promise<SQSBatchResponse> {
  return async (event) => {
    const failed: string[] = [];
    const messages: ReceivedMessage<T>[] = [];
    for (const { body, messageId } of event.Records) {
      try {
        messages.push({ message: decode(body), messageId });
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
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
  };
}

/** Handles each message on its own; those whose handler throws come again. */
export function consumeEach<T>(
  decode: (body: string) => T,
  handle: (message: T) => Promise<void>,
): (event: SQSEvent) => Promise<SQSBatchResponse> {
  return consumeMessages(decode, async (messages) => {
    const outcomes = await Promise.allSettled(messages.map(({ message }) => handle(message)));
    return outcomes.flatMap((outcome, i) => {
      if (outcome.status === 'fulfilled') return [];
      logger.error('message not handled', { messageId: messages[i]!.messageId, error: outcome.reason as Error });
      return [messages[i]!.messageId];
    });
  });
}
