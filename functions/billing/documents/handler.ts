/** Lambda entry of `/api/public/documents`. */
import { notFound } from '../../../layers/kernel/errors/app-error.ts';
import { serve } from '../../../layers/kernel/http/serve.ts';
import { openDocumentLink } from './document-link.ts';
import { documentOf, downloadUrl } from './keep-document.ts';
import { publicDocuments } from './routes.ts';

export const handler = serve(publicDocuments, {
  openDocument: async ({ params: { token }, correlationId }) => {
    const opened = await openDocumentLink(token, correlationId);
    if (opened === undefined) throw notFound('document', '');
    const { session, link } = opened;
    const location = await downloadUrl(await documentOf(session, link.document, link.language));
    return { status: 302, headers: { location }, raw: { body: location, contentType: 'text/plain; charset=utf-8' } };
  },
});
