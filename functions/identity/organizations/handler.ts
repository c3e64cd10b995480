/** Lambda entry of `/api/v1/organizations`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { organizationOperations } from './operations.ts';
import { organizations } from './routes.ts';

export const handler = serve(organizations, organizationOperations, { table: 'identity' });
