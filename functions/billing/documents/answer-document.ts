/** Answers the question for a document with a URL it can be fetched from. */
import type * as z from 'zod/mini';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { tenantProfile } from '../../identity/contract.ts';
import { customerEntity } from '../customers/customer-entity.ts';
import type { Customer } from '../customers/customer-schema.ts';
import type { documentAnswer } from './document-routes.ts';
import type { DocumentLanguage, DocumentRef } from './document-schema.ts';
import { documentOf, downloadUrl, urlSeconds } from './keep-document.ts';

/** @param of its customer, or the id: whose language it is in when none is asked for; without one, the tenant's */
export async function answerDocument(
  session: TenantSession,
  of: Customer | string | undefined,
  document: DocumentRef,
  language: DocumentLanguage | undefined,
): Promise<{ data: z.infer<typeof documentAnswer> }> {
  const customer =
    typeof of === 'string' && language === undefined ? await session.require(customerEntity, { id: of }) : of;
  const known = typeof customer === 'string' ? undefined : customer;
  const chosen = language ?? known?.language ?? (await tenantProfile(session)).locale;
  const kept = await documentOf(session, document, chosen, known);
  return { data: { url: await downloadUrl(kept), filename: kept.filename, expiresIn: urlSeconds } };
}
