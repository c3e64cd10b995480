/** Damage to bytes as lines, bad implementations and attackers do it; the same for the same seed. */

export type Random = () => number;

/** Mulberry32: numbers from 0 to 1. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const below = (random: Random, limit: number): number => Math.floor(random() * limit);
/** Values at which length fields and integers turn over. */
const nasty = [0, 1, 0x7f, 0x80, 0x81, 0x84, 0xa0, 0x30, 0xfe, 0xff];

const mutations: ((bytes: Buffer, random: Random, other: Buffer) => Buffer)[] = [
  (bytes, random) => {
    if (bytes.length > 0) bytes[below(random, bytes.length)]! ^= 1 << below(random, 8);
    return bytes;
  },
  (bytes, random) => {
    if (bytes.length > 0) bytes[below(random, bytes.length)] = nasty[below(random, nasty.length)]!;
    return bytes;
  },
  (bytes, random) => bytes.subarray(0, below(random, bytes.length + 1)),
  (bytes, random) => {
    const at = below(random, bytes.length + 1);
    const count = 1 + below(random, 16);
    return Buffer.concat([bytes.subarray(0, at), Buffer.alloc(count, below(random, 256)), bytes.subarray(at)]);
  },
  (bytes, random) => {
    const at = below(random, bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + below(random, 8))]);
  },
  (bytes, random) => {
    const at = below(random, bytes.length + 1);
    const end = at + below(random, bytes.length - at + 1);
    return Buffer.concat([bytes.subarray(0, end), bytes.subarray(at)]);
  },
  (bytes, random, other) => {
    const from = below(random, other.length + 1);
    return Buffer.concat([bytes.subarray(0, below(random, bytes.length + 1)), other.subarray(from)]);
  },
];

/** One to four damages to a copy. `other` lends its bytes. */
export function mutate(bytes: Buffer, random: Random, other: Buffer): Buffer {
  let mutated: Buffer = Buffer.from(bytes);
  for (let count = 1 + below(random, 4); count > 0; count--) {
    mutated = mutations[below(random, mutations.length)]!(mutated, random, other);
  }
  return mutated;
}
