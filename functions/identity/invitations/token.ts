/** Tokens of invitations: the id, by which it is found, and 256 random bits, of which a hash is stored. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

const format = /^(inv_[0-9A-HJKMNP-TV-Z]{26})\.([A-Za-z0-9_-]{43})$/;

const hash = (secret: string): string => createHash('sha256').update(secret).digest('base64url');

export function newInvitationToken(id: string): { token: string; tokenHash: string } {
  const secret = randomBytes(32).toString('base64url');
  return { token: `${id}.${secret}`, tokenHash: hash(secret) };
}

export function parseInvitationToken(token: string): { id: string; secret: string } | undefined {
  const [, id, secret] = format.exec(token.trim()) ?? [];
  return id === undefined || secret === undefined ? undefined : { id, secret };
}

export function isRightToken(secret: string, tokenHash: string | undefined): boolean {
  return tokenHash !== undefined && timingSafeEqual(Buffer.from(hash(secret)), Buffer.from(tokenHash));
}
