/** The start page. Its address is also the catch-all of the API, so that an unknown address gets our own error. */
import * as z from 'zod/mini';
import { defineResource } from '../../../layers/kernel/http/route.ts';

export const consolePage = defineResource({
  name: 'console',
  base: '/',
  title: 'Start page',
  routes: {
    getStartPageSettings: {
      method: 'GET',
      path: 'assets/settings.json',
      access: 'public',
      summary: 'Where the live channels are.',
      envelope: false,
      response: z.object({ webSocketUrl: z.string() }),
      hidden: true,
    },
    getStartPage: {
      method: 'GET',
      path: '',
      access: 'public',
      summary: 'The start page.',
      contentType: 'text/html',
      hidden: true,
    },
    getStartPageFile: {
      method: 'GET',
      path: 'assets/{file}',
      access: 'public',
      summary: 'A file of the start page.',
      params: z.object({ file: z.string() }),
      contentType: 'text/html',
      hidden: true,
    },
  },
});
