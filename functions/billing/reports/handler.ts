/** Lambda entry of `/api/billing/reports`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { reportOperations } from './operations.ts';
import { billingReports } from './routes.ts';

export const handler = serve(billingReports, reportOperations, { table: 'billing' });
