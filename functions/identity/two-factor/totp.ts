/**
 * Time-based one-time passwords: RFC 6238 over RFC 4226, with what authenticator apps expect: SHA-1, six digits, thirty
 * seconds. Knows no storage.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

export const stepSeconds = 30;
const digits = 6;
/** Clocks of phones run off; RFC 6238, section 5.2, recommends to allow one step. */
const allowedSteps = 1;
/** RFC 4226, section 4, R6: 160 bits are recommended. */
const secretBytes = 20;

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** @returns the secret in base 32 (RFC 4648, section 6), as apps take it */
export const newTotpSecret = (): string => toBase32(randomBytes(secretBytes));

/** @see https://github.com/google/google-authenticator/wiki/Key-Uri-Format */
export function otpauthUri(secret: string, account: string, issuer = 'Mizan'): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`;
  const parameters = new URLSearchParams({
    ...{ secret, issuer, algorithm: 'SHA1' },
    ...{ digits: String(digits), period: String(stepSeconds) },
  });
  return `otpauth://totp/${label}?${parameters.toString().replaceAll('+', '%20')}`;
}

export const stepAt = (timeMs: number): number => Math.floor(timeMs / 1000 / stepSeconds);

/** RFC 4226, section 5.3. */
export function codeOfStep(secret: string, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', fromBase32(secret)).update(counter).digest();
  const offset = mac[mac.length - 1]! & 0xf;
  const number = mac.readUInt32BE(offset) & 0x7fffffff;
  return String(number % 10 ** digits).padStart(digits, '0');
}

/**
 * @param lastStep no code of this step or an earlier one counts again (RFC 6238, section 5.2)
 * @returns the step whose code it is; undefined for a wrong or used code
 */
export function stepOfCode(secret: string, code: string, timeMs: number, lastStep = -1): number | undefined {
  const now = stepAt(timeMs);
  let found: number | undefined;
  for (let step = now - allowedSteps; step <= now + allowedSteps; step++)
    if (step >= 0 && isEqual(codeOfStep(secret, step), code) && step > lastStep) found ??= step;
  return found;
}

const isEqual = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));

export function toBase32(bytes: Buffer): string {
  let text = '';
  let value = 0;
  let bits = 0;
  for (const byte of bytes) {
    value = (value << 8) | byte;
    for (bits += 8; bits >= 5; bits -= 5) text += alphabet[(value >>> (bits - 5)) & 31];
    value &= 0xff;
  }
  return bits > 0 ? text + alphabet[(value << (5 - bits)) & 31] : text;
}

export function fromBase32(text: string): Buffer {
  const bytes: number[] = [];
  let value = 0;
  let bits = 0;
  for (const letter of text) {
    const digit = alphabet.indexOf(letter);
    if (digit < 0) throw new RangeError('A secret is written in base 32.');
    value = ((value << 5) | digit) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((value >>> bits) & 0xff);
    }
  }
  return Buffer.from(bytes);
}
