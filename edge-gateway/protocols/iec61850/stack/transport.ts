/**
 * The ISO transport service on a byte channel: TPKT and COTP class 0 for both roles. Gives whole TSDUs up and takes them
 * down; what a peer breaks ends the channel, and the error says which layer it was.
 */
import type { ByteChannel } from '../../transport/byte-channel.ts';
import { Reassembly, segment } from '../cotp/segmentation.ts';
import { decodeTpdu, encodeConnection, encodeDisconnect, type Tpdu } from '../cotp/tpdu.ts';
import { AssociationRefusedError, Iec61850Error, ProtocolError } from '../errors.ts';
import { TpktFramer, tpkt } from '../tpkt.ts';

export interface TransportSettings {
  callingTsel: Buffer;
  calledTsel: Buffer;
  /** Octets of a TPDU that we propose, or accept at most. */
  tpduSize: number;
  /** Largest TSDU that is put together. */
  maxTsduSize: number;
}

export interface TransportListener {
  connected(): void;
  tsdu(bytes: Buffer): void;
  closed(error: Error | undefined): void;
}

export class IsoTransport {
  readonly #channel: ByteChannel;
  readonly #settings: TransportSettings;
  readonly #framer = new TpktFramer();
  readonly #reassembly: Reassembly;
  readonly #role: 'initiator' | 'acceptor';
  #listener: TransportListener | undefined;
  #state: 'waiting' | 'connected' | 'closed' = 'waiting';
  #tpduSize: number;
  #failure: Error | undefined;
  bytesIn = 0;
  bytesOut = 0;

  constructor(channel: ByteChannel, role: 'initiator' | 'acceptor', settings: TransportSettings) {
    this.#channel = channel;
    this.#role = role;
    this.#settings = settings;
    this.#tpduSize = settings.tpduSize;
    this.#reassembly = new Reassembly(settings.maxTsduSize);
  }

  get isOpen(): boolean {
    return this.#state === 'connected' && this.#channel.isOpen;
  }

  start(listener: TransportListener): void {
    this.#listener = listener;
    this.#channel.onData((chunk) => this.#receive(chunk));
    this.#channel.onClose((error) => this.#closed(this.#failure ?? error));
    if (this.#role === 'initiator') {
      const { callingTsel, calledTsel, tpduSize } = this.#settings;
      this.#write([
        encodeConnection({
          kind: 'connection-request',
          destinationReference: 0,
          sourceReference: 1,
          tpduSize,
          callingTsel,
          calledTsel,
        }),
      ]);
    }
  }

  /** The promise resolves when the bytes are with the operating system, for whoever must not outrun the line. */
  send(tsdu: Buffer): Promise<void> {
    return this.#write(segment(tsdu, this.#tpduSize));
  }

  /** Ends the connection; TPKT has no orderly end but that of TCP. */
  close(error?: Error): void {
    this.#failure ??= error;
    this.#channel.close();
    this.#closed(this.#failure);
  }

  #write(tpdus: Buffer[]): Promise<void> {
    const bytes = Buffer.concat(tpdus.map(tpkt));
    this.bytesOut += bytes.length;
    const written = this.#channel.write(bytes);
    // A line that ends is told through `closed`, once.
    written.catch(() => {});
    return written;
  }

  #receive(chunk: Buffer): void {
    this.bytesIn += chunk.length;
    try {
      for (const packet of this.#framer.push(chunk)) {
        if (this.#state === 'closed') return;
        this.#tpdu(decodeTpdu(packet));
      }
    } catch (error) {
      // An error within our own listener would be a fault of ours, and is not hidden as one of the peer.
      if (!(error instanceof Iec61850Error)) throw error;
      this.close(error);
    }
  }

  #tpdu(tpdu: Tpdu): void {
    if (tpdu.kind === 'disconnect') {
      const error = new AssociationRefusedError('cotp', `disconnect, reason ${tpdu.reason}`);
      this.close(this.#state === 'waiting' ? error : undefined);
      return;
    }
    if (tpdu.kind === 'error') throw new ProtocolError('cotp', `the peer reports error ${tpdu.cause}`);
    if (this.#state === 'connected') {
      if (tpdu.kind !== 'data') throw new ProtocolError('cotp', `${tpdu.kind} on an open connection`);
      const tsdu = this.#reassembly.push(tpdu.payload, tpdu.isLast);
      if (tsdu) this.#listener?.tsdu(tsdu);
      return;
    }
    if (tpdu.kind !== (this.#role === 'initiator' ? 'connection-confirm' : 'connection-request')) {
      throw new ProtocolError('cotp', `${tpdu.kind} before the connection is open`);
    }
    // Without the parameter the default of ISO 8073 holds: 128 octets.
    this.#tpduSize = Math.min(this.#settings.tpduSize, tpdu.tpduSize ?? 128);
    if (this.#role === 'acceptor') {
      if (tpdu.destinationReference !== 0) {
        this.#write([encodeDisconnect(tpdu.sourceReference, 0, 0)]);
        throw new ProtocolError('cotp', 'a connection request with a destination reference');
      }
      this.#write([
        encodeConnection({
          ...tpdu,
          kind: 'connection-confirm',
          destinationReference: tpdu.sourceReference,
          sourceReference: 1,
          tpduSize: tpdu.tpduSize === undefined ? undefined : this.#tpduSize,
        }),
      ]);
    }
    this.#state = 'connected';
    this.#listener?.connected();
  }

  #closed(error: Error | undefined): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#listener?.closed(error);
  }
}
