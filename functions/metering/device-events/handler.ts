/** Lambda entry of the queue with everything devices send beside readings. */
import { messageQueueHandler } from '../ingest/message-queue.ts';
import { takeDeviceEvents } from './take-device-events.ts';

export const handler = messageQueueHandler(takeDeviceEvents);
