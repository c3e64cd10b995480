/**
 * A link to a document that a customer can open from a message without logging in: it names the tenant and a row, and 256
 * random bits prove that it was given out. The row says which document, in which language, and until when.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import { openSession, type TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import type { DocumentLanguage, DocumentRef } from './document-schema.ts';

export interface DocumentLink {
  id: string;
  secret: string;
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
  secretAttributes: ['secret'],
});

/** People look for a bill as long as it can be disputed. */
const keptSeconds = 400 * 86_400;
export const publicDocumentsBase = '/api/public/documents';

/** Adds a link to the unit. @returns its path, e.g. `/api/public/documents/dGVuYW50…` */
export function addDocumentLink(
  unit: UnitOfWork,
  session: TenantSession,
  document: DocumentRef,
  language: DocumentLanguage,
): string {
  const link = {
    id: newId('dln'),
    secret: randomBytes(32).toString('base64url'),
    document,
    language,
    retainUntil: Math.floor(Date.parse(session.context.now()) / 1000) + keptSeconds,
  };
  unit.put(documentLinkEntity, link);
  const token = Buffer.from(`${session.tenantId}/${link.id}/${link.secret}`).toString('base64url');
  return `${publicDocumentsBase}/${token}`;
}

const form = /^([A-Za-z0-9._-]{1,64})\/(dln_[0-9A-HJKMNP-TV-Z]{26})\/([A-Za-z0-9_-]{43})$/;

/** @returns undefined for whatever is no present link */
export async function openDocumentLink(
  token: string,
  correlationId: string,
): Promise<{ session: TenantSession; link: DocumentLink } | undefined> {
  const bytes = Buffer.from(token, 'base64url');
  // One spelling only: decoding ignores what it does not know.
  if (bytes.toString('base64url') !== token) return undefined;
  const [, tenantId, id, secret] = form.exec(bytes.toString('latin1')) ?? [];
  if (tenantId === undefined || id === undefined || secret === undefined) return undefined;
  const session = openSession(tenantId, { correlationId });
  const link = await session.get(documentLinkEntity, { id });
  if (link === undefined || link.retainUntil * 1000 < Date.parse(session.context.now())) return undefined;
  return timingSafeEqual(Buffer.from(link.secret), Buffer.from(secret)) ? { session, link } : undefined;
}
