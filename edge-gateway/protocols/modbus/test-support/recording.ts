/** Exchanges with another implementation, recorded and replayed: what was right once is checked where that program is missing. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ByteChannel } from '../../transport/byte-channel.ts';

/** Bytes sent, and the bytes that answered, as hexadecimal text. */
export type Exchange = [sent: string, answered: string];

interface Recording {
  provenance: string;
  exchanges: Exchange[];
}

const fileOf = (name: string): string => join(import.meta.dirname, '../fixtures', `pymodbus-${name}.json`);

/** The same channel, with everything that passes noted. One request is under way at a time. */
export function recorded(channel: ByteChannel, into: Exchange[]): ByteChannel {
  return {
    name: channel.name,
    get isOpen() {
      return channel.isOpen;
    },
    close: () => channel.close(),
    onClose: (listener) => channel.onClose(listener),
    write(bytes) {
      into.push([Buffer.from(bytes).toString('hex'), '']);
      return channel.write(bytes);
    },
    onData: (listener) =>
      channel.onData((chunk) => {
        into.at(-1)![1] += chunk.toString('hex');
        listener(chunk);
      }),
  };
}

export function saveRecording(name: string, exchanges: Exchange[]): void {
  const provenance =
    'our client and the server of pymodbus 3.0.0rc1 (Debian python3-pymodbus 3.0.0-7), test-support/pymodbus_server.py';
  writeFileSync(fileOf(name), `${JSON.stringify({ provenance, exchanges }, undefined, 2)}\n`);
}

export const loadRecording = (name: string): Recording => JSON.parse(readFileSync(fileOf(name), 'utf8'));

/** A line that answers recorded bytes, and fails where other bytes are sent than were then. */
export class ReplayLine implements ByteChannel {
  readonly name = 'replay';
  readonly isOpen = true;
  readonly #exchanges: Exchange[];
  #data: (chunk: Buffer) => void = () => {};

  constructor(exchanges: readonly Exchange[]) {
    this.#exchanges = [...exchanges];
  }

  get remaining(): number {
    return this.#exchanges.length;
  }

  async write(bytes: Uint8Array): Promise<void> {
    const [sent, answered] = this.#exchanges.shift() ?? ['nothing more', ''];
    const text = Buffer.from(bytes).toString('hex');
    if (text !== sent) throw new Error(`Sent ${text} where the recording has ${sent}.`);
    setImmediate(() => this.#data(Buffer.from(answered, 'hex')));
  }

  onData(listener: (chunk: Buffer) => void): void {
    this.#data = listener;
  }

  onClose(): void {}

  close(): void {}
}
