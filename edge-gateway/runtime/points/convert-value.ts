/** From what a device says to what the point means: type, scale and offset, range of validity. */
import { doubleBitStates, type PointValue, type Quality } from '../../../layers/station/point-value.ts';
import type { PointConfiguration } from '../../../layers/station/station-configuration.ts';

export interface Converted {
  value: PointValue | undefined;
  quality: Quality;
  reason?: string;
}

type Conversion = Pick<PointConfiguration, 'pointType' | 'scaleFactor' | 'offset' | 'lowLimit' | 'highLimit'>;

/** @param value raw, as the driver read it; undefined stays undefined */
export function convertValue(
  point: Conversion,
  value: PointValue | undefined,
  quality: Quality,
  reason: string | undefined,
): Converted {
  const given = reason === undefined ? { quality } : { quality, reason };
  if (value === undefined)
    return quality === 'bad' || quality === 'stale'
      ? { value, ...given }
      : { value, quality: 'bad', reason: 'the device gave no value' };
  switch (point.pointType) {
    case 'analog_input':
    case 'analog_output':
    case 'counter':
      return convertNumber(point, value, given);
    case 'binary_input':
    case 'binary_output':
      if (typeof value === 'boolean') return { value, ...given };
      if (value === 0 || value === 1 || value === 0n || value === 1n) return { value: Number(value) === 1, ...given };
      return mismatch(value, 'a contact');
    case 'double_bit': {
      const state = typeof value === 'number' ? doubleBitStates[value] : value;
      if (doubleBitStates.includes(state as 'on')) return { value: state as string, ...given };
      return mismatch(value, 'a double-bit state');
    }
    case 'string':
      if (typeof value === 'string') return { value: value.slice(0, 1024), ...given };
      if (value instanceof Uint8Array) return { value: value.subarray(0, 1024), ...given };
      return { value: String(value), ...given };
  }
}

function convertNumber(point: Conversion, raw: PointValue, given: { quality: Quality; reason?: string }): Converted {
  if (typeof raw === 'bigint' && point.scaleFactor === 1 && point.offset === 0 && !Number.isSafeInteger(Number(raw)))
    return { value: raw, ...given };
  const number = typeof raw === 'bigint' || typeof raw === 'boolean' ? Number(raw) : raw;
  if (typeof number !== 'number') return mismatch(raw, 'a number');
  // Ten significant digits more than any device measures: 0.1 × 3 is then 0.3.
  const scaled = number * point.scaleFactor + point.offset;
  const value = Number.isInteger(scaled) ? scaled : Number(scaled.toPrecision(15));
  if (!Number.isFinite(value)) return { value: undefined, quality: 'bad', reason: 'not a finite number' };
  if (given.quality !== 'good') return { value, ...given };
  const { lowLimit, highLimit } = point;
  if (lowLimit !== undefined && value < lowLimit)
    return { value, quality: 'uncertain', reason: `out of range: below ${lowLimit}` };
  if (highLimit !== undefined && value > highLimit)
    return { value, quality: 'uncertain', reason: `out of range: above ${highLimit}` };
  return { value, ...given };
}

const mismatch = (value: PointValue, expected: string): Converted => ({
  value: undefined,
  quality: 'bad',
  reason: `${value instanceof Uint8Array ? 'bytes' : `"${String(value).slice(0, 40)}"`} is not ${expected}`,
});

/** What to write to the device so that the point gets this value. @throws RangeError, TypeError saying why not */
export function toRawValue(point: Conversion, value: PointValue): PointValue {
  const isNumeric = point.pointType.startsWith('analog') || point.pointType === 'counter';
  if (!isNumeric) {
    const { value: checked, reason } = convertValue(point, value, 'good', undefined);
    if (checked === undefined) throw new TypeError(reason);
    return checked;
  }
  if (typeof value === 'bigint' && point.scaleFactor === 1 && point.offset === 0) return value;
  const number = typeof value === 'bigint' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number)) throw new TypeError(`${String(value)} is not a number`);
  const { lowLimit, highLimit, scaleFactor, offset } = point;
  if (lowLimit !== undefined && number < lowLimit) throw new RangeError(`${number} is below ${lowLimit}`);
  if (highLimit !== undefined && number > highLimit) throw new RangeError(`${number} is above ${highLimit}`);
  const raw = (number - offset) / scaleFactor;
  return Number.isInteger(raw) ? raw : Number(raw.toPrecision(15));
}
