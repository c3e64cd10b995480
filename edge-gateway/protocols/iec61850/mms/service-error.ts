/** Errors of confirmed services (ISO 9506-2, 7.4): a class, a code within it, and their names. */
import { type BerElement, fieldsOf, onlyElementOf } from '../asn1/ber-reader.ts';
import { type BerTree, tlv } from '../asn1/ber-writer.ts';
import { integer, readSmallInteger } from '../asn1/primitives.ts';
import { ServiceError } from '../errors.ts';

const classes: [name: string, codes: string[]][] = [
  [
    'vmd-state',
    ['other', 'vmd-state-conflict', 'vmd-operational-problem', 'domain-transfer-problem', 'state-machine-id-invalid'],
  ],
  [
    'application-reference',
    ['other', 'aplication-unreachable', 'connection-lost', 'application-reference-invalid', 'context-unsupported'],
  ],
  [
    'definition',
    [
      'other',
      'object-undefined',
      'invalid-address',
      'type-unsupported',
      'type-inconsistent',
      'object-exists',
      'object-attribute-inconsistent',
    ],
  ],
  [
    'resource',
    [
      'other',
      'memory-unavailable',
      'processor-resource-unavailable',
      'mass-storage-unavailable',
      'capability-unavailable',
      'capability-unknown',
    ],
  ],
  [
    'service',
    [
      'other',
      'primitives-out-of-sequence',
      'object-state-conflict',
      'pdu-size',
      'continuation-invalid',
      'object-constraint-conflict',
    ],
  ],
  ['service-preempt', ['other', 'timeout', 'deadlock', 'cancel']],
  ['time-resolution', ['other', 'unsupportable-time-resolution']],
  [
    'access',
    ['other', 'object-access-unsupported', 'object-non-existent', 'object-access-denied', 'object-invalidated'],
  ],
  [
    'initiate',
    [
      'other',
      'reserved',
      'reserved',
      'max-services-outstanding-calling-insufficient',
      'max-services-outstanding-called-insufficient',
      'service-cbb-insufficient',
      'parameter-cbb-insufficient',
      'nesting-level-insufficient',
    ],
  ],
  ['conclude', ['other', 'further-communication-required']],
  ['cancel', ['other', 'invoke-id-unknown', 'cancel-not-possible']],
  [
    'file',
    [
      'other',
      'filename-ambiguous',
      'file-busy',
      'filename-syntax-error',
      'content-type-invalid',
      'position-invalid',
      'file-access-denied',
      'file-non-existent',
    ],
  ],
  ['others', ['other']],
];

/** What a server answers with; `errorClass` and `meaning` as in the standard. */
export interface ServiceErrorReason {
  errorClass: string;
  meaning: string;
}

export function encodeServiceError(tag: number, { errorClass, meaning }: ServiceErrorReason): BerTree {
  const number = classes.findIndex(([name]) => name === errorClass);
  const code = classes[number]?.[1].indexOf(meaning) ?? -1;
  if (number < 0 || code < 0) throw new RangeError(`No error ${errorClass}/${meaning} in ISO 9506.`);
  return tlv(tag, tlv(0xa0, integer(0x80 + number, code)));
}

/** The error to throw for a peer's answer. */
export function decodeServiceError(element: BerElement): ServiceError {
  const errorClass = fieldsOf(element).get(0xa0);
  if (!errorClass) return new ServiceError('others', 0, 'other');
  const choice = onlyElementOf(errorClass, 'error class');
  const known = classes[choice.tag - 0x80];
  const code = readSmallInteger(choice);
  return new ServiceError(known?.[0] ?? `class-${choice.tag - 0x80}`, code, known?.[1][code] ?? `code-${code}`);
}
