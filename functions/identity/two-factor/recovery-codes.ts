/** For who lost their phone: ten codes, each good once. With 80 random bits each, a plain hash is enough. */
import { createHash, randomBytes } from 'node:crypto';
import { toBase32 } from './totp.ts';

const count = 10;

export function newRecoveryCodes(): { codes: string[]; hashes: string[] } {
  const codes = Array.from({ length: count }, () => toBase32(randomBytes(10)).toLowerCase().match(/.{4}/g)!.join('-'));
  return { codes, hashes: codes.map(hashRecoveryCode) };
}

/** Written with or without dashes, in any case. */
export function hashRecoveryCode(code: string): string {
  return createHash('sha256')
    .update(code.toLowerCase().replace(/[^a-z2-7]/g, ''))
    .digest('base64url');
}
