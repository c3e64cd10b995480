/** A line within the process for tests: two byte channels end to end, with chunks, noise, loss and cuts at will. */
import type { ByteChannel } from '../../transport/byte-channel.ts';

export interface LineFaults {
  /** Changes what arrives: cut up, repeated, dropped, held back. */
  deliver?(chunk: Buffer): Buffer[];
}

class MemoryEnd implements ByteChannel {
  readonly name: string;
  readonly #faults: LineFaults;
  peer: MemoryEnd | undefined;
  isOpen = true;
  #data: ((chunk: Buffer) => void) | undefined;
  #closed: ((error: Error | undefined) => void) | undefined;
  readonly sent: Buffer[] = [];

  constructor(name: string, faults: LineFaults) {
    this.name = name;
    this.#faults = faults;
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (!this.isOpen) throw new Error(`${this.name} is closed.`);
    const chunk = Buffer.from(bytes);
    this.sent.push(chunk);
    const parts = this.#faults.deliver ? this.#faults.deliver(chunk) : [chunk];
    for (const part of parts) queueMicrotask(() => this.peer?.arrive(part));
  }

  arrive(chunk: Buffer): void {
    if (this.isOpen) this.#data?.(chunk);
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
    this.peer?.close();
  }
}

export type MemoryChannel = MemoryEnd;

/** Faults of an end concern what it sends. */
export function memoryLine(faults: { left?: LineFaults; right?: LineFaults } = {}): [MemoryChannel, MemoryChannel] {
  const left = new MemoryEnd('memory left', faults.left ?? {});
  const right = new MemoryEnd('memory right', faults.right ?? {});
  left.peer = right;
  right.peer = left;
  return [left, right];
}
