/** Lambda entry of `/api/billing/cashier-sessions`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { cashierSessionOperations } from './operations.ts';
import { cashierSessions } from './routes.ts';

export const handler = serve(cashierSessions, cashierSessionOperations, { table: 'billing' });
