/** Access tokens: short-lived ES256 JWTs (RFC 7519, RFC 8725) that carry who, which tenant and which roles. */
import { jwtVerify } from 'jose';
import { newId } from '../../../layers/kernel/ids.ts';
import type { VerificationKey } from './signing-key.ts';
import { loadVerificationKey, signEs256 } from './signing-key.ts';

export const accessTokenSeconds = 15 * 60;
const audience = 'mizan-api';
const issuer = 'mizan';

export interface AccessClaims {
  userId: string;
  tenantId: string;
  name: string;
  roles: string[];
  /** Family of the refresh token the log-in got: names the session. */
  sessionId: string;
}

export async function issueAccessToken(claims: AccessClaims, nowMs: number): Promise<string> {
  const signer = await loadVerificationKey();
  const issuedAt = Math.floor(nowMs / 1000);
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${encode({ alg: 'ES256', typ: 'at+jwt', kid: signer.kid })}.${encode({
    iss: issuer,
    aud: audience,
    sub: claims.userId,
    tid: claims.tenantId,
    name: claims.name,
    roles: claims.roles,
    sid: claims.sessionId,
    jti: newId('jti'),
    iat: issuedAt,
    exp: issuedAt + accessTokenSeconds,
  })}`;
  return `${signed}.${(await signEs256(signed, signer)).toString('base64url')}`;
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
    audience,
    typ: 'at+jwt',
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

function keyOf(keys: readonly VerificationKey[], kid: string | undefined): VerificationKey['key'] {
  const found = keys.find((candidate) => candidate.kid === kid);
  if (found === undefined) throw new Error('The token names no key that is accepted.');
  return found.key;
}
