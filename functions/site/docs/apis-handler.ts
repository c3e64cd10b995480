/** Lambda entry of `/api/v1/developer/apis`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { serve } from '../../../layers/kernel/http/serve.ts';
import type { CataloguedApi } from '../../../layers/kernel/openapi/api-catalogue.ts';
import { apis } from './routes.ts';

let known: CataloguedApi[] | undefined;

export const handler = serve(apis, {
  listApis: async ({ query: { domain } }) => {
    known ??= JSON.parse(readFileSync(join(import.meta.dirname, 'apis.json'), 'utf8')) as CataloguedApi[];
    return { data: domain === undefined ? known : known.filter((api) => api.domain === domain) };
  },
});
