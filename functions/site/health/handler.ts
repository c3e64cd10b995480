/** Lambda entry of `/api/health`. */
import { stageName } from '../../../layers/kernel/config/resource-names.ts';
import { serve } from '../../../layers/kernel/http/serve.ts';
import { health } from './routes.ts';

export const handler = serve(health, {
  getHealth: async () => ({
    data: { status: 'ok' as const, stage: stageName(), time: new Date().toISOString() },
    headers: { 'cache-control': 'no-store' },
  }),
});
