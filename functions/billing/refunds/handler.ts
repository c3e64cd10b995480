/** Lambda entry of `/api/billing/refunds`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { refundOperations } from './operations.ts';
import { refunds } from './routes.ts';

export const handler = serve(refunds, refundOperations, { table: 'billing' });
