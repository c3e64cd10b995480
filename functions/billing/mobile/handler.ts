/** Lambda entry of `/api/v1/mobile`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { mobileOperations } from './operations.ts';
import { mobile } from './routes.ts';

export const handler = serve(mobile, mobileOperations, { table: 'billing' });
