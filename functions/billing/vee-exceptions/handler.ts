/** Lambda entry of `/api/billing/vee-exceptions`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { veeExceptionOperations } from './operations.ts';
import { veeExceptions } from './routes.ts';

export const handler = serve(veeExceptions, veeExceptionOperations, { table: 'billing' });
