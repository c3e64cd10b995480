/** Lambda entry of `/api/billing/customers`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { customerOperations } from './operations.ts';
import { customers } from './routes.ts';

export const handler = serve(customers, customerOperations, { table: 'billing' });
