/**
 * The data link between two stations on a line (IEEE 1815-2012, clause 9.2.6): user data with or without confirmation,
 * frame count bits in both directions, link status and keep-alive.
 */
import type { Clock, Timer } from '../clock.ts';
import { Dnp3Error } from '../errors.ts';
import {
  encodeFrame,
  type FrameToSend,
  isBroadcast,
  type LinkFrame,
  primaryFunction as primary,
  secondaryFunction as secondary,
} from './frame.ts';
import type { LinkLine } from './link-line.ts';

export interface LinkSettings {
  localAddress: number;
  remoteAddress: number;
  isMaster: boolean;
  /** Ask for a link confirmation of every frame. IEEE 1815 recommends it for no line; some serial radios want it. @default false */
  confirmsUserData?: boolean;
  /** How long to wait for a link answer. @default 1000 */
  linkTimeoutMs?: number;
  /** How often a confirmed frame is sent again. @default 2 */
  linkRetries?: number;
  /** After so much silence the link's status is asked for. @default 60000; 0 is never */
  keepAliveMs?: number;
  /** Outstations only: answer to address 0xFFFC. @default false */
  acceptsSelfAddress?: boolean;
}

export interface LinkListener {
  /** One transport segment; `broadcast` is the address it was sent to, if it was one. */
  segment(octets: Buffer, broadcast: number | undefined): void;
  /** Nobody answered a request for the link's status. */
  silent(): void;
}

export interface SendOptions {
  destination?: number;
  /** Asked whenever octets are about to leave, also by a link retry. */
  mayLeave?: () => boolean;
}

const always = (): boolean => true;
const expired = (): Dnp3Error => new Dnp3Error('expired', 'It expired before it could be sent.');

export class LinkSession {
  readonly localAddress: number;
  readonly remoteAddress: number;
  readonly isMaster: boolean;
  readonly acceptsSelfAddress: boolean;
  readonly #settings: LinkSettings;
  readonly #line: LinkLine;
  readonly #clock: Clock;
  readonly #listener: LinkListener;
  readonly #timeoutMs: number;
  readonly #keepAliveMs: number;
  #isClosed = false;
  #sending: Promise<unknown> = Promise.resolve();
  #answered: ((frame: LinkFrame | undefined) => void) | undefined;
  #remoteIsReset = false;
  #frameCountBit = true;
  /** The count bit the other side's next confirmed frame must have; undefined until it resets the link. */
  #expectedCountBit: boolean | undefined;
  #keepAlive: Timer | undefined;

  constructor(line: LinkLine, clock: Clock, settings: LinkSettings, listener: LinkListener) {
    this.localAddress = settings.localAddress;
    this.remoteAddress = settings.remoteAddress;
    this.isMaster = settings.isMaster;
    this.acceptsSelfAddress = settings.acceptsSelfAddress ?? false;
    this.#settings = settings;
    this.#line = line;
    this.#clock = clock;
    this.#listener = listener;
    this.#timeoutMs = settings.linkTimeoutMs ?? 1_000;
    this.#keepAliveMs = settings.keepAliveMs ?? 60_000;
    line.add(this);
    this.#restartKeepAlive();
  }

  /**
   * Sends segments in order.
   * @throws Dnp3Error `timeout` when a confirmation is wanted and none comes; `expired` when they may not leave any more
   */
  send(segments: readonly Uint8Array[], options: SendOptions = {}): Promise<void> {
    const { destination = this.remoteAddress, mayLeave = always } = options;
    // A broadcast cannot be confirmed: who would answer?
    const isConfirmed = (this.#settings.confirmsUserData ?? false) && !isBroadcast(destination);
    return this.#inTurn(() =>
      isConfirmed ? this.#sendConfirmed(segments, mayLeave) : this.#sendUnconfirmed(segments, destination, mayLeave),
    );
  }

  /** One primary frame at a time waits for its answer. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#sending.then(work);
    this.#sending = done.catch(() => {});
    return done;
  }

  close(): void {
    this.#isClosed = true;
    this.#keepAlive?.cancel();
    this.#answered?.(undefined);
  }

  /** Asks whether the other station is there. */
  testLink(): Promise<boolean> {
    return this.#inTurn(async () => {
      await this.#write({ isPrimary: true, functionCode: primary.requestLinkStatus });
      return (await this.#answer()) !== undefined;
    });
  }

  receive(frame: LinkFrame): void {
    if (this.#isClosed) return;
    this.#restartKeepAlive();
    const broadcast = isBroadcast(frame.destination) ? frame.destination : undefined;
    if (!frame.isPrimary) this.#answered?.(frame);
    else if (frame.functionCode === primary.unconfirmedUserData) this.#listener.segment(frame.userData, broadcast);
    else if (broadcast === undefined) this.#serve(frame);
  }

  /** What a secondary station answers (tables 9-1 and 9-2, and the state table of 9.2.6.6). */
  #serve(frame: LinkFrame): void {
    switch (frame.functionCode) {
      case primary.resetLinkStates:
        this.#expectedCountBit = true;
        this.#reply(secondary.ack);
        break;
      case primary.requestLinkStatus:
        this.#reply(secondary.linkStatus);
        break;
      case primary.testLinkStates:
      case primary.confirmedUserData:
        this.#acceptCounted(frame);
        break;
      default:
        this.#reply(secondary.notSupported);
    }
  }

  #acceptCounted(frame: LinkFrame): void {
    if (this.#expectedCountBit === undefined) {
      this.#reply(secondary.nack);
      return;
    }
    // A frame with the wrong bit is one we had already: our confirmation got lost.
    const isNew = frame.frameCountBit === this.#expectedCountBit;
    if (isNew) this.#expectedCountBit = !this.#expectedCountBit;
    this.#reply(secondary.ack);
    if (isNew && frame.functionCode === primary.confirmedUserData) this.#listener.segment(frame.userData, undefined);
  }

  #reply(functionCode: number): void {
    this.#write({ isPrimary: false, functionCode }).catch(() => {});
  }

  #write(frame: Pick<FrameToSend, 'isPrimary' | 'functionCode' | 'frameCountBit' | 'frameCountValid' | 'userData'>) {
    return this.#line.write(encodeFrame({ ...this.#addresses(), ...frame }));
  }

  #addresses(destination = this.remoteAddress) {
    return { fromMaster: this.isMaster, destination, source: this.localAddress };
  }

  async #sendUnconfirmed(segments: readonly Uint8Array[], destination: number, mayLeave: () => boolean): Promise<void> {
    if (!mayLeave()) throw expired();
    const frames = segments.map((userData) =>
      encodeFrame({
        ...this.#addresses(destination),
        isPrimary: true,
        functionCode: primary.unconfirmedUserData,
        userData,
      }),
    );
    await this.#line.write(frames.length === 1 ? frames[0]! : Buffer.concat(frames), frames.length);
  }

  async #sendConfirmed(segments: readonly Uint8Array[], mayLeave: () => boolean): Promise<void> {
    for (const userData of segments) {
      const frame = { isPrimary: true, functionCode: primary.confirmedUserData, frameCountValid: true, userData };
      await this.#untilAcknowledged(mayLeave, async () => {
        if (!this.#remoteIsReset) await this.#resetRemote();
        if (!mayLeave()) throw expired();
        await this.#write({ ...frame, frameCountBit: this.#frameCountBit });
      });
      this.#frameCountBit = !this.#frameCountBit;
    }
  }

  async #resetRemote(): Promise<void> {
    await this.#write({ isPrimary: true, functionCode: primary.resetLinkStates });
    const answer = await this.#answer();
    if (answer?.functionCode !== secondary.ack) throw this.#noAnswer('resetting the link');
    this.#remoteIsReset = true;
    this.#frameCountBit = true;
  }

  async #untilAcknowledged(mayLeave: () => boolean, transmit: () => Promise<void>): Promise<void> {
    for (let attempt = 0; attempt <= (this.#settings.linkRetries ?? 2); attempt += 1) {
      const isLast = attempt === (this.#settings.linkRetries ?? 2);
      // The frame may have arrived already: that it is not repeated does not tell that it was not taken.
      if (attempt > 0 && !mayLeave()) break;
      try {
        await transmit();
      } catch (error) {
        if (isLast || this.#isClosed || !(error instanceof Dnp3Error) || error.code === 'expired') throw error;
        continue;
      }
      const answer = await this.#answer();
      if (this.#isClosed) break;
      if (answer?.functionCode === secondary.ack) return;
      // NACK asks for a reset; silence is repeated with the same bit, so that a lost confirmation does no harm.
      if (answer?.functionCode === secondary.nack) this.#remoteIsReset = false;
    }
    this.#remoteIsReset = false;
    throw this.#noAnswer('a confirmed frame');
  }

  #noAnswer(what: string): Dnp3Error {
    return this.#isClosed
      ? new Dnp3Error('line_down', `The line closed during ${what}.`)
      : new Dnp3Error('timeout', `Station ${this.remoteAddress} gave no link confirmation to ${what}.`);
  }

  /** The next secondary frame, or undefined after the time-out. */
  #answer(): Promise<LinkFrame | undefined> {
    if (this.#isClosed) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const timer = this.#clock.setTimer(() => this.#answered?.(undefined), this.#timeoutMs);
      this.#answered = (frame) => {
        timer.cancel();
        this.#answered = undefined;
        resolve(frame);
      };
    });
  }

  #restartKeepAlive(): void {
    this.#keepAlive?.cancel();
    if (this.#keepAliveMs <= 0) return;
    this.#keepAlive = this.#clock.setTimer(() => void this.#checkAlive(), this.#keepAliveMs);
  }

  async #checkAlive(): Promise<void> {
    const isThere = await this.testLink().catch(() => false);
    if (this.#isClosed) return;
    this.#restartKeepAlive();
    if (!isThere) this.#listener.silent();
  }
}
