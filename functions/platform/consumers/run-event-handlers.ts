/** Consumer `event-handler`: runs the functions that tenants turned on for events. */
import { consumeEach } from '../../../layers/kernel/queues/consume-messages.ts';
import { decodeWork } from '../event-subscriptions/handler-message.ts';
import { runHandler } from '../event-subscriptions/run-handler.ts';

export const handler = consumeEach(decodeWork, runHandler);
