/** Lambda entry of `/api/v1/developer/api-keys`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { apiKeyOperations } from './operations.ts';
import { apiKeys } from './routes.ts';

export const handler = serve(apiKeys, apiKeyOperations, { table: 'identity' });
