/** Lambda entry of `/api/billing/bank-imports`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { bankImportOperations } from './operations.ts';
import { bankImports } from './routes.ts';

export const handler = serve(bankImports, bankImportOperations, { table: 'billing' });
