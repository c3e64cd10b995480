/**
 * How objects are described: a variation is a list of fields, and both reading and writing follow from the list.
 * The files beside this one hold one object family each, as data.
 */
import type { ByteReader, ByteWriter } from '../byte-cursor.ts';

/** Families of points, in the standard's words. */
export type PointKind =
  | 'binary_input'
  | 'double_bit_input'
  | 'binary_output'
  | 'counter'
  | 'frozen_counter'
  | 'analog_input'
  | 'frozen_analog_input'
  | 'analog_output'
  | 'octet_string';

/** One object as it stands on the wire. Which properties are set follows from the variation. */
export interface ObjectValue {
  /** Measurements, set points, dead-bands; times in milliseconds; control codes of group 12. */
  value?: number | boolean | Buffer;
  /** Quality alone: the state bits of binary objects are in `value`. */
  flags?: number;
  /** Milliseconds since the epoch. */
  timeMs?: number;
  /** Milliseconds after the common time of occurrence (group 51) before it. */
  relativeMs?: number;
  /** Command status of groups 12, 13, 41 and 43. */
  status?: number;
  count?: number;
  onMs?: number;
  offMs?: number;
  /** Group 50, variations 2 and 4. */
  interval?: number;
  units?: number;
}

export interface Field {
  octets: number;
  read(reader: ByteReader, into: ObjectValue): void;
  write(writer: ByteWriter, from: ObjectValue): void;
}

export type Role =
  | 'static'
  | 'event'
  | 'command'
  | 'command_event'
  | 'dead_band'
  | 'time'
  | 'class'
  | 'indications'
  | 'other';

export interface Variation {
  group: number;
  variation: number;
  name: string;
  role: Role;
  kind?: PointKind;
  /** How objects lie: whole octets by fields, so many bits each, octets of the length in the variation, or none. */
  layout:
    | { kind: 'fields'; fields: readonly Field[]; octets: number }
    | { kind: 'bits'; bits: 1 | 2 }
    | { kind: 'octets'; octets: number }
    /** A length within the object itself. */
    | { kind: 'attribute' }
    | { kind: 'none' };
  hasFlags: boolean;
  hasTime: boolean;
}

/** What a family's file lists: `[variation, name, fields]`. */
export type FieldRow = readonly [variation: number, name: string, fields: readonly Field[]];

export function family(group: number, role: Role, kind: PointKind | undefined, rows: readonly FieldRow[]): Variation[] {
  return rows.map(([variation, name, fields]) => ({
    group,
    variation,
    name,
    role,
    ...(kind && { kind }),
    layout: { kind: 'fields', fields, octets: fields.reduce((sum, field) => sum + field.octets, 0) },
    hasFlags: fields.some((field) => flagFields.has(field)),
    hasTime: fields.some((field) => timeFields.has(field)),
  }));
}

export function packed(
  group: number,
  variation: number,
  name: string,
  role: Role,
  kind: PointKind | undefined,
  bits: 1 | 2,
): Variation {
  const layout = { kind: 'bits', bits } as const;
  return { group, variation, name, role, ...(kind && { kind }), layout, hasFlags: false, hasTime: false };
}

/** Fields that mark a variation as carrying quality or time; filled where the fields are made. */
export const flagFields = new Set<Field>();
export const timeFields = new Set<Field>();
