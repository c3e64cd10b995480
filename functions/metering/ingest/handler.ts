/** Lambda entry of the ingest queue. */
import { consumeBatch } from '../../../layers/kernel/queues/consume-batch.ts';
import { readMessage } from './device-message.ts';
import { ingestMessages } from './ingest-messages.ts';

export const handler = consumeBatch(({ messageId, body }) => readMessage(messageId, body), ingestMessages);
