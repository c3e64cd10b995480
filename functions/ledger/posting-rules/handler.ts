/** Lambda entry of `/api/core/posting-rules`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { ruleOperations } from './operations.ts';
import { postingRules } from './routes.ts';

export const handler = serve(postingRules, ruleOperations, { table: 'ledger' });
