/** Lambda entry of the queue with what devices say of themselves. */
import { consumeBatch } from '../../../layers/kernel/queues/consume-batch.ts';
import { readMessage } from '../ingest/device-message.ts';
import { takeDeviceStatus } from './take-device-status.ts';

export const handler = consumeBatch(({ messageId, body }) => readMessage(messageId, body), takeDeviceStatus);
