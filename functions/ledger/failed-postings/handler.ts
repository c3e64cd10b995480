/** Lambda entry of `/api/core/failed-postings`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { failedPostingOperations } from './operations.ts';
import { failedPostings } from './routes.ts';

export const handler = serve(failedPostings, failedPostingOperations, { table: 'ledger' });
