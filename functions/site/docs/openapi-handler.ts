/** Lambda entry of `/api/openapi.json`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { staticFiles } from '../static-files.ts';
import { openApi } from './routes.ts';

const file = staticFiles(import.meta.dirname, ['openapi.json']);

export const handler = serve(openApi, {
  getOpenApi: async ({ headers }) => ({ ...file('openapi.json', headers['accept-encoding']) }),
});
