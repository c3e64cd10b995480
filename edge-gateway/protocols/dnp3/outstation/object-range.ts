/** Which numbers a variation can hold: outside them the value is cut and says so by OVER_RANGE (clause 11.6.3). */
import { largestFloat32, valueAs } from '../objects/fields.ts';
import { flag } from '../objects/quality-flags.ts';
import type { Field, Variation } from '../objects/variation.ts';

const limits = new Map<Field, readonly [number, number]>([
  [valueAs.i16, [-0x8000, 0x7fff]],
  [valueAs.i32, [-0x80000000, 0x7fffffff]],
  [valueAs.f32, [-largestFloat32, largestFloat32]],
]);

export function flagsWithinRange({ layout, kind }: Variation, value: unknown, flags: number): number {
  if (layout.kind !== 'fields' || typeof value !== 'number' || kind === 'counter' || kind === 'frozen_counter')
    return flags;
  for (const field of layout.fields) {
    const limit = limits.get(field);
    if (limit && (value < limit[0] || value > limit[1])) return flags | flag.OVER_RANGE;
  }
  return flags;
}

/** Counters roll over at the width they are reported in. */
export function rolledOver({ layout, kind }: Variation, value: number): number {
  if ((kind !== 'counter' && kind !== 'frozen_counter') || layout.kind !== 'fields') return value;
  return layout.fields.includes(valueAs.u16) ? value % 0x10000 : value % 0x100000000;
}
