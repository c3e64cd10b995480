/** Lambda entry of `/api/v1/developer/metrics`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { metricOperations } from './metric-operations.ts';
import { metrics } from './routes.ts';

export const handler = serve(metrics, metricOperations);
