/** Lambda entry of `/api/finance/reports`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { reportOperations } from './operations.ts';
import { reports } from './routes.ts';

export const handler = serve(reports, reportOperations, { table: 'ledger' });
