/** Lambda entry of `/api/core/reconciliation`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { reconciliationOperations } from './operations.ts';
import { reconciliation } from './routes.ts';

export const handler = serve(reconciliation, reconciliationOperations, { table: 'ledger' });
