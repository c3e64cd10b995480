/** Lambda entry of the queue with everything devices send beside readings. */
import { consumeBatch } from '../../../layers/kernel/queues/consume-batch.ts';
import { readMessage } from '../ingest/device-message.ts';
import { takeDeviceEvents } from './take-device-events.ts';

export const handler = consumeBatch(({ messageId, body }) => readMessage(messageId, body), takeDeviceEvents);
