/**
 * Randomness without state: every value is a hash of a seed and of what it is for, so that a fleet behaves
 * the same on every run, in any order of evaluation and at any size.
 */

/** FNV-1a, to turn names into seeds. */
export function seedOf(name: string, seed = 0): number {
  let hash = (0x811c9dc5 ^ seed) >>> 0;
  for (let i = 0; i < name.length; i++) {
    hash ^= name.charCodeAt(i);
    hash = Math.imul(hash, 0x01000193);
  }
  return mix(hash);
}

/** Uniform in [0, 1) for a seed and up to two coordinates such as a day and a purpose. */
export function uniform(seed: number, a: number, b = 0): number {
  return mix(mix((seed ^ Math.imul(a, 0x9e3779b1)) >>> 0) ^ Math.imul(b + 1, 0x85ebca6b)) / 4_294_967_296;
}

/** Roughly normal with mean 0 and deviation 1, within ±3.5 (sum of four uniforms). */
export function normal(seed: number, a: number, b = 0): number {
  let sum = 0;
  for (let i = 0; i < 4; i++) sum += uniform(seed, a, b * 4 + i + 1);
  return (sum - 2) * Math.sqrt(3);
}

/** The finalizer of MurmurHash3. */
function mix(value: number): number {
  let hash = value >>> 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
