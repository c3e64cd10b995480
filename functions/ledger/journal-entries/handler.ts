/** Lambda entry of `/api/core/journal-entries`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { entryOperations } from './operations.ts';
import { journalEntries } from './routes.ts';

export const handler = serve(journalEntries, entryOperations, { table: 'ledger' });
