/**
 * A link to a document that a customer can open from a message without logging in: it names the tenant and a row by 128 random
 * bits, which prove that it was given out, and is short, since text messages are paid for by their length. The row says which
 * document, in which language, and until when.
 */
import { randomBytes } from 'node:crypto';
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import { openSession, type TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import type { DocumentLanguage, DocumentRef } from './document-schema.ts';

export interface DocumentLink {
  /** Random: knowing it is the right to see the document. */
  id: string;
  document: DocumentRef;
  language: DocumentLanguage;
  retainUntil: number;
}

export const documentLinkEntity = defineEntity<DocumentLink>()({
  name: 'document link',
  table: 'billing',
  key: ({ id }) => ({ pk: ['DOCUMENT-LINK', id], sk: ['DOCUMENT-LINK'] }),
  idOf: ({ id }) => id,
  expiresAt: ({ retainUntil }) => retainUntil,
});

/** People look for a bill as long as it can be disputed. */
const keptSeconds = 400 * 86_400;
export const publicDocumentsBase = '/api/public/documents';

/** Adds a link to the unit. @returns its path, e.g. `/api/public/documents/utility.kZ6Lpus…` */
export function addDocumentLink(
  unit: UnitOfWork,
  session: TenantSession,
  document: DocumentRef,
  language: DocumentLanguage,
): string {
  const link = {
    id: randomBytes(16).toString('base64url'),
    document,
    language,
    retainUntil: Math.floor(Date.parse(session.context.now()) / 1000) + keptSeconds,
  };
  unit.put(documentLinkEntity, link);
  return `${publicDocumentsBase}/${session.tenantId}.${link.id}`;
}

const form = /^([A-Za-z0-9._-]{1,64})\.([A-Za-z0-9_-]{22})$/;

/** @returns undefined for whatever is no present link */
export async function openDocumentLink(
  token: string,
  correlationId: string,
): Promise<{ session: TenantSession; link: DocumentLink } | undefined> {
  const [, tenantId, id] = form.exec(token) ?? [];
  if (tenantId === undefined || id === undefined) return undefined;
  const session = openSession(tenantId, { correlationId });
  const link = await session.get(documentLinkEntity, { id });
  if (link === undefined || link.retainUntil * 1000 < Date.parse(session.context.now())) return undefined;
  return { session, link };
}
