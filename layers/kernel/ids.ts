/**
 * Sortable identifiers: ULID (https://github.com/ulid/spec), monotonic within a process, with a prefix that
 * names the entity, e.g. `mtr_01J…`. They sort by creation time, which keys and cursors rely on.
 */
import { createHash, randomFillSync } from 'node:crypto';

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const random = new Uint8Array(10);
let lastTimeMs = -1;
const lastRandom = new Uint8Array(16);

/** A new ULID; two of one process never compare out of order. */
export function ulid(timeMs: number = Date.now()): string {
  if (timeMs <= lastTimeMs) {
    timeMs = lastTimeMs;
    increment();
  } else {
    lastTimeMs = timeMs;
    randomFillSync(random);
    // 80 random bits as 16 base-32 digits.
    let bits = 0;
    let buffer = 0;
    let digit = 0;
    for (const byte of random) {
      buffer = (buffer << 8) | byte;
      bits += 8;
      while (bits >= 5) {
        bits -= 5;
        lastRandom[digit++] = (buffer >> bits) & 31;
      }
      buffer &= (1 << bits) - 1;
    }
  }
  let id = encodeTime(timeMs);
  for (const value of lastRandom) id += alphabet[value];
  return id;
}

export function newId(prefix: string): string {
  return `${prefix}_${ulid()}`;
}

/** The first 10 digits of a ULID for a time, e.g. to bound a key range. */
export function encodeTime(timeMs: number): string {
  let text = '';
  for (let rest = timeMs, i = 0; i < 10; i++) {
    text = alphabet[rest % 32] + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}

/** The creation time inside a ULID or prefixed id, in milliseconds. */
export function timeOfId(id: string): number {
  const digits = id.slice(id.lastIndexOf('_') + 1, id.lastIndexOf('_') + 11);
  let time = 0;
  for (const digit of digits) time = time * 32 + alphabet.indexOf(digit);
  return time;
}

function increment(): void {
  for (let i = 15; i >= 0; i--) {
    const value = lastRandom[i]!;
    if (value < 31) {
      lastRandom[i] = value + 1;
      return;
    }
    lastRandom[i] = 0;
  }
}

/**
 * An id that follows from what it names: the same seed always gives the same id, so a repeated step is recognised.
 * It sorts by `timeMs` like every other id.
 */
export function derivedId(prefix: string, timeMs: number, seed: string): string {
  const digest = createHash('sha256').update(seed).digest();
  let id = '';
  for (let i = 0; i < 16; i++) id += alphabet[digest[i]! & 31];
  return `${prefix}_${encodeTime(timeMs)}${id}`;
}
