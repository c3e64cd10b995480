/** Link session and transport function of one pair of stations: whole fragments go in and come out. */
import type { Clock } from './clock.ts';
import type { LinkLine } from './link/link-line.ts';
import { LinkSession, type LinkSettings, type SendOptions } from './link/link-session.ts';
import { Reassembler, Segmenter } from './transport-function/segments.ts';

export interface StationLinkListener {
  fragment(octets: Buffer, broadcast: number | undefined): void;
  silent(): void;
}

export class StationLink {
  readonly #session: LinkSession;
  readonly #segmenter = new Segmenter();
  readonly #addressed: Reassembler;
  // A broadcast between two segments of an addressed fragment must not disturb it.
  readonly #broadcast: Reassembler;

  constructor(
    line: LinkLine,
    clock: Clock,
    settings: LinkSettings & { maxReceivedOctets?: number },
    listener: StationLinkListener,
  ) {
    this.#addressed = new Reassembler(settings.maxReceivedOctets);
    this.#broadcast = new Reassembler(settings.maxReceivedOctets);
    this.#session = new LinkSession(line, clock, settings, {
      silent: () => listener.silent(),
      segment: (octets, broadcast) => {
        const fragment = (broadcast === undefined ? this.#addressed : this.#broadcast).push(octets);
        if (fragment) listener.fragment(fragment, broadcast);
      },
    });
  }

  send(fragment: Uint8Array, options?: SendOptions): Promise<void> {
    return this.#session.send(this.#segmenter.segments(fragment), options);
  }

  testLink(): Promise<boolean> {
    return this.#session.testLink();
  }

  close(): void {
    this.#session.close();
  }
}
