/** The bit strings of report control blocks (IEC 61850-8-1, 8.1.3): optional fields, trigger options and reasons. */
import { type Bits, bitsOf, hasBit } from '../asn1/bit-string.ts';

const optionBits = {
  sequenceNumber: 1,
  timeStamp: 2,
  reason: 3,
  dataSetName: 4,
  dataReference: 5,
  bufferOverflow: 6,
  entryId: 7,
  confRev: 8,
  segmentation: 9,
} as const;

const triggerBits = {
  dataChange: 1,
  qualityChange: 2,
  dataUpdate: 3,
  integrity: 4,
  generalInterrogation: 5,
} as const;

const reasonBits = { ...triggerBits, applicationTrigger: 6 } as const;

export type ReportOptions = Record<keyof typeof optionBits, boolean>;
export type TriggerOptions = Record<keyof typeof triggerBits, boolean>;
export type ReasonForInclusion = keyof typeof reasonBits;

const pack = (size: number, bits: Record<string, number>, set: (name: string) => boolean): Bits =>
  bitsOf(
    size,
    Object.entries(bits)
      .filter(([name]) => set(name))
      .map(([, bit]) => bit),
  );

export const optionsToBits = (options: Partial<ReportOptions>): Bits =>
  pack(10, optionBits, (name) => options[name as keyof ReportOptions] ?? false);
export const triggersToBits = (triggers: Partial<TriggerOptions>): Bits =>
  pack(6, triggerBits, (name) => triggers[name as keyof TriggerOptions] ?? false);
export const reasonsToBits = (reasons: Iterable<ReasonForInclusion>): Bits => {
  const set = new Set<string>(reasons);
  return pack(7, reasonBits, (name) => set.has(name));
};

const unpack = <Name extends string>(bits: Bits, names: Record<Name, number>): Record<Name, boolean> =>
  Object.fromEntries(Object.entries<number>(names).map(([name, bit]) => [name, hasBit(bits, bit)])) as Record<
    Name,
    boolean
  >;

export const bitsToOptions = (bits: Bits): ReportOptions => unpack(bits, optionBits);
export const bitsToTriggers = (bits: Bits): TriggerOptions => unpack(bits, triggerBits);
export const bitsToReasons = (bits: Bits): ReasonForInclusion[] =>
  Object.entries(reasonBits)
    .filter(([, bit]) => hasBit(bits, bit))
    .map(([name]) => name as ReasonForInclusion);
