/** Lambda entry of `/api/portal`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { portalOperations } from './operations.ts';
import { portal } from './routes.ts';

export const handler = serve(portal, portalOperations('portal'), { table: 'billing' });
