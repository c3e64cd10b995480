/** An outstation on loopback for tests of the driver: comes, goes, refuses and falls silent on demand. */
import {
  commandStatus,
  Outstation,
  type PointDefinition,
  type ReceivedCommand,
} from '../../../protocols/dnp3/index.ts';
import { type ByteChannel, type Listener, listen } from '../../../protocols/transport/byte-channel.ts';

export class LoopbackOutstation {
  readonly outstation: Outstation;
  readonly taken: ReceivedCommand[] = [];
  isRefusing = false;
  /** Acts on the next operate, and then says nothing more. */
  swallows = false;
  #port = 0;
  #listener: Listener | undefined;
  readonly #lines = new Set<ByteChannel>();

  constructor(points: readonly PointDefinition[], address = 10) {
    const status = (): number => (this.isRefusing ? commandStatus.LOCAL : commandStatus.SUCCESS);
    this.outstation = new Outstation(
      { address, points },
      {
        select: status,
        operate: (command) => {
          if (this.isRefusing) return status();
          this.taken.push(command);
          if (this.swallows) throw new Error('silent');
          return status();
        },
      },
    );
  }

  get port(): number {
    return this.#port;
  }

  get openLines(): number {
    return this.#lines.size;
  }

  async listen(): Promise<this> {
    this.#listener = await listen({ port: this.#port }, (channel) => {
      this.#lines.add(channel);
      this.outstation.attach({
        ...channelOf(channel),
        onClose: (listener) =>
          channel.onClose((error) => {
            this.#lines.delete(channel);
            listener(error);
          }),
      });
    });
    this.#port = this.#listener.port;
    return this;
  }

  async close(): Promise<void> {
    await this.#listener?.close();
    this.#listener = undefined;
    this.outstation.detach();
  }
}

/** Spread would read `isOpen` once and for all. */
const channelOf = (channel: ByteChannel): ByteChannel => ({
  name: channel.name,
  get isOpen() {
    return channel.isOpen;
  },
  write: (bytes) => channel.write(bytes),
  onData: (listener) => channel.onData(listener),
  onClose: (listener) => channel.onClose(listener),
  close: () => channel.close(),
});
