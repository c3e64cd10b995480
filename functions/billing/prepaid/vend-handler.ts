/** Lambda entry of `/api/billing/prepaid/vends`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { vendOperations } from './vend-operations.ts';
import { prepaidVends } from './vend-routes.ts';

export const handler = serve(prepaidVends, vendOperations, { table: 'billing' });
