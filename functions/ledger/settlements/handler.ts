/** Lambda entry of `/api/finance/settlements`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { settlementOperations } from './operations.ts';
import { settlements } from './routes.ts';

export const handler = serve(settlements, settlementOperations, { table: 'ledger' });
