/**
 * Frames on TCP: the MBAP header before each PDU (MODBUS Messaging on TCP/IP Implementation Guide V1.0b, section 3.1.3).
 *
 *   transaction id (2) | protocol id = 0 (2) | length of what follows (2) | unit (1) | PDU
 */
import { ModbusFrameError } from '../errors.ts';
import { maxPduLength } from '../pdu/function-codec.ts';

const headerLength = 7;

export interface MbapFrame {
  transactionId: number;
  unit: number;
  /** A view into what was received. */
  pdu: Buffer;
}

export function encodeMbap(transactionId: number, unit: number, pdu: Buffer): Buffer {
  const frame = Buffer.allocUnsafe(headerLength + pdu.length);
  frame.writeUInt16BE(transactionId, 0);
  frame.writeUInt16BE(0, 2);
  frame.writeUInt16BE(pdu.length + 1, 4);
  frame[6] = unit;
  pdu.copy(frame, headerLength);
  return frame;
}

/** Cuts a stream into frames. */
export class MbapReader {
  #rest: Buffer | undefined;

  /** @throws ModbusFrameError when the stream is no Modbus, or out of step: it cannot be followed any more */
  push(chunk: Buffer, onFrame: (frame: MbapFrame) => void): void {
    const bytes = this.#rest ? Buffer.concat([this.#rest, chunk]) : chunk;
    this.#rest = undefined;
    let offset = 0;
    while (bytes.length - offset >= headerLength) {
      const protocol = bytes.readUInt16BE(offset + 2);
      const length = bytes.readUInt16BE(offset + 4);
      if (protocol !== 0) throw new ModbusFrameError(`Protocol id ${protocol} in a Modbus header.`);
      if (length < 2 || length > maxPduLength + 1)
        throw new ModbusFrameError(`A length of ${length} in a Modbus header.`);
      const end = offset + 6 + length;
      if (bytes.length < end) break;
      onFrame({
        transactionId: bytes.readUInt16BE(offset),
        unit: bytes[offset + 6]!,
        pdu: bytes.subarray(offset + headerLength, end),
      });
      offset = end;
    }
    // At most one frame's beginning, copied so that a large chunk is not kept alive by it.
    if (offset < bytes.length) this.#rest = Buffer.from(bytes.subarray(offset));
  }
}
