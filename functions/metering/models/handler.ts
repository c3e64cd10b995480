/** Lambda entry of `/api/billing/meter-models`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { modelOperations } from './operations.ts';
import { meterModels } from './routes.ts';

export const handler = serve(meterModels, modelOperations, { table: 'metering' });
