/** What Oper, SBOw and Cancel carry (IEC 61850-8-1, 20): the value, who asks, the number of the command and its time. */
import { type Bits, bitsOf, hasBit } from '../asn1/bit-string.ts';
import { ProtocolError } from '../errors.ts';
import type { AccessResult } from '../mms/access-result.ts';
import { type UtcTime, utcTimeOf, utcTimeToEpochMs } from '../mms/utc-time.ts';
import type { MmsValue } from '../mms/value.ts';
import { type AdditionalCause, additionalCauseNumber, additionalCauseOf } from './additional-cause.ts';

export const originatorCategories = [
  'not-supported',
  'bay-control',
  'station-control',
  'remote-control',
  'automatic-bay',
  'automatic-station',
  'automatic-remote',
  'maintenance',
  'process',
] as const;

export interface Originator {
  category: (typeof originatorCategories)[number];
  /** At most 64 octets of the originator's choice. */
  identity: Uint8Array;
}

export interface ControlMessage {
  value: MmsValue;
  /** When to operate; only of objects that have `operTm`. */
  operateAtMs?: number;
  origin: Originator;
  /** 0 to 255; the same in the select, the operate and the cancel of one command. */
  number: number;
  time: UtcTime;
  test: boolean;
  /** Not in Cancel. */
  check?: { synchro: boolean; interlock: boolean };
}

export function encodeControl(message: ControlMessage, hasOperateTime = false): MmsValue {
  const { value, operateAtMs, origin, number, time, test, check } = message;
  const items: MmsValue[] = [value];
  if (hasOperateTime) items.push({ type: 'utc-time', value: utcTimeOf(operateAtMs ?? 0) });
  items.push(
    {
      type: 'structure',
      items: [
        { type: 'integer', value: originatorCategories.indexOf(origin.category) },
        { type: 'octet-string', value: origin.identity },
      ],
    },
    { type: 'unsigned', value: number },
    { type: 'utc-time', value: time },
    { type: 'boolean', value: test },
  );
  if (check) {
    const bits = [...(check.synchro ? [0] : []), ...(check.interlock ? [1] : [])];
    items.push({ type: 'bit-string', value: bitsOf(2, bits) });
  }
  return { type: 'structure', items };
}

/** @throws ProtocolError when the structure is none of a control */
export function decodeControl(data: AccessResult): ControlMessage {
  const items = data.type === 'structure' ? [...data.items] : [];
  const wrong = (what: string): never => {
    throw new ProtocolError('acsi', `a control with ${what}`);
  };
  const value = items.shift() ?? wrong('nothing in it');
  const operateAt = items[0]?.type === 'utc-time' ? (items.shift() as { value: UtcTime }).value : undefined;
  const [origin, number, time, test, check] = items;
  if (time?.type !== 'utc-time') return wrong('a time of another type');
  if (test?.type !== 'boolean') return wrong('a test flag of another type');
  return {
    value,
    ...(operateAt && operateAt.seconds > 0 && { operateAtMs: utcTimeToEpochMs(operateAt) }),
    origin: decodeOrigin(origin),
    number: numberOf(number) ?? wrong('no number'),
    time: time.value,
    test: test.value,
    ...(check?.type === 'bit-string' && { check: decodeCheck(check.value) }),
  };
}

const decodeCheck = (bits: Bits) => ({ synchro: hasBit(bits, 0), interlock: hasBit(bits, 1) });

const numberOf = (data: AccessResult | undefined): number | undefined =>
  data && (data.type === 'integer' || data.type === 'unsigned') && typeof data.value === 'number'
    ? data.value
    : undefined;

function decodeOrigin(data: AccessResult | undefined): Originator {
  const [category, identity] = data?.type === 'structure' ? data.items : [];
  const number = numberOf(category);
  if (number === undefined || identity?.type !== 'octet-string') {
    throw new ProtocolError('acsi', 'a control without an origin');
  }
  return { category: originatorCategories[number] ?? 'not-supported', identity: identity.value };
}

/** Why the control before went wrong: sent before a negative answer and within a negative termination. */
export interface LastApplicationError {
  /** `LD/LN$CO$DO$Oper` of the control. */
  control: string;
  error: number;
  origin: Originator;
  number: number;
  cause: AdditionalCause;
}

export const lastApplicationErrorName = 'LastApplError';

export const encodeLastApplicationError = (error: LastApplicationError): MmsValue => ({
  type: 'structure',
  items: [
    { type: 'visible-string', value: error.control },
    { type: 'integer', value: error.error },
    {
      type: 'structure',
      items: [
        { type: 'integer', value: originatorCategories.indexOf(error.origin.category) },
        { type: 'octet-string', value: error.origin.identity },
      ],
    },
    { type: 'unsigned', value: error.number },
    { type: 'integer', value: additionalCauseNumber(error.cause) },
  ],
});

export function decodeLastApplicationError(data: AccessResult): LastApplicationError {
  const [control, error, origin, number, cause] = data.type === 'structure' ? data.items : [];
  const [errorNumber, controlNumber, causeNumber] = [numberOf(error), numberOf(number), numberOf(cause)];
  if (control?.type !== 'visible-string' || errorNumber === undefined || causeNumber === undefined) {
    throw new ProtocolError('acsi', 'LastApplError of another shape');
  }
  return {
    control: control.value,
    error: errorNumber,
    origin: decodeOrigin(origin),
    number: controlNumber ?? 0,
    cause: additionalCauseOf(causeNumber),
  };
}
