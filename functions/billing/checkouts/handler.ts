/** Lambda entry of `/api/billing/checkouts`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { checkoutOperations } from './operations.ts';
import { checkouts } from './routes.ts';

export const handler = serve(checkouts, checkoutOperations, { table: 'billing' });
