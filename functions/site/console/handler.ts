/** Lambda entry of `/`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { staticFiles } from '../static-files.ts';
import { consolePage } from './routes.ts';

const file = staticFiles(import.meta.dirname, ['index.html', 'console.css', 'console.js']);

export const handler = serve(consolePage, {
  getStartPage: async ({ headers }) => file('index.html', headers['accept-encoding']),
  getStartPageFile: async ({ params, headers }) => file(params.file, headers['accept-encoding']),
});
