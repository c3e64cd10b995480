/** Lambda entry of `/api/v1/developer/logs`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { logOperations } from './log-operations.ts';
import { logs } from './routes.ts';

export const handler = serve(logs, logOperations);
