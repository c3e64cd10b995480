/** What a point can hold, and how far it can be trusted: the words gateway and platform share. */

/** `stale` is set by the gateway when nothing was heard for too long. */
export const qualities = ['good', 'uncertain', 'bad', 'stale'] as const;
export type Quality = (typeof qualities)[number];

/** A 64-bit counter stays exact as bigint; octet strings are Uint8Array. */
export type PointValue = number | bigint | boolean | string | Uint8Array;

/** States of a double-bit input (IEEE 1815, IEC 61850 Dbpos) by their two bits. */
export const doubleBitStates = ['intermediate', 'off', 'on', 'indeterminate'] as const;

/** A value as JSON carries it: what JSON has no word for is an object with one letter. */
export type JsonValue = number | boolean | string | null | { i: string } | { b: string };

/** Numbers beyond 2^53 and octet strings survive; undefined (nothing known) is null. @throws TypeError for NaN and infinity */
export function toJsonValue(value: PointValue | undefined): JsonValue {
  if (value === undefined) return null;
  if (typeof value === 'bigint') {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : { i: value.toString() };
  }
  if (value instanceof Uint8Array) return { b: Buffer.from(value).toString('base64') };
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError(`${value} is no value of a point.`);
  return value;
}

const maxTextLength = 1024;

/** @returns the value, or null in a box for "nothing known"; undefined for what is no value at all */
export function fromJsonValue(json: unknown): { value: PointValue | undefined } | undefined {
  if (json === null) return { value: undefined };
  if (typeof json === 'boolean') return { value: json };
  if (typeof json === 'number') return Number.isFinite(json) ? { value: json } : undefined;
  if (typeof json === 'string') return json.length <= maxTextLength ? { value: json } : undefined;
  if (typeof json !== 'object' || Array.isArray(json)) return undefined;
  const { i, b } = json as Record<string, unknown>;
  if (typeof i === 'string') return /^-?\d{1,20}$/.test(i) ? { value: BigInt(i) } : undefined;
  if (typeof b === 'string' && b.length <= maxTextLength * 2)
    return { value: new Uint8Array(Buffer.from(b, 'base64')) };
  return undefined;
}
