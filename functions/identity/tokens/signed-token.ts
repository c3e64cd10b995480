/** Compact JWTs signed by the key in KMS: one place that writes headers, issuer and times. */
import { newId } from '../../../layers/kernel/ids.ts';
import { loadVerificationKey, signEs256 } from './signing-key.ts';

export const issuer = 'mizan';

export interface TokenKind {
  /** The `typ` header: a token of one kind is never taken for another (RFC 8725, section 3.11). */
  type: string;
  audience: string;
  seconds: number;
}

export async function signToken(kind: TokenKind, claims: object, nowMs: number): Promise<string> {
  const signer = await loadVerificationKey();
  const issuedAt = Math.floor(nowMs / 1000);
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${encode({ alg: 'ES256', typ: kind.type, kid: signer.kid })}.${encode({
    iss: issuer,
    aud: kind.audience,
    ...claims,
    jti: newId('jti'),
    iat: issuedAt,
    exp: issuedAt + kind.seconds,
  })}`;
  return `${signed}.${(await signEs256(signed, signer)).toString('base64url')}`;
}
