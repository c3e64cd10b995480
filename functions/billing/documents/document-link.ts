/**
 * A link to a document that a customer can open from a message without logging in. Its row says which document, in which
 * language, and until when.
 */
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import { openSession, type TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import type { DocumentLanguage, DocumentRef } from './document-schema.ts';
import { linkTokenOf, newLinkId, readLinkToken } from './link-token.ts';

export interface DocumentLink {
  /** Random: knowing it is the right to see the document. */
  id: string;
  document: DocumentRef;
  language: DocumentLanguage;
  retainUntil: number;
}

const documentLinkEntity = defineEntity<DocumentLink>()({
  name: 'document link',
  table: 'billing',
  key: ({ id }) => ({ pk: ['DOCUMENT-LINK', id], sk: ['DOCUMENT-LINK'] }),
  idOf: ({ id }) => id,
  expiresAt: ({ retainUntil }) => retainUntil,
});

/** People look for a bill as long as it can be disputed. */
const keptSeconds = 400 * 86_400;
const publicDocumentsBase = '/api/public/documents';

/** Adds a link to the unit. @returns its path, e.g. `/api/public/documents/utility.kZ6Lpus…` */
export function addDocumentLink(
  unit: UnitOfWork,
  session: TenantSession,
  document: DocumentRef,
  language: DocumentLanguage,
): string {
  const link = {
    id: newLinkId(),
    document,
    language,
    retainUntil: Math.floor(Date.parse(session.context.now()) / 1000) + keptSeconds,
  };
  unit.put(documentLinkEntity, link);
  return `${publicDocumentsBase}/${linkTokenOf(session, link.id)}`;
}

/** @returns undefined for whatever is no present link */
export async function openDocumentLink(
  token: string,
  correlationId: string,
): Promise<{ session: TenantSession; link: DocumentLink } | undefined> {
  const named = readLinkToken(token);
  if (named === undefined) return undefined;
  const session = openSession(named.tenantId, { correlationId });
  const link = await session.get(documentLinkEntity, { id: named.id });
  if (link === undefined || link.retainUntil * 1000 < Date.parse(session.context.now())) return undefined;
  return { session, link };
}
