/** Lambda entry of `/api/core/ledger-settings`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { booksOperations } from './operations.ts';
import { books } from './routes.ts';

export const handler = serve(books, booksOperations, { table: 'ledger' });
