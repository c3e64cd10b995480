/** Answers the question for a document with a URL it can be fetched from. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { customerEntity } from '../customers/customer-entity.ts';
import type { DocumentLanguage, DocumentRef } from './document-schema.ts';
import { documentOf, downloadUrl, urlSeconds } from './keep-document.ts';

export async function answerDocument(
  session: TenantSession,
  customerId: string,
  document: DocumentRef,
  language: DocumentLanguage | undefined,
): Promise<{ data: { url: string; filename: string; expiresIn: number } }> {
  const chosen = language ?? (await session.require(customerEntity, { id: customerId })).language;
  const kept = await documentOf(session, document, chosen);
  return { data: { url: await downloadUrl(kept), filename: kept.filename, expiresIn: urlSeconds } };
}
