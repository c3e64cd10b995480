/** Lambda entry of `/api/openapi/{document}`. */
import { join } from 'node:path';
import { serve } from '../../../layers/kernel/http/serve.ts';
import { staticFiles } from '../static-files.ts';
import { areas } from './areas.ts';
import { openApiAreas } from './routes.ts';

const file = staticFiles(
  join(import.meta.dirname, 'openapi'),
  areas.map(({ id }) => `${id}.json`),
);

export const handler = serve(openApiAreas, {
  getOpenApiOfArea: async ({ params, headers }) => file(params.document, headers['accept-encoding']),
});
