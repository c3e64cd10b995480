/**
 * SPDUs of ISO 8327-1 for the kernel and duplex functional units, version 2: all that MMS needs of the session layer.
 * Lengths up to 254 take one octet, longer ones 0xff and two (8327-1, 8.2.5).
 */
import { ProtocolError } from '../errors.ts';

export type Spdu =
  | { kind: 'connect' | 'accept'; callingSsel?: Buffer; calledSsel?: Buffer; userData: Buffer }
  | { kind: 'refuse'; reason: number | undefined; userData: Buffer }
  | { kind: 'data' | 'finish' | 'disconnect' | 'abort' | 'not-finished' | 'abort-accept'; userData: Buffer };

const identifiers = {
  data: 1,
  'not-finished': 8,
  finish: 9,
  disconnect: 10,
  refuse: 12,
  connect: 13,
  accept: 14,
  abort: 25,
  'abort-accept': 26,
} as const;
const kinds = new Map(Object.entries(identifiers).map(([kind, si]) => [si as number, kind as Spdu['kind']]));

const parameters = {
  connectAcceptItem: 5,
  transportDisconnect: 17,
  protocolOptions: 19,
  userRequirements: 20,
  version: 22,
  reason: 50,
  callingSsel: 51,
  calledSsel: 52,
  userData: 193,
};
const empty = Buffer.alloc(0);
/** GIVE TOKENS and DATA TRANSFER, both without parameters (8327-1, 8.3.4 and 8.3.11). */
const dataPrefix = Buffer.from([1, 0, 1, 0]);

export function encodeSpdu(spdu: Spdu): Buffer {
  if (spdu.kind === 'data') return Buffer.concat([dataPrefix, spdu.userData]);
  const parts: Buffer[] = [];
  if (spdu.kind === 'connect' || spdu.kind === 'accept') {
    const item = [item1(parameters.protocolOptions, 0), item1(parameters.version, 2)];
    parts.push(parameter(parameters.connectAcceptItem, Buffer.concat(item)));
    parts.push(parameter(parameters.userRequirements, Buffer.from([0, 2])));
    if (spdu.callingSsel) parts.push(parameter(parameters.callingSsel, spdu.callingSsel));
    if (spdu.calledSsel) parts.push(parameter(parameters.calledSsel, spdu.calledSsel));
  }
  // The transport connection is not kept, and a user, not the protocol, ends it (8327-1, 8.3.9.2).
  if (spdu.kind === 'abort') parts.push(item1(parameters.transportDisconnect, 3));
  if (spdu.kind === 'refuse') parts.push(item1(parameters.reason, spdu.reason ?? 0));
  if (spdu.userData.length > 0) parts.push(parameter(parameters.userData, spdu.userData));
  return parameter(identifiers[spdu.kind], Buffer.concat(parts));
}

const item1 = (code: number, value: number): Buffer => Buffer.from([code, 1, value]);

function parameter(code: number, value: Buffer): Buffer {
  const header = value.length < 0xff ? [code, value.length] : [code, 0xff, value.length >> 8, value.length & 0xff];
  return Buffer.concat([Buffer.from(header), value]);
}

/** @throws ProtocolError when it is none the kernel knows */
export function decodeSpdu(bytes: Buffer): Spdu {
  const first = readParameter(bytes, 0);
  const kind = kinds.get(first.code);
  if (!kind) throw new ProtocolError('session', `SPDU ${first.code}`);
  if (kind === 'data') {
    // GIVE TOKENS comes first and DATA TRANSFER follows; some peers leave the first out.
    const next = bytes[first.end] === identifiers.data && bytes[first.end + 1] === 0 ? first.end + 2 : first.end;
    return { kind, userData: bytes.subarray(next) };
  }
  const fields = new Map<number, Buffer>();
  for (let at = 0; at < first.value.length; ) {
    const field = readParameter(first.value, at);
    fields.set(field.code, field.value);
    at = field.end;
  }
  const userData = fields.get(parameters.userData) ?? empty;
  if (kind === 'refuse') {
    const reason = fields.get(parameters.reason);
    return { kind, reason: reason?.[0], userData: userData.length > 0 ? userData : (reason?.subarray(1) ?? empty) };
  }
  if (kind === 'connect' || kind === 'accept') {
    const callingSsel = fields.get(parameters.callingSsel);
    const calledSsel = fields.get(parameters.calledSsel);
    return { kind, ...(callingSsel && { callingSsel }), ...(calledSsel && { calledSsel }), userData };
  }
  return { kind, userData };
}

function readParameter(bytes: Buffer, at: number): { code: number; value: Buffer; end: number } {
  const code = bytes[at];
  const short = bytes[at + 1];
  if (code === undefined || short === undefined) throw new ProtocolError('session', 'a parameter is cut');
  if (short === 0xff && at + 4 > bytes.length) throw new ProtocolError('session', 'a length is cut');
  const start = short === 0xff ? at + 4 : at + 2;
  const length = short === 0xff ? bytes.readUInt16BE(at + 2) : short;
  if (start + length > bytes.length) throw new ProtocolError('session', `parameter ${code} is cut`);
  return { code, value: bytes.subarray(start, start + length), end: start + length };
}
