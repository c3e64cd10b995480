/** Lambda entry: sends messages to customers that were asked for. */
import * as z from 'zod/mini';
import { consumeEventBatch } from '../../../layers/kernel/events/consume.ts';
import { handleEach } from '../../../layers/kernel/queues/consume-batch.ts';
import { sendMessages } from '../../../layers/kernel/queues/send-messages.ts';
import { sendCustomerMessage } from './send-customer-message.ts';

export const customerMessagesQueue = 'customer-messages';
const payloadSchema = z.object({ messageId: z.string() });
/** The queue gives a message to this function so often before it sets it aside. */
const maxReceives = 5;

export const handler = consumeEventBatch((events) =>
  handleEach(events, async ({ envelope: { tenantId, correlationId, payload }, receiveCount, body }) => {
    const delaySeconds = await sendCustomerMessage({
      tenantId,
      messageId: payloadSchema.parse(payload).messageId,
      isLastTry: receiveCount >= maxReceives,
      correlationId,
    });
    // A message of its own, whose tries are counted anew: only faults of ours use them up.
    if (delaySeconds !== undefined) await sendMessages(customerMessagesQueue, [{ body, delaySeconds }]);
  }),
);
