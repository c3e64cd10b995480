/** Lambda entry of `/`. */
import { webSocketUrl } from '../../../layers/kernel/config/resource-names.ts';
import { serve } from '../../../layers/kernel/http/serve.ts';
import { staticFiles } from '../static-files.ts';
import { consolePage } from './routes.ts';

const file = staticFiles(import.meta.dirname, ['index.html', 'page.css', 'console.css', 'console.js']);

export const handler = serve(consolePage, {
  getStartPageSettings: async () => ({ data: { webSocketUrl: webSocketUrl() } }),
  getStartPage: async ({ headers }) => file('index.html', headers['accept-encoding']),
  getStartPageFile: async ({ params, headers }) => file(params.file, headers['accept-encoding']),
});
