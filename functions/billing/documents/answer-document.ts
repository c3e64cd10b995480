/** Answers the question for a document with a URL it can be fetched from. */
import type * as z from 'zod/mini';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { tenantProfile } from '../../identity/contract.ts';
import { customerEntity } from '../customers/customer-entity.ts';
import type { documentAnswer } from './document-routes.ts';
import type { DocumentLanguage, DocumentRef } from './document-schema.ts';
import { documentOf, downloadUrl, urlSeconds } from './keep-document.ts';

/** @param customerId whose language it is in when none is asked for; without one, the tenant's */
export async function answerDocument(
  session: TenantSession,
  customerId: string | undefined,
  document: DocumentRef,
  language: DocumentLanguage | undefined,
): Promise<{ data: z.infer<typeof documentAnswer> }> {
  const usual = async (): Promise<DocumentLanguage> =>
    customerId === undefined
      ? (await tenantProfile(session)).locale
      : (await session.require(customerEntity, { id: customerId })).language;
  const chosen = language ?? (await usual());
  const kept = await documentOf(session, document, chosen);
  return { data: { url: await downloadUrl(kept), filename: kept.filename, expiresIn: urlSeconds } };
}
