/** The points of an outstation: their present values, their classes and what makes an event of a change. */
import { Dnp3Error } from '../errors.ts';
import { flag } from '../objects/quality-flags.ts';
import { findVariation, groupsOf, pointKinds } from '../objects/registry.ts';
import type { PointKind } from '../objects/variation.ts';

export type PointValue = boolean | number | Buffer;

export interface PointDefinition {
  kind: PointKind;
  index: number;
  /** Class of its events; 0 makes none. @default 0 */
  eventClass?: 0 | 1 | 2 | 3;
  /** Variation of its static object when the master leaves the choice. */
  staticVariation?: number;
  eventVariation?: number;
  /** How far a number must move from the last event to be one. @default 0 */
  deadBand?: number;
  /** @default false, 0, an empty string */
  value?: PointValue;
  /** @default RESTART: no value was reported yet */
  flags?: number;
}

export interface Point {
  readonly kind: PointKind;
  readonly index: number;
  eventClass: 0 | 1 | 2 | 3;
  /** Left out of class 0 by assignment? It stays readable by its group. */
  isInClass0: boolean;
  readonly staticVariation: number;
  readonly eventVariation: number;
  deadBand: number;
  value: PointValue;
  flags: number;
  timeMs: number;
  /** What the last event said. */
  reported: { value: PointValue; flags: number } | undefined;
}

const emptyValue = (kind: PointKind): PointValue => {
  if (kind === 'octet_string') return Buffer.of(0);
  return kind === 'binary_input' || kind === 'binary_output' ? false : 0;
};

export class Database {
  readonly #points = new Map<PointKind, Map<number, Point>>(pointKinds.map((kind) => [kind, new Map()]));
  readonly #sorted = new Map<PointKind, Point[]>();

  /** @throws Dnp3Error `invalid_argument` for a point that cannot be */
  define(definition: PointDefinition): void {
    const { kind, index, eventClass = 0, deadBand = 0 } = definition;
    if (!Number.isInteger(index) || index < 0 || index > 0xffff)
      throw new Dnp3Error('invalid_argument', `Index ${index} of ${kind} is not between 0 and 65535.`);
    const { static: statics, event: events, defaultStatic, defaultEvent } = groupsOf[kind];
    const { staticVariation = defaultStatic, eventVariation = defaultEvent } = definition;
    // A string's variation is its length, whatever is asked for.
    for (const [group, variation, role] of [
      [statics, staticVariation, 'static'],
      [events, eventVariation, 'event'],
    ] as const)
      if (kind !== 'octet_string' && findVariation(group, variation)?.role !== role)
        throw new Dnp3Error('invalid_argument', `Object ${group}.${variation} cannot tell a ${kind}.`);
    this.#points.get(kind)!.set(index, {
      kind,
      index,
      eventClass,
      isInClass0: true,
      staticVariation,
      eventVariation,
      deadBand,
      value: definition.value ?? emptyValue(kind),
      flags: definition.flags ?? flag.RESTART,
      timeMs: 0,
      reported: undefined,
    });
    this.#sorted.delete(kind);
  }

  find(kind: PointKind, index: number): Point | undefined {
    return this.#points.get(kind)!.get(index);
  }

  /** By index. */
  all(kind: PointKind): readonly Point[] {
    let points = this.#sorted.get(kind);
    if (!points) {
      points = [...this.#points.get(kind)!.values()].sort((a, b) => a.index - b.index);
      this.#sorted.set(kind, points);
    }
    return points;
  }
}

/** Whether the change from what was last reported is worth an event. */
export function isEvent({ reported, deadBand }: Point, value: PointValue, flags: number): boolean {
  if (!reported || reported.flags !== flags) return true;
  if (Buffer.isBuffer(value)) return !Buffer.isBuffer(reported.value) || !value.equals(reported.value);
  if (typeof value !== 'number' || typeof reported.value !== 'number') return value !== reported.value;
  if (Number.isNaN(value) || Number.isNaN(reported.value)) return !Object.is(value, reported.value);
  return deadBand > 0 ? Math.abs(value - reported.value) > deadBand : value !== reported.value;
}
