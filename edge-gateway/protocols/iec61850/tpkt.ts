/**
 * RFC 1006 packets: version 3, a reserved octet, the length of the whole in two octets. Takes whatever pieces the line
 * delivers and gives whole packets; a packet within one piece is not copied.
 */
import { ProtocolError } from './errors.ts';

const headerSize = 4;
const maxTpktPayload = 0xffff - headerSize;

export function tpkt(payload: Uint8Array): Buffer {
  if (payload.length > maxTpktPayload) throw new RangeError(`A TPKT of ${payload.length} octets.`);
  const bytes = Buffer.allocUnsafe(headerSize + payload.length);
  bytes[0] = 3;
  bytes[1] = 0;
  bytes.writeUInt16BE(bytes.length, 2);
  bytes.set(payload, headerSize);
  return bytes;
}

export class TpktFramer {
  readonly #header = Buffer.alloc(headerSize);
  #headerFilled = 0;
  #body: Buffer | undefined;
  #bodyFilled = 0;

  /** @throws ProtocolError when these are not TPKT packets; nothing after that can be understood */
  *push(chunk: Buffer): Generator<Buffer> {
    let at = 0;
    while (at < chunk.length) {
      if (!this.#body) {
        const taken = Math.min(headerSize - this.#headerFilled, chunk.length - at);
        chunk.copy(this.#header, this.#headerFilled, at, at + taken);
        this.#headerFilled += taken;
        at += taken;
        if (this.#headerFilled < headerSize) return;
        const length = payloadLength(this.#header);
        if (chunk.length - at >= length) {
          this.#headerFilled = 0;
          at += length;
          yield chunk.subarray(at - length, at);
          continue;
        }
        this.#body = Buffer.allocUnsafe(length);
        this.#bodyFilled = 0;
      }
      const taken = Math.min(this.#body.length - this.#bodyFilled, chunk.length - at);
      chunk.copy(this.#body, this.#bodyFilled, at, at + taken);
      this.#bodyFilled += taken;
      at += taken;
      if (this.#bodyFilled < this.#body.length) return;
      const whole = this.#body;
      this.#body = undefined;
      this.#headerFilled = 0;
      yield whole;
    }
  }
}

function payloadLength(header: Buffer): number {
  if (header[0] !== 3) throw new ProtocolError('tpkt', `version ${header[0]} where 3 belongs`);
  const length = header.readUInt16BE(2);
  // RFC 1006, 6: the smallest TPDU has three octets.
  if (length < headerSize + 3) throw new ProtocolError('tpkt', `a length of ${length}`);
  return length - headerSize;
}
