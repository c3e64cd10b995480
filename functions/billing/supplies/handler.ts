/** Lambda entry of `/api/billing/supplies`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { supplyOperations } from './operations.ts';
import { supplies } from './routes.ts';

export const handler = serve(supplies, supplyOperations, { table: 'billing' });
