/** Lambda entry of `/api/v1/developer/alert-rules`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { alertRules } from './routes.ts';
import { ruleOperations } from './rule-operations.ts';

export const handler = serve(alertRules, ruleOperations, { table: 'monitoring' });
