/** Lambda entry of `/api/billing/corrections`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { correctionOperations } from './operations.ts';
import { corrections } from './routes.ts';

export const handler = serve(corrections, correctionOperations, { table: 'billing' });
