/**
 * What a request asks to be written to somebody. The request only leaves a note here, whoever it is about, so that it
 * takes the same time for known and unknown people; codes and tokens are made by the consumer, so none lies in a queue.
 */
import * as z from 'zod/mini';
import { type MessageLocale, messageLocales } from '../../../layers/kernel/messages/message-template.ts';
import { sendMessages } from '../../../layers/kernel/queues/send-messages.ts';
import { otpChannels, otpPurposes } from '../one-time-codes/otp-fields.ts';
import { messageQueue } from './message-queue.ts';

const common = { locale: z.enum(messageLocales), correlationId: z.string() };

export const queuedMessage = z.discriminatedUnion('kind', [
  z.object({
    ...common,
    kind: z.literal('code'),
    /** Repeated deliveries of one message make one code. */
    requestId: z.string(),
    target: z.string(),
    channel: z.enum(otpChannels),
    purpose: z.enum(otpPurposes),
    /** Who asks, where that is known: a change of address. */
    tenantId: z.optional(z.string()),
    userId: z.optional(z.string()),
  }),
  z.object({ ...common, kind: z.literal('notice'), notice: z.enum(['already_registered']), target: z.string() }),
  z.object({ ...common, kind: z.literal('invitation'), tenantId: z.string(), invitationId: z.string() }),
]);

export type QueuedMessage = z.infer<typeof queuedMessage>;
export type CodeMessage = Extract<QueuedMessage, { kind: 'code' }>;
export type { MessageLocale };

export async function queueMessage(message: QueuedMessage): Promise<void> {
  await sendMessages(messageQueue, [{ body: JSON.stringify(message) }]);
}
