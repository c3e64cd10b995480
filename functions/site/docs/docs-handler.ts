/** Lambda entry of `/api/docs`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { securityHeaders, staticFiles } from '../static-files.ts';
import { errorsPage } from './errors-page.ts';
import { docs } from './routes.ts';

const file = staticFiles(import.meta.dirname, [
  'index.html',
  'page.css',
  'docs.css',
  'docs.js',
  'areas.json',
  'swagger-ui.css',
  'swagger-ui-bundle.js',
  'client.d.ts',
]);

export const handler = serve(docs, {
  getDocs: async ({ headers }) => file('index.html', headers['accept-encoding']),
  getErrorDocs: async ({ locale }) => ({
    headers: { ...securityHeaders, 'cache-control': 'public, max-age=300', vary: 'accept-language' },
    raw: { contentType: 'text/html; charset=utf-8', body: errorsPage(locale) },
  }),
  getClientTypes: async ({ headers }) => file('client.d.ts', headers['accept-encoding']),
  getDocsFile: async ({ params, headers }) => file(params.file, headers['accept-encoding']),
});
