/** Lambda entry of `/api/core/accounts`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { accountOperations } from './operations.ts';
import { accounts } from './routes.ts';

export const handler = serve(accounts, accountOperations, { table: 'ledger' });
