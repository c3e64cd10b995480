/** Lambda entry of `/api/billing/payments`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { paymentOperations } from './operations.ts';
import { payments } from './routes.ts';

export const handler = serve(payments, paymentOperations, { table: 'billing' });
