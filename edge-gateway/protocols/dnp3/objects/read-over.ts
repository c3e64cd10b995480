/**
 * Objects this library does nothing with but whose size it must know: without it, everything behind such an object in a
 * response would be lost. Device attributes, BCD, small integers, security statistics.
 */
import type { Variation } from './variation.ts';

const opaque = (group: number, variation: number, name: string, octets: number): Variation => ({
  group,
  variation,
  name,
  role: 'other',
  layout: { kind: 'octets', octets },
  hasFlags: false,
  hasTime: false,
});

export const readOver: Variation[] = [
  opaque(101, 1, 'binary-coded decimal, small', 2),
  opaque(101, 2, 'binary-coded decimal, medium', 4),
  opaque(101, 3, 'binary-coded decimal, large', 8),
  opaque(102, 1, '8-bit unsigned integer', 1),
  opaque(121, 1, 'security statistic', 7),
  opaque(122, 1, 'security statistic event', 7),
  opaque(122, 2, 'security statistic event with time', 13),
];

/** Group 0 (annex A.1): a type, a length and so many octets. */
export const attribute = (variation: number): Variation => ({
  group: 0,
  variation,
  name: 'device attribute',
  role: 'other',
  layout: { kind: 'attribute' },
  hasFlags: false,
  hasTime: false,
});
