/**
 * A link a partner is given to one endpoint, good for some days. Its token opens the routes of the portal and nothing else: no
 * authorizer knows it, so there is no scope to widen. Only a digest is kept, so what leaks from our tables opens nothing.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { defineEntity, type Stored } from '../../../layers/kernel/data/entity.ts';

/** What a link may allow beyond looking. */
export const linkAbilities = ['replay', 'test', 'rotate_secret'] as const;
export type LinkAbility = (typeof linkAbilities)[number];

export interface PortalLink {
  id: string;
  webhookId: string;
  /** For whom it is; in the history of what the partner does. */
  name: string;
  abilities: LinkAbility[];
  tokenHash: string;
  /** ISO 8601. */
  validUntil: string;
  revokedAt?: string;
  revokedBy?: string;
  createdBy: string;
}

export type StoredLink = PortalLink & Stored;

/** For the history of who could look, after it has run out. */
const keptAfterSeconds = 90 * 86_400;

export const linksOf = (webhookId: string) => ['WEBHOOK-LINKS', webhookId] as const;

export const portalLinkEntity = defineEntity<PortalLink>()({
  name: 'portal link',
  table: 'platform',
  key: ({ id }) => ({ pk: ['WEBHOOK-LINK', id], sk: ['WEBHOOK-LINK'] }),
  indexes: { gsi1: ({ webhookId, id }) => ({ pk: linksOf(webhookId), sk: [id] }) },
  idOf: ({ id }) => id,
  expiresAt: ({ validUntil }) => Math.floor(Date.parse(validUntil) / 1000) + keptAfterSeconds,
  secretAttributes: ['tokenHash'],
});

const prefix = 'mzl_';
const form = /^([A-Za-z0-9._-]{1,64})\/(lnk_[0-9A-HJKMNP-TV-Z]{26})\/([A-Za-z0-9_-]{43})$/;
const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('base64url');

export function newLinkToken(tenantId: string, linkId: string): { token: string; hash: string } {
  const secret = randomBytes(32).toString('base64url');
  const token = prefix + Buffer.from(`${tenantId}/${linkId}/${secret}`).toString('base64url');
  return { token, hash: hashOf(secret) };
}

/** What a token claims; whether it is true its hash decides. Undefined for what is no token. */
export function parseLinkToken(token: string): { tenantId: string; linkId: string; secret: string } | undefined {
  if (!token.startsWith(prefix) || token.length > 300) return undefined;
  const text = token.slice(prefix.length);
  const bytes = Buffer.from(text, 'base64url');
  // One spelling only: decoding ignores what it does not know.
  if (bytes.toString('base64url') !== text) return undefined;
  const [, tenantId, linkId, secret] = form.exec(bytes.toString('latin1')) ?? [];
  return tenantId === undefined || linkId === undefined || secret === undefined
    ? undefined
    : { tenantId, linkId, secret };
}

export const isRightToken = (secret: string, { tokenHash }: Pick<PortalLink, 'tokenHash'>): boolean =>
  timingSafeEqual(Buffer.from(hashOf(secret)), Buffer.from(tokenHash));

export const isLinkGood = ({ validUntil, revokedAt }: PortalLink, nowMs: number): boolean =>
  revokedAt === undefined && Date.parse(validUntil) > nowMs;
