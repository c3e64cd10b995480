/** Lambda entry of `/api/v1/developer/webhooks`. */
import { readHistory } from '../../../layers/kernel/crud/history.ts';
import { serve } from '../../../layers/kernel/http/serve.ts';
import { deliveryOperations } from '../deliveries/delivery-operations.ts';
import { linkOperations } from '../webhook-portal/manage-links.ts';
import { createWebhook } from './create-webhook.ts';
import { readOperations } from './read-webhooks.ts';
import { secretOperations } from './rotate-secret.ts';
import { webhooks } from './routes.ts';
import { switchOperations } from './switch-webhook.ts';
import { testWebhook } from './test-webhook.ts';
import { updateWebhook } from './update-webhook.ts';
import { webhookEntity } from './webhook-entity.ts';
import { getWebhookStats } from './webhook-stats.ts';

export const handler = serve(
  webhooks,
  {
    ...readOperations,
    ...secretOperations,
    ...switchOperations,
    ...deliveryOperations,
    ...linkOperations,
    getWebhookHistory: readHistory(webhookEntity),
    createWebhook,
    updateWebhook,
    testWebhook,
    getWebhookStats,
  },
  { table: 'platform' },
);
