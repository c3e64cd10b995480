/** Lambda entry of `/api/v1/developer/event-subscriptions`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { logOperations } from './log-operations.ts';
import { subscriptionOperations } from './manage-subscriptions.ts';
import { queueOperations } from './queue-operations.ts';
import { eventSubscriptions } from './routes.ts';

export const handler = serve(
  eventSubscriptions,
  { ...subscriptionOperations, ...queueOperations, ...logOperations },
  { table: 'platform' },
);
