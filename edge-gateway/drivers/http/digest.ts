/** Digest access authentication (RFC 7616) with MD5 and SHA-256, quality of protection `auth`: what station devices still use. */
import { createHash, randomBytes } from 'node:crypto';

export interface DigestChallenge {
  realm: string;
  nonce: string;
  opaque: string | undefined;
  algorithm: 'MD5' | 'SHA-256';
  isOldStyle: boolean;
}

/** The strongest challenge of a `WWW-Authenticate` header that can be met. */
export function parseChallenge(header: string | undefined): DigestChallenge | undefined {
  if (!header) return undefined;
  const challenges = header
    .split(/(?=\bDigest\s)/i)
    .filter((part) => /^Digest\s/i.test(part))
    .flatMap((part) => challengeOf(part) ?? []);
  return challenges.find(({ algorithm }) => algorithm === 'SHA-256') ?? challenges[0];
}

function challengeOf(text: string): DigestChallenge | undefined {
  const fields = new Map<string, string>();
  for (const [, name, quoted, plain] of text.matchAll(/([a-z]+)\s*=\s*(?:"([^"]*)"|([^\s,]+))/gi)) {
    fields.set(name!.toLowerCase(), quoted ?? plain!);
  }
  const algorithm = (fields.get('algorithm') ?? 'MD5').toUpperCase();
  const qop = fields.get('qop');
  const [realm, nonce] = [fields.get('realm'), fields.get('nonce')];
  if (realm === undefined || nonce === undefined) return undefined;
  if (algorithm !== 'MD5' && algorithm !== 'SHA-256') return undefined;
  if (qop !== undefined && !qop.split(/\s*,\s*/).includes('auth')) return undefined;
  return { realm, nonce, opaque: fields.get('opaque'), algorithm, isOldStyle: qop === undefined };
}

/** @param count uses of this nonce, from 1 */
export function digestHeader(
  challenge: DigestChallenge,
  { username, password }: { username: string; password: string },
  request: { method: string; path: string },
  count: number,
  clientNonce = randomBytes(12).toString('hex'),
): string {
  const { realm, nonce, opaque, algorithm, isOldStyle } = challenge;
  const hash = (text: string): string =>
    createHash(algorithm === 'MD5' ? 'md5' : 'sha256')
      .update(text)
      .digest('hex');
  const uses = count.toString(16).padStart(8, '0');
  const user = hash(`${username}:${realm}:${password}`);
  const target = hash(`${request.method}:${request.path}`);
  const response = hash(
    isOldStyle ? `${user}:${nonce}:${target}` : `${user}:${nonce}:${uses}:${clientNonce}:auth:${target}`,
  );
  const quote = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`;
  return [
    `Digest username=${quote(username)}`,
    `realm=${quote(realm)}`,
    `nonce=${quote(nonce)}`,
    `uri=${quote(request.path)}`,
    `algorithm=${algorithm}`,
    `response=${quote(response)}`,
    ...(isOldStyle ? [] : ['qop=auth', `nc=${uses}`, `cnonce=${quote(clientNonce)}`]),
    ...(opaque === undefined ? [] : [`opaque=${quote(opaque)}`]),
  ].join(', ');
}
