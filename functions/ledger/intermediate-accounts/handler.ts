/** Lambda entry of `/api/finance/intermediate-accounts`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { intermediateAccountOperations } from './operations.ts';
import { intermediateAccounts } from './routes.ts';

export const handler = serve(intermediateAccounts, intermediateAccountOperations, { table: 'ledger' });
