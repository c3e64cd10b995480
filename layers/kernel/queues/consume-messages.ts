/** Entry of a function behind a queue of the domain's own messages. */
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { consumeBatch, handleEach } from './consume-batch.ts';

export interface ReceivedMessage<T> {
  message: T;
  messageId: string;
}

/**
 * @param decode throws for what is no message
 * @param consume handles all messages and returns the ids of those that must come again
 */
export function consumeMessages<T>(
  decode: (body: string) => T,
  consume: (messages: ReceivedMessage<T>[]) => Promise<string[]>,
): (event: SQSEvent) => Promise<SQSBatchResponse> {
  return consumeBatch(({ body, messageId }) => ({ message: decode(body), messageId }), consume);
}

/** Handles each message on its own; those whose handler throws come again. */
export function consumeEach<T>(
  decode: (body: string) => T,
  handle: (message: T) => Promise<void>,
): (event: SQSEvent) => Promise<SQSBatchResponse> {
  return consumeMessages(decode, (messages) => handleEach(messages, ({ message }) => handle(message)));
}
