/** Quality of IEC 61850-7-3, 6.2.1: thirteen bits beside nearly every value. */
import { type Bits, bitsOf, hasBit } from '../asn1/bit-string.ts';

const detailBits = {
  overflow: 2,
  outOfRange: 3,
  badReference: 4,
  oscillatory: 5,
  failure: 6,
  oldData: 7,
  inconsistent: 8,
  inaccurate: 9,
  substituted: 10,
  test: 11,
  operatorBlocked: 12,
} as const;

export type QualityDetail = keyof typeof detailBits;

export interface DataQuality {
  validity: 'good' | 'invalid' | 'reserved' | 'questionable';
  /** What else is set, in the order of the bits. */
  details: QualityDetail[];
}

const validities = ['good', 'invalid', 'reserved', 'questionable'] as const;

export function decodeQuality(bits: Bits): DataQuality {
  return {
    // Bit 0 is the higher of the two.
    validity: validities[(hasBit(bits, 0) ? 2 : 0) + (hasBit(bits, 1) ? 1 : 0)]!,
    details: Object.entries(detailBits)
      .filter(([, bit]) => hasBit(bits, bit))
      .map(([name]) => name as QualityDetail),
  };
}

export function encodeQuality({ validity, details }: DataQuality): Bits {
  const number = validities.indexOf(validity);
  return bitsOf(13, [
    ...(number & 2 ? [0] : []),
    ...(number & 1 ? [1] : []),
    ...details.map((detail) => detailBits[detail]),
  ]);
}
