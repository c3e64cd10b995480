/** Lambda entry of the ingest queue. */
import { ingestMessages } from './ingest-messages.ts';
import { messageQueueHandler } from './message-queue.ts';

export const handler = messageQueueHandler(ingestMessages);
