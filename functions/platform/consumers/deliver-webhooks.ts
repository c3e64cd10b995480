/** Consumer `deliverer`: sends webhooks. */
import { consumeMessages } from '../../../layers/kernel/queues/consume-messages.ts';
import { deliverBatch } from '../deliveries/deliver-batch.ts';
import { decodeDelivery } from '../deliveries/delivery-message.ts';

export const handler = consumeMessages(decodeDelivery, deliverBatch);
