/** The public way to a document: the link in a customer's message, which proves by itself that it was given out. */
import * as z from 'zod/mini';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { linkTokenPattern } from './link-token.ts';

export const publicDocuments = defineResource({
  name: 'public-documents',
  base: '/api/public/documents',
  title: 'Documents by link',
  routes: {
    openDocument: {
      method: 'GET',
      path: '/{token}',
      access: 'public',
      summary: 'Go to the document that a message links to.',
      description:
        'Answers with a redirect to the PDF, which is good for a quarter of an hour; the link itself for 400 days.',
      params: z.object({ token: z.string().check(z.regex(linkTokenPattern)) }),
      secretParams: ['token'],
      status: 302,
      contentType: 'text/plain',
      errors: ['not_found'],
    },
  },
});
