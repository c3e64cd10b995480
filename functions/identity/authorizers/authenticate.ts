/** From a bearer credential to a principal: an access token or an API key. */
import type { Principal } from '../../../layers/kernel/auth/principal.ts';
import { openGlobalSession, openSession } from '../../../layers/kernel/data/session.ts';
import {
  type ApiKey,
  apiKeyEntity,
  apiKeyPrefixEntity,
  isOver,
  isPresentKey,
  parseKey,
} from '../api-keys/api-key-entity.ts';
import { resolvePermissions } from '../roles/resolve-permissions.ts';
import { isSessionOver } from '../sessions/session-state.ts';
import { isSuspended } from '../tenants/suspension.ts';
import { verifyAccessToken } from '../tokens/access-token.ts';
import { loadSigningKeys } from '../tokens/signing-key.ts';
import { userEntity } from '../users/user-entity.ts';

/** What a person may ask for in a minute and a day; generous, since a console asks often. */
const userLimits = { perMinute: 1200, perDay: 200_000 };

/** @returns the principal, or undefined for any credential that is not good */
export async function authenticate(credential: string, nowMs: number): Promise<Principal | undefined> {
  const bearer = credential.replace(/^(?:Bearer|ApiKey)\s+/i, '').trim();
  if (bearer.startsWith('mzn_')) {
    const found = await findApiKey(bearer, nowMs);
    return found && apiKeyPrincipal(found.tenantId, found.key);
  }
  return authenticateUser(bearer, nowMs);
}

/**
 * The token says who; what they may do is read from the user as it is now, so that a ban, a changed role or a log-out
 * everywhere holds as soon as the gateway asks again, and not when the token runs out.
 */
async function authenticateUser(token: string, nowMs: number): Promise<Principal | undefined> {
  const { accepted } = await loadSigningKeys(nowMs);
  // Whatever is wrong with a token, the answer is the same.
  const claims = await verifyAccessToken(token, accepted, nowMs).catch(() => undefined);
  if (claims === undefined) return undefined;
  const session = openSession(claims.tenantId);
  const [user, suspended] = await Promise.all([
    session.get(userEntity, { id: claims.userId }, { consistent: true }),
    isSuspended(claims.tenantId),
  ]);
  if (suspended || user?.status !== 'active' || isSessionOver(user, claims.sessionId)) return undefined;
  return {
    tenantId: claims.tenantId,
    subject: user.id,
    kind: 'user',
    name: user.email ?? user.phone ?? user.name,
    // Until a password that somebody else set is changed, only what needs no permission is open: changing it is.
    permissions: user.mustChangePassword ? [] : await resolvePermissions(session, user.roles, nowMs),
    workspaces: user.workspaces,
    sessionId: claims.sessionId,
    limits: userLimits,
    allowedIps: [],
    allowedOrigins: [],
  };
}

/** The stored key behind a presented one; undefined when unknown, wrong, revoked, expired or of a suspended tenant. */
export async function findApiKey(
  presented: string,
  nowMs: number,
): Promise<{ tenantId: string; key: ApiKey } | undefined> {
  const parsed = parseKey(presented);
  if (parsed === undefined) return undefined;
  // Consistent, since the gateway would cache the refusal of a key that was made a moment ago.
  const lookup = await openGlobalSession().get(apiKeyPrefixEntity, { prefix: parsed.prefix }, { consistent: true });
  if (lookup === undefined) return undefined;
  const [key, suspended] = await Promise.all([
    openSession(lookup.tenantId).get(apiKeyEntity, { id: lookup.keyId }, { consistent: true }),
    isSuspended(lookup.tenantId),
  ]);
  if (suspended || key === undefined || !isPresentKey(parsed, key, nowMs)) return undefined;
  return isOver(key, nowMs) ? undefined : { tenantId: lookup.tenantId, key };
}

function apiKeyPrincipal(tenantId: string, key: ApiKey): Principal {
  return {
    tenantId,
    subject: key.id,
    kind: 'api_key',
    name: key.name,
    permissions: key.scopes,
    workspaces: key.workspaces ?? [],
    limits: { perMinute: key.rateLimitPerMinute, perDay: key.rateLimitPerDay },
    allowedIps: key.allowedIps,
    allowedOrigins: key.allowedOrigins,
  };
}
