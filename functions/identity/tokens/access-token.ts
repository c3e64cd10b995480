/** Access tokens: short-lived ES256 JWTs (RFC 7519, RFC 8725) that carry who, which tenant and which roles. */
import { jwtVerify } from 'jose';
import { issuer, signToken } from './signed-token.ts';
import type { VerificationKey } from './signing-key.ts';

export const accessTokenSeconds = 15 * 60;
const kind = { type: 'at+jwt', audience: 'mizan-api', seconds: accessTokenSeconds };

export interface AccessClaims {
  userId: string;
  tenantId: string;
  name: string;
  roles: string[];
  /** Family of the refresh token the log-in got: names the session. */
  sessionId: string;
}

export function issueAccessToken(claims: AccessClaims, nowMs: number): Promise<string> {
  const { userId: sub, tenantId: tid, name, roles, sessionId: sid } = claims;
  return signToken(kind, { sub, tid, name, roles, sid }, nowMs);
}

/**
 * @param keys those whose tokens are accepted; the token names its own
 * @throws JOSEError for anything but a genuine, current token of ours; the caller answers 401 whatever the reason
 */
export async function verifyAccessToken(
  token: string,
  keys: readonly VerificationKey[],
  nowMs: number,
): Promise<AccessClaims> {
  const { payload } = await jwtVerify(token, ({ kid }) => keyOf(keys, kid), {
    algorithms: ['ES256'],
    issuer,
    audience: kind.audience,
    typ: kind.type,
    currentDate: new Date(nowMs),
    requiredClaims: ['sub', 'tid', 'exp', 'roles', 'sid'],
  });
  return {
    userId: payload.sub!,
    tenantId: String(payload['tid']),
    name: String(payload['name'] ?? ''),
    roles: payload['roles'] as string[],
    sessionId: String(payload['sid']),
  };
}

export function keyOf(keys: readonly VerificationKey[], kid: string | undefined): VerificationKey['key'] {
  const found = keys.find((candidate) => candidate.kid === kid);
  if (found === undefined) throw new Error('The token names no key that is accepted.');
  return found.key;
}
