/** Lambda entry of `/api/core/tenants`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { tenantOperations } from './operations.ts';
import { tenants } from './routes.ts';

export const handler = serve(tenants, tenantOperations, { table: 'identity' });
