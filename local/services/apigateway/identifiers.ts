/**
 * Identifiers in the shapes API Gateway uses, cut from a pool of random bytes because several are
 * needed for every request.
 */
import { createHash, randomFillSync } from 'node:crypto';

const POOL_BYTES = 8192;
const pool = Buffer.allocUnsafe(POOL_BYTES);
let used = POOL_BYTES;

function takeRandom(bytes: number): number {
  if (used + bytes > POOL_BYTES) {
    randomFillSync(pool);
    used = 0;
  }
  const start = used;
  used += bytes;
  return start;
}

/** A request id such as `JKJaXmPLvHcESHA=`; also the shape of message ids. */
export function newRequestId(): string {
  const start = takeRandom(11);
  return pool.toString('base64', start, start + 11);
}

/** A connection id such as `L0SM9cOFvHcCIhw=`, without characters that need escaping in a path segment other than `=`. */
export function newConnectionId(): string {
  const start = takeRandom(11);
  return `${pool.toString('base64url', start, start + 11)}=`;
}

const CONNECTION_ID = /^[A-Za-z0-9_-]{15}=$/;

export function isConnectionId(text: string): boolean {
  return CONNECTION_ID.test(text);
}

/** @see https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader */
export function newTraceId(now: number): string {
  const start = takeRandom(12);
  const seconds = Math.floor(now / 1000).toString(16);
  return `Root=1-${seconds}-${pool.toString('hex', start, start + 12)}`;
}

/** Ten lower-case characters that stay the same from run to run for the same resource. */
export function stableId(...parts: string[]): string {
  const hash = createHash('sha256').update(parts.join('\0')).digest();
  let id = '';
  for (let i = 0; i < 10; i++) id += 'abcdefghijklmnopqrstuvwxyz0123456789'[hash[i]! % 36];
  return id;
}
