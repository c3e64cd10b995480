/** Groups 110 to 113: octet strings, whose variation is their length, and virtual terminals (annex A.41 to A.44). */
import type { PointKind, Role, Variation } from './variation.ts';

const groups = new Map<number, { name: string; role: Role; kind?: PointKind }>([
  [110, { name: 'octet string', role: 'static', kind: 'octet_string' }],
  [111, { name: 'octet string event', role: 'event', kind: 'octet_string' }],
  [112, { name: 'virtual terminal output block', role: 'other' }],
  [113, { name: 'virtual terminal event', role: 'other' }],
]);

/** Variation 0 stands for any length and only in requests. */
export function octetStringOf(group: number, variation: number): Variation | undefined {
  const entry = groups.get(group);
  if (!entry || variation === 0) return undefined;
  return { group, variation, ...entry, layout: { kind: 'octets', octets: variation }, hasFlags: false, hasTime: false };
}
