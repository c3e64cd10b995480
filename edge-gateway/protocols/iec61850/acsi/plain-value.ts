/** Between data of MMS and the plain values that programs calculate with; the type of the variable decides the way in. */
import { bitsOf, hasBit } from '../asn1/bit-string.ts';
import { Iec61850Error } from '../errors.ts';
import { binaryTimeOf, binaryTimeToEpochMs } from '../mms/binary-time.ts';
import type { MmsType } from '../mms/type-specification.ts';
import { utcTimeOf, utcTimeToEpochMs } from '../mms/utc-time.ts';
import type { MmsValue } from '../mms/value.ts';

export type PlainValue = number | bigint | boolean | string | Uint8Array;

/**
 * Bit strings up to 32 bits become their number, the first bit the highest, so a double position is 1 off and 2 on; times
 * become milliseconds since 1970. Undefined for structures and arrays, which have no one value.
 */
export function toPlain(data: MmsValue): PlainValue | undefined {
  switch (data.type) {
    case 'structure':
    case 'array':
      return undefined;
    case 'bit-string':
    case 'boolean-array': {
      if (data.value.size > 32) return data.value.bytes;
      let number = 0;
      for (let bit = 0; bit < data.value.size; bit++) number = number * 2 + (hasBit(data.value, bit) ? 1 : 0);
      return number;
    }
    case 'utc-time':
      return utcTimeToEpochMs(data.value);
    case 'binary-time':
      return binaryTimeToEpochMs(data.value) ?? data.value.millisecondsOfDay;
    default:
      return data.value;
  }
}

/** @throws Iec61850Error when the type cannot hold the value */
export function fromPlain(value: PlainValue, type: MmsType): MmsValue {
  const wrong = (): never => {
    throw new Iec61850Error(`${String(value)} (${typeof value}) does not fit into ${type.kind}.`);
  };
  switch (type.kind) {
    case 'boolean':
      return {
        type: 'boolean',
        value: typeof value === 'boolean' ? value : value === 1 || value === 0 ? value === 1 : wrong(),
      };
    case 'integer':
    case 'unsigned':
      return { type: type.kind, value: fittingInteger(value, type) ?? wrong() };
    case 'float':
      if (typeof value !== 'number') return wrong();
      return { type: 'float', value, width: type.width === 64 ? 64 : 32 };
    case 'visible-string':
    case 'mms-string':
      return typeof value === 'string' ? { type: type.kind, value } : wrong();
    case 'octet-string':
      return value instanceof Uint8Array ? { type: 'octet-string', value } : wrong();
    case 'bit-string':
      return { type: 'bit-string', value: bitsFromNumber(Number(value), Math.abs(type.size)) ?? wrong() };
    case 'utc-time':
      return typeof value === 'number' ? { type: 'utc-time', value: utcTimeOf(value) } : wrong();
    case 'binary-time':
      return typeof value === 'number' ? { type: 'binary-time', value: binaryTimeOf(value) } : wrong();
    case 'structure': {
      // An analogue value (7-3, 6.2.3) has an integer or a float in it; both are given where both are there.
      const isAnalogue = type.components.every(({ name }) => name === 'f' || name === 'i');
      if (!isAnalogue || type.components.length === 0 || typeof value !== 'number') return wrong();
      const items = type.components.map((component) =>
        fromPlain(component.name === 'i' ? Math.round(value) : value, component.type),
      );
      return { type: 'structure', items };
    }
    default:
      return wrong();
  }
}

function fittingInteger(value: PlainValue, type: MmsType & { size: number }): number | bigint | undefined {
  const number = typeof value === 'boolean' ? Number(value) : value;
  if (typeof number !== 'bigint' && !(typeof number === 'number' && Number.isSafeInteger(number))) return undefined;
  const isSigned = type.kind === 'integer';
  const limit = 1n << BigInt(isSigned ? type.size - 1 : type.size);
  const exact = BigInt(number);
  return exact < limit && exact >= (isSigned ? -limit : 0n) ? number : undefined;
}

function bitsFromNumber(value: number, size: number) {
  if (!Number.isSafeInteger(value) || value < 0 || size > 32 || value >= 2 ** size) return undefined;
  const set = [];
  for (let bit = 0; bit < size; bit++) if (Math.floor(value / 2 ** (size - 1 - bit)) % 2 === 1) set.push(bit);
  return bitsOf(size, set);
}
