/** Cuts what the session layer sends into TPDUs of the agreed size and puts together what arrives (ISO 8073, 6.3). */
import { ProtocolError } from '../errors.ts';
import { dataHeaderSize, encodeData } from './tpdu.ts';

export function segment(tsdu: Buffer, tpduSize: number): Buffer[] {
  const room = tpduSize - dataHeaderSize;
  const tpdus: Buffer[] = [];
  for (let at = 0; at === 0 || at < tsdu.length; at += room) {
    tpdus.push(encodeData(tsdu.subarray(at, at + room), at + room >= tsdu.length));
  }
  return tpdus;
}

export class Reassembly {
  readonly #maxSize: number;
  #parts: Buffer[] = [];
  #size = 0;

  constructor(maxSize: number) {
    this.#maxSize = maxSize;
  }

  /** The whole TSDU when this was its last part. @throws ProtocolError when it grows beyond the bound */
  push(payload: Buffer, isLast: boolean): Buffer | undefined {
    this.#size += payload.length;
    // Parts without content would cost memory without ever reaching the bound.
    if (this.#size > this.#maxSize || this.#parts.length > this.#maxSize / 16 + 16) {
      throw new ProtocolError('cotp', `a TSDU of more than ${this.#maxSize} octets`);
    }
    if (isLast && this.#parts.length === 0) {
      this.#size = 0;
      return payload;
    }
    if (payload.length > 0) this.#parts.push(payload);
    if (!isLast) return undefined;
    const whole = Buffer.concat(this.#parts);
    this.#parts = [];
    this.#size = 0;
    return whole;
  }
}
