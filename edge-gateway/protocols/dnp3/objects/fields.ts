/** The fields objects are made of. Each reads and writes its own property of the object. */
import type { ByteReader, ByteWriter } from '../byte-cursor.ts';
import { type Field, flagFields, type ObjectValue, timeFields } from './variation.ts';

type NumberProperty = {
  [Name in keyof ObjectValue]-?: number extends NonNullable<ObjectValue[Name]> ? Name : never;
}[keyof ObjectValue];
type NumberMethod = 'u8' | 'u16' | 'u32' | 'u48' | 'i16' | 'i32' | 'f32' | 'f64';

const octetsOf: Record<NumberMethod, number> = { u8: 1, u16: 2, u32: 4, u48: 6, i16: 2, i32: 4, f32: 4, f64: 8 };

const integerLimits: Partial<Record<NumberMethod, readonly [number, number]>> = {
  u8: [0, 0xff],
  u16: [0, 0xffff],
  u32: [0, 0xffffffff],
  u48: [0, 0xffffffffffff],
  i16: [-0x8000, 0x7fff],
  i32: [-0x80000000, 0x7fffffff],
};

/** The range a value must lie in to be sent exactly; outside it an OVER_RANGE flag is due. */
export const largestFloat32 = 3.4028234663852886e38;

function number(property: NumberProperty, method: NumberMethod): Field {
  const limits = integerLimits[method];
  return {
    octets: octetsOf[method],
    read(reader: ByteReader, into: ObjectValue) {
      into[property] = reader[method]();
    },
    write(writer: ByteWriter, from: ObjectValue) {
      let value = Number(from[property] ?? 0);
      if (limits) value = Math.min(limits[1], Math.max(limits[0], Number.isNaN(value) ? 0 : Math.trunc(value)));
      else if (method === 'f32' && Number.isFinite(value))
        value = Math.min(largestFloat32, Math.max(-largestFloat32, value));
      writer[method](value);
    },
  };
}

export const valueAs = {
  u8: number('value', 'u8'),
  u16: number('value', 'u16'),
  u32: number('value', 'u32'),
  i16: number('value', 'i16'),
  i32: number('value', 'i32'),
  f32: number('value', 'f32'),
  f64: number('value', 'f64'),
  time: number('value', 'u48'),
};

export const flags = number('flags', 'u8');
export const time = number('timeMs', 'u48');
export const relativeTime = number('relativeMs', 'u16');
export const status = number('status', 'u8');
export const count = number('count', 'u8');
export const onTime = number('onMs', 'u32');
export const offTime = number('offMs', 'u32');
export const interval = number('interval', 'u32');
export const units = number('units', 'u8');

/** Seven bits of quality and the state in the top bit. */
export const flagsWithState: Field = {
  octets: 1,
  read(reader, into) {
    const octet = reader.u8();
    into.value = (octet & 0x80) !== 0;
    into.flags = octet & 0x7f;
  },
  write: (writer, from) => writer.u8(((from.flags ?? 1) & 0x7f) | (from.value ? 0x80 : 0)),
};

/** Six bits of quality and two of state: 0 between, 1 off, 2 on, 3 indeterminate. */
export const flagsWithDoubleBit: Field = {
  octets: 1,
  read(reader, into) {
    const octet = reader.u8();
    into.value = octet >>> 6;
    into.flags = octet & 0x3f;
  },
  write: (writer, from) => writer.u8(((from.flags ?? 1) & 0x3f) | ((Number(from.value ?? 0) & 0x03) << 6)),
};

/** A command event: status in seven bits, and the commanded state on top. */
export const statusWithState: Field = {
  octets: 1,
  read(reader, into) {
    const octet = reader.u8();
    into.value = (octet & 0x80) !== 0;
    into.status = octet & 0x7f;
  },
  write: (writer, from) => writer.u8(((from.status ?? 0) & 0x7f) | (from.value ? 0x80 : 0)),
};

for (const field of [flags, flagsWithState, flagsWithDoubleBit]) flagFields.add(field);
for (const field of [time, relativeTime]) timeFields.add(field);
