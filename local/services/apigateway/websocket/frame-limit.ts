/**
 * Watches the bytes a client sends for a frame above the quota. The WebSocket library limits messages, not
 * frames, so the frame headers are read a second time here (RFC 6455, section 5.2):
 *
 *   byte 0: FIN, RSV, opcode · byte 1: MASK, length (7 bits) · 2 or 8 more length bytes · 4 mask bytes · payload
 */

const MASK_BYTES = 4;

/** Feed it every chunk in order; it returns the payload length of an oversized frame the moment its header is complete. */
export class FrameWatch {
  readonly #maxPayloadBytes: number;
  #header = Buffer.alloc(0);
  /** Mask and payload bytes of the current frame that are still to come. */
  #skip = 0;

  constructor(maxPayloadBytes: number) {
    this.#maxPayloadBytes = maxPayloadBytes;
  }

  oversized(chunk: Buffer): number | undefined {
    let at = 0;
    while (at < chunk.length) {
      if (this.#skip > 0) {
        const skipped = Math.min(this.#skip, chunk.length - at);
        this.#skip -= skipped;
        at += skipped;
        continue;
      }
      const header = this.#header.length > 0 ? Buffer.concat([this.#header, chunk.subarray(at)]) : chunk.subarray(at);
      const length = payloadLength(header);
      if (length === undefined) {
        this.#header = Buffer.from(header);
        return undefined;
      }
      if (length.bytes > this.#maxPayloadBytes) return length.bytes;
      at += length.headerBytes - this.#header.length;
      this.#header = Buffer.alloc(0);
      this.#skip = MASK_BYTES + length.bytes;
    }
    return undefined;
  }
}

/** Undefined when the header is not complete yet. */
function payloadLength(header: Buffer): { bytes: number; headerBytes: number } | undefined {
  if (header.length < 2) return undefined;
  const short = header[1]! & 0x7f;
  if (short < 126) return { bytes: short, headerBytes: 2 };
  if (short === 126) return header.length < 4 ? undefined : { bytes: header.readUInt16BE(2), headerBytes: 4 };
  return header.length < 10 ? undefined : { bytes: Number(header.readBigUInt64BE(2)), headerBytes: 10 };
}
