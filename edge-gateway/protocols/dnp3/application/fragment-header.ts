/** First octets of a fragment: application control, function code and, in responses, internal indications (4.2.2). */
import { malformed } from '../errors.ts';
import { isResponse } from './function-codes.ts';
import type { Indications } from './internal-indications.ts';

export interface ApplicationControl {
  isFirst: boolean;
  isFinal: boolean;
  wantsConfirm: boolean;
  isUnsolicited: boolean;
  /** 0 to 15. */
  sequence: number;
}

export interface FragmentHeader extends ApplicationControl {
  functionCode: number;
  /** Zero in requests. */
  indications: Indications;
  /** Where the object headers begin. */
  objectsFrom: number;
}

export const nextSequence = (sequence: number): number => (sequence + 1) & 0x0f;

export function controlOctet(control: ApplicationControl): number {
  return (
    (control.isFirst ? 0x80 : 0) |
    (control.isFinal ? 0x40 : 0) |
    (control.wantsConfirm ? 0x20 : 0) |
    (control.isUnsolicited ? 0x10 : 0) |
    control.sequence
  );
}

/** @throws Dnp3Error `malformed` */
export function readFragmentHeader(fragment: Buffer): FragmentHeader {
  if (fragment.length < 2) throw malformed('A fragment has at least two octets.');
  const control = fragment[0]!;
  const functionCode = fragment[1]!;
  const objectsFrom = isResponse(functionCode) ? 4 : 2;
  if (fragment.length < objectsFrom) throw malformed('A response has at least four octets.');
  return {
    isFirst: (control & 0x80) !== 0,
    isFinal: (control & 0x40) !== 0,
    wantsConfirm: (control & 0x20) !== 0,
    isUnsolicited: (control & 0x10) !== 0,
    sequence: control & 0x0f,
    functionCode,
    indications: objectsFrom === 4 ? fragment.readUInt16LE(2) : 0,
    objectsFrom,
  };
}
