/**
 * Finds frames in a stream of octets, however they are cut into chunks. Noise is skipped octet by octet until the start
 * octets and a header with a good CRC are found, so that one broken frame never costs the one behind it.
 */
import { crc16 } from './crc.ts';
import { frameOctets, headerOctets, isConsistent, type LinkFrame } from './frame.ts';

export interface ParserStatistics {
  frames: number;
  headerCrcErrors: number;
  bodyCrcErrors: number;
  invalidFrames: number;
  octetsSkipped: number;
}

export class FrameParser {
  // Room for the tail of one frame and a chunk behind it.
  #buffer = Buffer.allocUnsafe(4096);
  #start = 0;
  #end = 0;
  readonly statistics: ParserStatistics = {
    frames: 0,
    headerCrcErrors: 0,
    bodyCrcErrors: 0,
    invalidFrames: 0,
    octetsSkipped: 0,
  };

  /** Hands out every whole frame; user data are copies that may be kept. */
  push(chunk: Uint8Array, deliver: (frame: LinkFrame) => void): void {
    let from = 0;
    while (from < chunk.length) {
      this.#compact();
      const take = Math.min(chunk.length - from, this.#buffer.length - this.#end);
      this.#buffer.set(chunk.subarray(from, from + take), this.#end);
      this.#end += take;
      from += take;
      for (let frame = this.#next(); frame; frame = this.#next()) deliver(frame);
    }
  }

  /** Forgets half a frame, e.g. when a line was cut. */
  reset(): void {
    this.#start = 0;
    this.#end = 0;
  }

  #compact(): void {
    if (this.#start === 0) return;
    this.#buffer.copyWithin(0, this.#start, this.#end);
    this.#end -= this.#start;
    this.#start = 0;
  }

  #skip(octets: number): void {
    this.#start += octets;
    this.statistics.octetsSkipped += octets;
  }

  #next(): LinkFrame | undefined {
    for (;;) {
      if (!this.#findHeader()) return undefined;
      const total = frameOctets(this.#buffer[this.#start + 2]! - 5);
      const isWhole = this.#end - this.#start >= total;
      const frame = isWhole ? this.#readFrame(this.#start) : undefined;
      if (!frame) {
        if (!isWhole && this.#isSoundSoFar()) return undefined;
        this.statistics.bodyCrcErrors += 1;
        // Only the start octets are passed over: a frame may hide in what the broken length took for its body.
        this.#skip(2);
        continue;
      }
      this.#start += total;
      if (isConsistent(frame)) {
        this.statistics.frames += 1;
        return frame;
      }
      this.statistics.invalidFrames += 1;
    }
  }

  /** Moves to the next header with a good CRC; false when there is none yet. */
  #findHeader(): boolean {
    const buffer = this.#buffer;
    while (this.#end - this.#start >= 2) {
      const at = buffer.indexOf(0x05, this.#start);
      if (at < 0 || at >= this.#end) {
        this.#skip(this.#end - this.#start);
        return false;
      }
      this.#skip(at - this.#start);
      if (this.#end - at < 2) return false;
      if (buffer[at + 1] !== 0x64) {
        this.#skip(1);
        continue;
      }
      if (this.#end - at < headerOctets) return false;
      if (buffer[at + 2]! >= 5 && crc16(buffer, at, at + 8) === buffer.readUInt16LE(at + 8)) return true;
      this.statistics.headerCrcErrors += 1;
      this.#skip(2);
    }
    return false;
  }

  /** Block by block, so that a frame whose end got lost does not swallow the frames behind it while it waits. */
  #isSoundSoFar(): boolean {
    const last = this.#start + frameOctets(this.#buffer[this.#start + 2]! - 5);
    for (let from = this.#start + headerOctets; from + 18 <= this.#end && from + 18 <= last; from += 18)
      if (crc16(this.#buffer, from, from + 16) !== this.#buffer.readUInt16LE(from + 16)) return false;
    return true;
  }

  #readFrame(at: number): LinkFrame | undefined {
    const buffer = this.#buffer;
    const length = buffer[at + 2]! - 5;
    const userData = Buffer.allocUnsafe(length);
    let from = at + headerOctets;
    for (let done = 0; done < length; done += 16) {
      const size = Math.min(16, length - done);
      if (crc16(buffer, from, from + size) !== buffer.readUInt16LE(from + size)) return undefined;
      buffer.copy(userData, done, from, from + size);
      from += size + 2;
    }
    const control = buffer[at + 3]!;
    return {
      fromMaster: (control & 0x80) !== 0,
      isPrimary: (control & 0x40) !== 0,
      frameCountBit: (control & 0x20) !== 0,
      frameCountValid: (control & 0x10) !== 0,
      functionCode: control & 0x0f,
      destination: buffer.readUInt16LE(at + 4),
      source: buffer.readUInt16LE(at + 6),
      userData,
    };
  }
}
