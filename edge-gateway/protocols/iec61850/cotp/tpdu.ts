/** TPDUs of ISO 8073 class 0 as MMS uses them over TCP: connection request and confirm, data, disconnect, error. */
import { ProtocolError } from '../errors.ts';

export interface ConnectionTpdu {
  kind: 'connection-request' | 'connection-confirm';
  destinationReference: number;
  sourceReference: number;
  /** Octets of a TPDU, a power of two from 128 to 8192. */
  tpduSize: number | undefined;
  callingTsel: Buffer | undefined;
  calledTsel: Buffer | undefined;
}

export type Tpdu =
  | ConnectionTpdu
  | { kind: 'data'; isLast: boolean; payload: Buffer }
  | { kind: 'disconnect'; reason: number }
  | { kind: 'error'; cause: number };

const codes = { connectionRequest: 0xe0, connectionConfirm: 0xd0, data: 0xf0, disconnect: 0x80, error: 0x70 };
const parameters = { tpduSize: 0xc0, callingTsel: 0xc1, calledTsel: 0xc2 };

/** LI, code, end of TSDU. */
export const dataHeaderSize = 3;

export function encodeConnection(tpdu: ConnectionTpdu): Buffer {
  const variable: number[] = [];
  if (tpdu.tpduSize) variable.push(parameters.tpduSize, 1, Math.log2(tpdu.tpduSize));
  for (const [code, selector] of [
    [parameters.callingTsel, tpdu.callingTsel],
    [parameters.calledTsel, tpdu.calledTsel],
  ] as const) {
    if (selector) variable.push(code, selector.length, ...selector);
  }
  const code = tpdu.kind === 'connection-request' ? codes.connectionRequest : codes.connectionConfirm;
  const fixed = [code, ...uint16(tpdu.destinationReference), ...uint16(tpdu.sourceReference), 0];
  return Buffer.from([fixed.length + variable.length, ...fixed, ...variable]);
}

const uint16 = (value: number): [number, number] => [value >> 8, value & 0xff];

export function encodeData(payload: Uint8Array, isLast: boolean): Buffer {
  const bytes = Buffer.allocUnsafe(dataHeaderSize + payload.length);
  bytes[0] = 2;
  bytes[1] = codes.data;
  bytes[2] = isLast ? 0x80 : 0;
  bytes.set(payload, dataHeaderSize);
  return bytes;
}

export function encodeDisconnect(destinationReference: number, sourceReference: number, reason: number): Buffer {
  return Buffer.from([6, codes.disconnect, ...uint16(destinationReference), ...uint16(sourceReference), reason]);
}

/** @throws ProtocolError when it is none of class 0 */
export function decodeTpdu(bytes: Buffer): Tpdu {
  const headerEnd = (bytes[0] ?? 0) + 1;
  if (headerEnd < 3 || headerEnd > bytes.length || bytes[0] === 0xff) {
    throw new ProtocolError('cotp', `a header of ${headerEnd} octets in a TPDU of ${bytes.length}`);
  }
  // The low half of the code is a credit in other classes.
  switch (bytes[1]! & 0xf0) {
    case codes.data:
      return { kind: 'data', isLast: (bytes[2]! & 0x80) !== 0, payload: bytes.subarray(headerEnd) };
    case codes.connectionRequest:
      return decodeConnection('connection-request', bytes.subarray(0, headerEnd));
    case codes.connectionConfirm:
      return decodeConnection('connection-confirm', bytes.subarray(0, headerEnd));
    case codes.disconnect:
      if (headerEnd < 7) throw new ProtocolError('cotp', 'a disconnect that is cut');
      return { kind: 'disconnect', reason: bytes[6]! };
    case codes.error:
      if (headerEnd < 5) throw new ProtocolError('cotp', 'an error TPDU that is cut');
      return { kind: 'error', cause: bytes[4]! };
    default:
      throw new ProtocolError('cotp', `TPDU code 0x${bytes[1]!.toString(16)}`);
  }
}

function decodeConnection(kind: ConnectionTpdu['kind'], header: Buffer): ConnectionTpdu {
  if (header.length < 7) throw new ProtocolError('cotp', `a ${kind} that is cut`);
  if (header[6]! >> 4 !== 0) throw new ProtocolError('cotp', `class ${header[6]! >> 4} where 0 belongs`);
  const found = new Map<number, Buffer>();
  for (let at = 7; at < header.length; ) {
    const length = header[at + 1];
    if (length === undefined || at + 2 + length > header.length) throw new ProtocolError('cotp', 'a parameter is cut');
    found.set(header[at]!, header.subarray(at + 2, at + 2 + length));
    at += 2 + length;
  }
  const exponent = found.get(parameters.tpduSize)?.[0];
  if (exponent !== undefined && (exponent < 7 || exponent > 13)) {
    throw new ProtocolError('cotp', `a TPDU size of 2^${exponent}`);
  }
  return {
    kind,
    destinationReference: header.readUInt16BE(2),
    sourceReference: header.readUInt16BE(4),
    tpduSize: exponent === undefined ? undefined : 2 ** exponent,
    callingTsel: found.get(parameters.callingTsel),
    calledTsel: found.get(parameters.calledTsel),
  };
}
