/** Lambda entry of `/api/billing/tariffs`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { tariffOperations } from './operations.ts';
import { tariffs } from './routes.ts';

export const handler = serve(tariffs, tariffOperations, { table: 'billing' });
