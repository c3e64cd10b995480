/**
 * Frames on a serial line: address, PDU, CRC (MODBUS over Serial Line V1.02, section 2.5.1). Nothing marks where a frame
 * ends but a pause of 3.5 characters, which no operating system passes on faithfully; so the end follows from function
 * and counts, and the CRC decides. The pause is used only where they cannot tell.
 */
import type { Length } from '../pdu/function-codec.ts';
import { crc16 } from './crc16.ts';

/** Section 2.5.1: 256 bytes. */
const maxFrameLength = 256;

export interface RtuFrame {
  unit: number;
  /** A copy: it outlives the reader's buffer. */
  pdu: Buffer;
}

export function encodeRtu(unit: number, pdu: Buffer): Buffer {
  const frame = Buffer.allocUnsafe(pdu.length + 3);
  frame[0] = unit;
  pdu.copy(frame, 1);
  frame.writeUInt16LE(crc16(frame, 0, pdu.length + 1), pdu.length + 1);
  return frame;
}

/**
 * Section 2.5.1.1: 3.5 characters of 11 bits between frames, and a fixed 1.75 ms above 19,200 baud.
 * @returns milliseconds
 */
export function silentIntervalMs(baudRate: number): number {
  return baudRate > 19_200 ? 1.75 : (3.5 * 11 * 1000) / baudRate;
}

/** Finds frames in what a line delivers, however it is cut, and past any noise. */
export class RtuReader {
  readonly #lengthOf: (pdu: Buffer) => Length;
  readonly #isExpected: (unit: number, functionCode: number) => boolean;
  #bytes: Buffer = Buffer.alloc(0);
  /** Bytes that belonged to no frame, since start. */
  skipped = 0;
  /** Complete frames whose CRC was wrong, since start. */
  crcErrors = 0;

  constructor(lengthOf: (pdu: Buffer) => Length, isExpected: (unit: number, functionCode: number) => boolean) {
    this.#lengthOf = lengthOf;
    this.#isExpected = isExpected;
  }

  get isEmpty(): boolean {
    return this.#bytes.length === 0;
  }

  clear(): void {
    this.skipped += this.#bytes.length;
    this.#bytes = Buffer.alloc(0);
  }

  push(chunk: Buffer): RtuFrame[] {
    this.#bytes = this.isEmpty ? chunk : Buffer.concat([this.#bytes, chunk]);
    return this.#take(false);
  }

  /** The line has paused: what is there is a whole frame or nothing. */
  silence(): RtuFrame[] {
    const frames = this.#take(true);
    this.clear();
    return frames;
  }

  #take(isSilent: boolean): RtuFrame[] {
    const frames: RtuFrame[] = [];
    let offset = 0;
    while (this.#bytes.length - offset >= 4) {
      const length = this.#frameLength(offset, isSilent);
      if (length === undefined) break;
      if (length > 0) {
        frames.push({
          unit: this.#bytes[offset]!,
          pdu: Buffer.from(this.#bytes.subarray(offset + 1, offset + length - 2)),
        });
        offset += length;
      } else {
        this.skipped += 1;
        offset += 1;
      }
    }
    this.#bytes = offset === 0 ? this.#bytes : Buffer.from(this.#bytes.subarray(offset));
    return frames;
  }

  /** Length of the frame at `offset`; 0 where none begins, undefined where more bytes must come. */
  #frameLength(offset: number, isSilent: boolean): number | undefined {
    const bytes = this.#bytes;
    if (!this.#isExpected(bytes[offset]!, bytes[offset + 1]!)) return 0;
    const pduLength = this.#lengthOf(bytes.subarray(offset + 1));
    if (pduLength === 'silence') {
      if (!isSilent) return bytes.length - offset > maxFrameLength ? 0 : undefined;
      return isCrcRight(bytes, offset, bytes.length) ? bytes.length - offset : 0;
    }
    if (pduLength === undefined) return isSilent ? 0 : undefined;
    const end = offset + pduLength + 3;
    if (pduLength + 3 > maxFrameLength) return 0;
    if (end > bytes.length) return isSilent ? 0 : undefined;
    if (isCrcRight(bytes, offset, end)) return end - offset;
    this.crcErrors += 1;
    return 0;
  }
}

function isCrcRight(bytes: Buffer, start: number, end: number): boolean {
  return end - start >= 4 && bytes.readUInt16LE(end - 2) === crc16(bytes, start, end - 2);
}
