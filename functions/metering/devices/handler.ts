/** Lambda entry of `/api/v1/iot`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { iotOperations } from './operations.ts';
import { iot } from './routes.ts';

export const handler = serve(iot, iotOperations, { table: 'metering' });
