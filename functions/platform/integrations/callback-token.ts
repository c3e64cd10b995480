/**
 * The token in the address a provider notifies: it names tenant and integration, and 256 random bits prove that it was given
 * out. Only a digest is kept, so an address that leaks from our tables opens nothing.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { openSession, type TenantSession } from '../../../layers/kernel/data/session.ts';
import { integrationEntity, type StoredIntegration } from './integration-entity.ts';

const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('base64url');

export function newCallbackToken(tenantId: string, integrationId: string): { token: string; hash: string } {
  const secret = randomBytes(32).toString('base64url');
  const token = Buffer.from(`${tenantId}/${integrationId}/${secret}`).toString('base64url');
  return { token, hash: hashOf(secret) };
}

const form = /^([A-Za-z0-9._-]{1,64})\/(int_[0-9A-HJKMNP-TV-Z]{26})\/([A-Za-z0-9_-]{43})$/;

/** @returns undefined for every token that is not the integration's present one */
export async function openCallbackToken(
  token: string,
  correlationId: string,
): Promise<{ session: TenantSession; integration: StoredIntegration } | undefined> {
  if (token.length > 300) return undefined;
  const bytes = Buffer.from(token, 'base64url');
  // One spelling only: decoding ignores what it does not know.
  if (bytes.toString('base64url') !== token) return undefined;
  const [, tenantId, id, secret] = form.exec(bytes.toString('latin1')) ?? [];
  if (tenantId === undefined || id === undefined || secret === undefined) return undefined;
  const session = openSession(tenantId, { correlationId });
  const integration = await session.get(integrationEntity, { id }, { consistent: true });
  const expected = integration?.callbackTokenHash;
  if (integration === undefined || expected === undefined || !integration.isActive) return undefined;
  return timingSafeEqual(Buffer.from(hashOf(secret)), Buffer.from(expected)) ? { session, integration } : undefined;
}
