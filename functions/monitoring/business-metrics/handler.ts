/** Lambda entry of `/api/v1/developer/metrics/business`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { businessMetricOperations } from './business-metric-operations.ts';
import { businessMetrics } from './routes.ts';

export const handler = serve(businessMetrics, businessMetricOperations);
