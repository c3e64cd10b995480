/**
 * A recorded exchange with another implementation, and a line that plays one side of it: what we write must be what was
 * written then, byte for byte, and what came then comes again.
 */
import type { ByteChannel } from '../../transport/byte-channel.ts';

/** What each side sent, in the order of the line; neighbours of one side are one. Hexadecimal. */
export type Exchange = ['client' | 'server', string][];

export class ExchangeChannel implements ByteChannel {
  readonly name = 'recorded exchange';
  readonly #own: 'client' | 'server';
  readonly #script: { side: 'client' | 'server'; bytes: Buffer }[];
  #written = Buffer.alloc(0);
  #data: ((chunk: Buffer) => void) | undefined;
  #closed: ((error: Error | undefined) => void) | undefined;
  isOpen = true;
  /** The first difference between what was written and what should have been. */
  difference: string | undefined;

  /** @param own the side that is under test; the other is played */
  constructor(exchange: Exchange, own: 'client' | 'server') {
    this.#own = own;
    this.#script = exchange.map(([side, hex]) => ({ side, bytes: Buffer.from(hex, 'hex') }));
    setImmediate(() => this.#play());
  }

  get isDone(): boolean {
    return this.#script.length === 0;
  }

  write(bytes: Uint8Array): Promise<void> {
    if (!this.isOpen) return Promise.reject(new Error('closed'));
    this.#written = Buffer.concat([this.#written, bytes]);
    this.#compare();
    return Promise.resolve();
  }

  onData(listener: (chunk: Buffer) => void): void {
    this.#data = listener;
  }

  onClose(listener: (error: Error | undefined) => void): void {
    this.#closed = listener;
  }

  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    queueMicrotask(() => this.#closed?.(undefined));
  }

  #compare(): void {
    while (this.#script[0]?.side === this.#own && this.#written.length > 0) {
      const expected = this.#script[0].bytes;
      const length = Math.min(expected.length, this.#written.length);
      if (!expected.subarray(0, length).equals(this.#written.subarray(0, length))) {
        this.#differs(expected);
        return;
      }
      this.#written = this.#written.subarray(length);
      this.#script[0].bytes = expected.subarray(length);
      if (length === expected.length) this.#script.shift();
    }
    if (this.#written.length > 0 && this.isDone) this.#differs(Buffer.alloc(0));
    setImmediate(() => this.#play());
  }

  #play(): void {
    while (this.isOpen && this.#script[0] && this.#script[0].side !== this.#own) {
      this.#data?.(this.#script.shift()!.bytes);
    }
    this.#compareLater();
  }

  /** What was written ahead of its turn is compared when its turn comes. */
  #compareLater(): void {
    if (this.#written.length > 0 && this.#script[0]?.side === this.#own) this.#compare();
  }

  #differs(expected: Buffer): void {
    this.difference ??= `expected ${expected.toString('hex') || 'nothing'}, was ${this.#written.toString('hex')}`;
    this.close();
  }
}
