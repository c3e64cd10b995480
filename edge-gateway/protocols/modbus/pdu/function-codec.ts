/**
 * What a function's codec consists of, and the checks that all of them share. Lengths stand beside the layouts because
 * RTU has no length on the line: a frame's end follows from its function and its counts.
 */
import { ModbusFrameError } from '../errors.ts';
import type { Kind, RequestOf, ResponseOf } from './messages.ts';

/**
 * Bytes of the whole PDU, function code included; undefined while too few bytes are there to tell, and `silence` where
 * only the end of transmission tells.
 */
export type Length = number | undefined | 'silence';

export interface FunctionCodec<K extends Kind = Kind> {
  kind: K;
  code: number;
  /** @throws RangeError when the request breaks the specification's limits */
  encodeRequest(request: RequestOf<K>): Buffer;
  /** @throws ModbusFrameError */
  decodeRequest(pdu: Buffer): RequestOf<K>;
  encodeResponse(response: ResponseOf<K>): Buffer;
  /** @throws ModbusFrameError also when the response does not answer the request */
  decodeResponse(pdu: Buffer, request: RequestOf<K>): ResponseOf<K>;
  requestLength(pdu: Buffer): Length;
  responseLength(pdu: Buffer): Length;
}

/** Section 4.1: 256 bytes of RS-485 frame less address and CRC. */
export const maxPduLength = 253;

export const fixed = (length: number) => (): Length => length;

/** A byte count at `offset` tells how many bytes follow it. */
export const counted =
  (offset: number) =>
  (pdu: Buffer): Length =>
    pdu.length > offset ? offset + 1 + pdu[offset]! : undefined;

export function must(condition: boolean, message: string): asserts condition {
  if (!condition) throw new ModbusFrameError(message);
}

export function expectLength(pdu: Buffer, length: number): void {
  must(
    pdu.length === length,
    `Function ${pdu[0]}: ${pdu.length} bytes where ${Number.isNaN(length) ? 'a count is missing' : `${length} belong`}.`,
  );
}

export function checkAddress(address: number, quantity = 1): void {
  if (!Number.isInteger(address) || address < 0 || address + quantity > 0x10000) {
    throw new RangeError(`Addresses ${address} to ${address + quantity - 1} are outside 0 to 65535.`);
  }
}

export function checkQuantity(quantity: number, max: number): void {
  if (!Number.isInteger(quantity) || quantity < 1 || quantity > max) {
    throw new RangeError(`A quantity of ${quantity} is outside 1 to ${max}.`);
  }
}

/** As `checkQuantity`, for what came from the line. */
export function mustBeWithin(quantity: number, max: number): void {
  must(quantity >= 1 && quantity <= max, `A quantity of ${quantity} is outside 1 to ${max}.`);
}

/** The frames with two 16-bit fields, which are many. */
export function twoWords(code: number, first: number, second: number): Buffer {
  const pdu = Buffer.allocUnsafe(5);
  pdu[0] = code;
  pdu.writeUInt16BE(first, 1);
  pdu.writeUInt16BE(second, 3);
  return pdu;
}
