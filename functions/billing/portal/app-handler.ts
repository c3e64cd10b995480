/** Lambda entry of `/api/v1/customers/me`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { customerApp, mountOperations } from './app-routes.ts';
import { portalOperations } from './operations.ts';

export const handler = serve(customerApp, mountOperations(portalOperations('app')), { table: 'billing' });
