/**
 * One open line with the stations on it: frames find their session by addresses, and all sessions share its order of
 * writing. Several outstations on one line (multi-drop) are several sessions here.
 */
import type { ByteChannel } from '../../transport/byte-channel.ts';
import { isBroadcast, type LinkFrame, selfAddress } from './frame.ts';
import { FrameParser, type ParserStatistics } from './frame-parser.ts';
import type { LinkSession } from './link-session.ts';

export interface LineStatistics extends ParserStatistics {
  framesSent: number;
  octetsSent: number;
  octetsReceived: number;
  /** For other stations, or from unknown ones. */
  framesUnrouted: number;
}

export class LinkLine {
  readonly #channel: ByteChannel;
  readonly #parser = new FrameParser();
  readonly #sessions: LinkSession[] = [];
  readonly #counts = { framesSent: 0, octetsSent: 0, octetsReceived: 0, framesUnrouted: 0 };

  constructor(channel: ByteChannel, onClosed?: (error: Error | undefined) => void) {
    this.#channel = channel;
    channel.onData((chunk) => {
      this.#counts.octetsReceived += chunk.length;
      this.#parser.push(chunk, (frame) => this.#route(frame));
    });
    channel.onClose((error) => {
      for (const session of this.#sessions) session.close();
      onClosed?.(error);
    });
  }

  get isOpen(): boolean {
    return this.#channel.isOpen;
  }

  get name(): string {
    return this.#channel.name;
  }

  get statistics(): LineStatistics {
    return { ...this.#parser.statistics, ...this.#counts };
  }

  add(session: LinkSession): void {
    this.#sessions.push(session);
  }

  async write(bytes: Uint8Array, frames = 1): Promise<void> {
    this.#counts.framesSent += frames;
    this.#counts.octetsSent += bytes.length;
    await this.#channel.write(bytes);
  }

  close(): void {
    this.#channel.close();
  }

  #route(frame: LinkFrame): void {
    let isTaken = false;
    for (const session of this.#sessions) {
      if (session.isMaster === frame.fromMaster || session.remoteAddress !== frame.source) continue;
      const isOurs =
        frame.destination === session.localAddress ||
        (!session.isMaster && isBroadcast(frame.destination)) ||
        (session.acceptsSelfAddress && frame.destination === selfAddress);
      if (!isOurs) continue;
      isTaken = true;
      session.receive(frame);
    }
    if (!isTaken) this.#counts.framesUnrouted += 1;
  }
}
