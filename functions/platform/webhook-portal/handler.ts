/** Lambda entry of `/api/v1/developer/webhook-portal`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { portalOperations } from './portal-operations.ts';
import { webhookPortal } from './routes.ts';

export const handler = serve(webhookPortal, portalOperations);
