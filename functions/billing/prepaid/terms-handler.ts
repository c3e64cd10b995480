/** Lambda entry of `/api/billing/prepaid/terms`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { termsOperations } from './terms-operations.ts';
import { prepaidTerms } from './terms-routes.ts';

export const handler = serve(prepaidTerms, termsOperations, { table: 'billing' });
