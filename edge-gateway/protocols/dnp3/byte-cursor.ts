/** Bounded reading and writing of little-endian fields: octets that are missing or do not fit are errors, never zeros. */
import { malformed } from './errors.ts';

export class ByteReader {
  readonly #bytes: Buffer;
  position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get remaining(): number {
    return this.#bytes.length - this.position;
  }

  #advance(length: number): number {
    const at = this.position;
    if (length > this.#bytes.length - at) throw malformed(`${length} octets expected, ${this.remaining} left.`);
    this.position = at + length;
    return at;
  }

  u8 = (): number => this.#bytes[this.#advance(1)]!;
  u16 = (): number => this.#bytes.readUInt16LE(this.#advance(2));
  u32 = (): number => this.#bytes.readUInt32LE(this.#advance(4));
  u48 = (): number => this.#bytes.readUIntLE(this.#advance(6), 6);
  i16 = (): number => this.#bytes.readInt16LE(this.#advance(2));
  i32 = (): number => this.#bytes.readInt32LE(this.#advance(4));
  f32 = (): number => this.#bytes.readFloatLE(this.#advance(4));
  f64 = (): number => this.#bytes.readDoubleLE(this.#advance(8));

  /** A view, valid as long as the bytes under it are. */
  bytes(length: number): Buffer {
    const at = this.#advance(length);
    return this.#bytes.subarray(at, at + length);
  }

  /** 1, 2 or 4 octets. */
  unsigned(width: 1 | 2 | 4): number {
    return width === 1 ? this.u8() : width === 2 ? this.u16() : this.u32();
  }
}

/** Writes into one buffer of fixed capacity; ask `fits` before, since running over is a programming error. */
export class ByteWriter {
  readonly #bytes: Buffer;
  position = 0;

  constructor(capacity: number) {
    this.#bytes = Buffer.alloc(capacity);
  }

  get remaining(): number {
    return this.#bytes.length - this.position;
  }

  fits(length: number): boolean {
    return length <= this.remaining;
  }

  u8(value: number): void {
    this.position = this.#bytes.writeUInt8(value, this.position);
  }

  u16(value: number): void {
    this.position = this.#bytes.writeUInt16LE(value, this.position);
  }

  u32(value: number): void {
    this.position = this.#bytes.writeUInt32LE(value, this.position);
  }

  u48(value: number): void {
    this.position = this.#bytes.writeUIntLE(value, this.position, 6);
  }

  i16(value: number): void {
    this.position = this.#bytes.writeInt16LE(value, this.position);
  }

  i32(value: number): void {
    this.position = this.#bytes.writeInt32LE(value, this.position);
  }

  f32(value: number): void {
    this.position = this.#bytes.writeFloatLE(value, this.position);
  }

  f64(value: number): void {
    this.position = this.#bytes.writeDoubleLE(value, this.position);
  }

  raw(bytes: Uint8Array): void {
    if (!this.fits(bytes.length)) throw new RangeError(`${bytes.length} octets do not fit into ${this.remaining}.`);
    this.#bytes.set(bytes, this.position);
    this.position += bytes.length;
  }

  unsigned(width: 1 | 2 | 4, value: number): void {
    if (width === 1) this.u8(value);
    else if (width === 2) this.u16(value);
    else this.u32(value);
  }

  /** Sets octets written earlier, e.g. a count that is known only at the end. */
  patch(position: number, width: 1 | 2 | 4, value: number): void {
    this.#bytes.writeUIntLE(value, position, width);
  }

  /** What was written so far, as a view. */
  written(): Buffer {
    return this.#bytes.subarray(0, this.position);
  }
}
