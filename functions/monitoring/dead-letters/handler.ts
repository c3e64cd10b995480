/** Lambda entry of `/api/v1/developer/dead-letters`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { deadLetterOperations } from './dead-letter-operations.ts';
import { deadLetters } from './routes.ts';

export const handler = serve(deadLetters, deadLetterOperations, { table: 'monitoring' });
