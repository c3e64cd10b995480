/** Finds the description of an object by group and variation. */
import { analogInput, analogInputDeadBand, frozenAnalogInput } from './analog-input.ts';
import { analogOutput } from './analog-output.ts';
import { binaryInput } from './binary-input.ts';
import { binaryOutput } from './binary-output.ts';
import { counter, deltaCounter, frozenCounter } from './counter.ts';
import { doubleBitInput } from './double-bit-input.ts';
import { octetStringOf } from './octet-string.ts';
import { attribute, readOver } from './read-over.ts';
import { classData, indications, time } from './time-and-system.ts';
import type { PointKind, Variation } from './variation.ts';

export const variations: readonly Variation[] = [
  ...binaryInput,
  ...doubleBitInput,
  ...binaryOutput,
  ...counter,
  ...frozenCounter,
  ...deltaCounter,
  ...analogInput,
  ...frozenAnalogInput,
  ...analogInputDeadBand,
  ...analogOutput,
  ...time,
  ...classData,
  ...indications,
  ...readOver,
];

const byNumber = new Map(variations.map((entry) => [entry.group * 256 + entry.variation, entry]));

export function findVariation(group: number, variation: number): Variation | undefined {
  const known = byNumber.get(group * 256 + variation);
  if (known) return known;
  const found = group === 0 && variation > 0 ? attribute(variation) : octetStringOf(group, variation);
  if (found) byNumber.set(group * 256 + variation, found);
  return found;
}

interface PointGroups {
  static: number;
  event: number;
  defaultStatic: number;
  defaultEvent: number;
}

/** Groups of each kind of point, with the variations a device reports unless told otherwise. */
export const groupsOf: Record<PointKind, PointGroups> = {
  binary_input: { static: 1, event: 2, defaultStatic: 2, defaultEvent: 2 },
  double_bit_input: { static: 3, event: 4, defaultStatic: 2, defaultEvent: 2 },
  binary_output: { static: 10, event: 11, defaultStatic: 2, defaultEvent: 2 },
  counter: { static: 20, event: 22, defaultStatic: 1, defaultEvent: 5 },
  frozen_counter: { static: 21, event: 23, defaultStatic: 5, defaultEvent: 5 },
  analog_input: { static: 30, event: 32, defaultStatic: 5, defaultEvent: 7 },
  frozen_analog_input: { static: 31, event: 33, defaultStatic: 7, defaultEvent: 7 },
  analog_output: { static: 40, event: 42, defaultStatic: 3, defaultEvent: 7 },
  octet_string: { static: 110, event: 111, defaultStatic: 0, defaultEvent: 0 },
};

export const pointKinds = Object.keys(groupsOf) as PointKind[];

const kindByGroup = new Map<number, { kind: PointKind; role: 'static' | 'event' }>(
  pointKinds.flatMap((kind) => [
    [groupsOf[kind].static, { kind, role: 'static' }] as const,
    [groupsOf[kind].event, { kind, role: 'event' }] as const,
  ]),
);

/** Which points a group of static or event objects speaks of. */
export const pointsOfGroup = (group: number) => kindByGroup.get(group);
