/**
 * Checks of what providers sign. Comparisons take the same time whatever differs, and signatures are over the bytes as
 * received; a refusal says what was wrong in words that help nobody to forge it.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { ProviderError } from './provider.ts';

export type HmacAlgorithm = 'sha1' | 'sha256' | 'sha512';

/** @throws ProviderError `rejected` */
export function refuse(reason: string): never {
  throw new ProviderError('rejected', reason);
}

/** @throws ProviderError `configuration` when there is no secret: a missing secret must not become an empty key */
export function hmac(
  algorithm: HmacAlgorithm,
  secret: string | undefined,
  content: string | Uint8Array,
  encoding: 'hex' | 'base64',
): string {
  if (!secret) throw new ProviderError('configuration', 'The secret that notifications are checked with is not set.');
  return createHmac(algorithm, secret).update(content).digest(encoding);
}

/** Compares digests of both, so that neither length nor content shows in the time it takes. */
export function isSame(expected: string, given: string | undefined): boolean {
  if (given === undefined) return false;
  const digest = (text: string) => createHmac('sha256', 'compare').update(text).digest();
  return timingSafeEqual(digest(expected), digest(given));
}

/** @throws ProviderError `rejected` unless one of the given signatures is the expected one */
export function requireSignature(expected: string, given: readonly (string | undefined)[]): void {
  // Every candidate is compared: leaving early would tell which one was right.
  const matches = given.map((candidate) => isSame(expected, candidate));
  if (!matches.includes(true)) refuse('The signature does not match.');
}

const defaultToleranceMs = 5 * 60_000;

/** @throws ProviderError `rejected` for a time that is missing, no number, or too far from now in either direction */
export function requireRecent(timeMs: number, nowMs: number, toleranceMs = defaultToleranceMs): void {
  if (!Number.isFinite(timeMs)) refuse('The timestamp is missing or unreadable.');
  if (Math.abs(nowMs - timeMs) > toleranceMs) refuse('The timestamp is outside the accepted window.');
}

/** Seconds, milliseconds (13 digits) or an ISO 8601 time; NaN for anything else. */
export function readTimestamp(value: string | undefined): number {
  if (value === undefined) return Number.NaN;
  if (/^\d{13}$/.test(value)) return Number(value);
  if (/^\d{1,11}$/.test(value)) return Number(value) * 1000;
  return Date.parse(value);
}
