/** A line whose other end is the test, and a clock that it turns: for what may happen between two bytes. */
import type { ByteChannel } from '../../transport/byte-channel.ts';
import type { Clock } from '../client/client.ts';

export class ScriptedLine implements ByteChannel {
  readonly name = 'scripted line';
  readonly written: Buffer[] = [];
  isOpen = true;
  #data: (chunk: Buffer) => void = () => {};
  #closed: (error: Error | undefined) => void = () => {};

  async write(bytes: Uint8Array): Promise<void> {
    if (!this.isOpen) throw new Error('closed');
    this.written.push(Buffer.from(bytes));
  }

  onData(listener: (chunk: Buffer) => void): void {
    this.#data = listener;
  }

  onClose(listener: (error: Error | undefined) => void): void {
    this.#closed = listener;
  }

  close(): void {
    this.cut();
  }

  /** Bytes arrive. */
  deliver(...chunks: (Buffer | string)[]): void {
    for (const chunk of chunks) this.#data(typeof chunk === 'string' ? Buffer.from(chunk, 'hex') : chunk);
  }

  /** The other end goes. */
  cut(error?: Error): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.#closed(error);
  }
}

export class TestClock implements Clock {
  #nowMs = 0;
  readonly #timers = new Set<{ atMs: number; callback: () => void }>();

  monotonicMs(): number {
    return this.#nowMs;
  }

  setTimer(callback: () => void, delayMs: number): { cancel(): void } {
    const timer = { atMs: this.#nowMs + delayMs, callback };
    this.#timers.add(timer);
    return { cancel: () => void this.#timers.delete(timer) };
  }

  get pending(): number {
    return this.#timers.size;
  }

  /** Promises get their turns before and after. */
  async advance(ms: number): Promise<void> {
    await turn();
    const endMs = this.#nowMs + ms;
    for (;;) {
      const next = [...this.#timers].filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs)[0];
      if (!next) break;
      this.#timers.delete(next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.callback();
      await turn();
    }
    this.#nowMs = endMs;
  }
}

export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
