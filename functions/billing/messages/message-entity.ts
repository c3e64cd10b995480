/** How messages to customers are stored: by reference and channel, so that none is made twice; listed by customer and by what they are about. */
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import type { KeyParts } from '../../../layers/kernel/data/keys.ts';
import { shardOf } from '../../../layers/kernel/data/sharded-query.ts';
import { derivedId } from '../../../layers/kernel/ids.ts';
import type { CustomerMessage, MessageChannel } from './message-schema.ts';

export const customerMessageEntity = defineEntity<CustomerMessage>()({
  name: 'customer message',
  table: 'billing',
  key: ({ id }) => ({ pk: ['CUSTOMER-MESSAGE', id], sk: ['CUSTOMER-MESSAGE'] }),
  indexes: {
    gsi1: ({ customerId, requestedAt, id }) => ({ pk: ['CUSTOMER-MESSAGES', customerId], sk: [requestedAt, id] }),
    gsi2: ({ aboutId, requestedAt, id }) =>
      aboutId === undefined ? undefined : { pk: ['MESSAGES-ABOUT', aboutId], sk: [requestedAt, id] },
  },
  idOf: ({ id }) => id,
  // A message may hold a token; the history of the row shows that it changed, not what it says.
  secretAttributes: ['text', 'html', 'parameters', 'notice'],
});

/** One id for a reference and channel, whenever it is asked for. */
export const messageIdOf = (reference: string, channel: MessageChannel): string =>
  derivedId('msg', 0, `${channel} ${reference}`);

/** A message that waits for the end of the quiet hours. */
export interface WaitingMessage {
  sendAfter: string;
  messageId: string;
}

const shards = 4;
const waiting = (shard: number): KeyParts => ['WAITING-MESSAGES', shard];
export const waitingPartitions = Array.from({ length: shards }, (_, shard) => waiting(shard));

export const waitingMessageEntity = defineEntity<WaitingMessage, WaitingMessage>()({
  name: 'waiting message',
  table: 'billing',
  key: ({ sendAfter, messageId }) => ({ pk: waiting(shardOf(messageId, shards)), sk: [sendAfter, messageId] }),
  idOf: ({ messageId }) => messageId,
});

/** What a provider says became of a message it took. */
export interface DeliveryReport {
  status: 'delivered' | 'failed';
  at: string;
  detail?: string;
}

/**
 * Where what we sent and what the provider reports of it meet by the provider's own number, whichever of the two is written
 * first: the sender adds the message, the reporter what became of it.
 */
export interface SentMessage {
  integrationId: string;
  providerReference: string;
  /** Missing while only the report is known; such are also reports of what other domains sent. */
  messageId?: string;
  /** Which try of the message it was. */
  tries?: number;
  report?: DeliveryReport;
  retainUntil: number;
}

export const sentMessageEntity = defineEntity<SentMessage, Pick<SentMessage, 'integrationId' | 'providerReference'>>()({
  name: 'sent message',
  table: 'billing',
  key: ({ integrationId, providerReference }) => ({
    pk: ['SENT-MESSAGE', integrationId, providerReference],
    sk: ['SENT-MESSAGE'],
  }),
  idOf: ({ providerReference }) => providerReference,
  expiresAt: ({ retainUntil }) => retainUntil,
});
