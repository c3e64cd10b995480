/** Lambda entry of `/api/core/roles`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { roleOperations } from './operations.ts';
import { roles } from './routes.ts';

export const handler = serve(roles, roleOperations, { table: 'identity' });
