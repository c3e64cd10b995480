/** The outcome for one variable of a read, write or report: its data, or why there is none (ISO 9506-2, 14.4.3). */
import type { BerElement } from '../asn1/ber-reader.ts';
import type { BerNode } from '../asn1/ber-writer.ts';
import { integer, readSmallInteger } from '../asn1/primitives.ts';
import { decodeValue, encodeValue, type MmsValue } from './value.ts';

export const dataAccessErrors = [
  'object-invalidated',
  'hardware-fault',
  'temporarily-unavailable',
  'object-access-denied',
  'object-undefined',
  'invalid-address',
  'type-unsupported',
  'type-inconsistent',
  'object-attribute-inconsistent',
  'object-access-unsupported',
  'object-non-existent',
  'object-value-invalid',
] as const;

/** `error-<n>` for numbers that the standard does not name. */
export type DataAccessError = (typeof dataAccessErrors)[number] | `error-${number}`;

export interface AccessFailure {
  type: 'access-error';
  error: DataAccessError;
}

export type AccessResult = MmsValue | AccessFailure;

export const accessFailure = (error: DataAccessError): AccessFailure => ({ type: 'access-error', error });

export const encodeAccessError = (error: DataAccessError): BerNode => integer(0x80, accessErrorNumber(error));

function accessErrorNumber(error: DataAccessError): number {
  const known = (dataAccessErrors as readonly string[]).indexOf(error);
  return known >= 0 ? known : Number(error.slice('error-'.length));
}

export function readAccessError(element: BerElement): DataAccessError {
  const code = readSmallInteger(element);
  return dataAccessErrors[code] ?? `error-${code}`;
}

export const encodeAccessResult = (result: AccessResult): BerNode =>
  result.type === 'access-error' ? encodeAccessError(result.error) : encodeValue(result);

export const decodeAccessResult = (element: BerElement): AccessResult =>
  element.tag === 0x80 ? accessFailure(readAccessError(element)) : decodeValue(element);
