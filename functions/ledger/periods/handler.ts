/** Lambda entry of `/api/core/periods`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { periodOperations } from './operations.ts';
import { periods } from './routes.ts';

export const handler = serve(periods, periodOperations, { table: 'ledger' });
