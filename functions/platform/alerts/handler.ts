/** Lambda entry of `/api/v1/developer/alerts`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { alertOperations } from './alert-operations.ts';
import { alerts } from './routes.ts';

export const handler = serve(alerts, alertOperations, { table: 'platform' });
