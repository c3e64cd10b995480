/**
 * Requests and responses with one outstation: sequence numbers, fragments in order, confirmations and time-outs
 * (IEEE 1815-2012, clause 4.4). Fragments are worked off one after another, so that order holds however long the
 * receiver of the data takes; a confirmation leaves only once it has taken them.
 */
import { type Fragment, readFragment } from '../application/fragment.ts';
import { type FragmentHeader, nextSequence, readFragmentHeader } from '../application/fragment-header.ts';
import { confirmFragment, requestFragment } from '../application/fragment-writer.ts';
import { functionCode, functionName } from '../application/function-codes.ts';
import type { Clock, Timer } from '../clock.ts';
import { Dnp3Error, messageOf } from '../errors.ts';
import type { SendOptions } from '../link/link-session.ts';
import type { StationLink } from '../station-link.ts';

export interface ExchangeListener {
  /** Data of a response; the confirmation waits for it. */
  data(fragment: Fragment, source: 'solicited' | 'unsolicited'): void | Promise<void>;
  /** An unsolicited response could not be taken; it is not confirmed. */
  refused(reason: string): void;
  /** Every response, before its data. */
  heard(header: FragmentHeader): void;
}

export interface Response {
  indications: number;
  /** Fragments of the answer, unless they were given away by `onFragment`. */
  fragments: Fragment[];
  /** Wall clock when the request was handed to the line. */
  sentAtMs: number;
  /** From handing over the request to its first response fragment, by the monotonic clock. */
  roundTripMs: number;
}

export interface RequestOptions {
  timeoutMs: number;
  /** Hand fragments to the listener as data (polls) or keep them (everything else). */
  isPoll?: boolean;
  /** Asked at the last moment before octets leave; `false` ends the request with `expired`. */
  mayLeave?: (() => boolean) | undefined;
}

interface Pending {
  code: number;
  sequence: number;
  isFirst: boolean;
  isBeingRead: boolean;
  isPoll: boolean;
  timeoutMs: number;
  timer: Timer | undefined;
  startedAt: number;
  response: Response;
  resolve(response: Response): void;
  reject(error: Error): void;
}

/** More responses than this waiting to be read means a peer that does not wait for confirmations. */
const longestInbox = 32;

export class Exchange {
  readonly #clock: Clock;
  readonly #listener: ExchangeListener;
  #link: StationLink | undefined;
  #sequence = 0;
  #pending: Pending | undefined;
  #inbox: Promise<void> = Promise.resolve();
  #inboxLength = 0;
  #lastUnsolicited: { sequence: number; body: Buffer } | undefined;
  readonly statistics = { requests: 0, timeouts: 0, unexpectedResponses: 0, malformed: 0, repeatedUnsolicited: 0 };

  constructor(clock: Clock, listener: ExchangeListener) {
    this.#clock = clock;
    this.#listener = listener;
  }

  open(link: StationLink): void {
    this.#link = link;
  }

  close(reason: Dnp3Error): void {
    this.#link?.close();
    this.#link = undefined;
    this.#settle(this.#pending, reason);
  }

  get isOpen(): boolean {
    return this.#link !== undefined;
  }

  /** After a restart the outstation counts anew, so an equal first response is not a repeated one. */
  forgetUnsolicited(): void {
    this.#lastUnsolicited = undefined;
  }

  /** Sends a request and gathers its answer. One at a time: the channel's queue sees to it. */
  request(code: number, body: Uint8Array, options: RequestOptions): Promise<Response> {
    const link = this.#link;
    if (!link) return Promise.reject(new Dnp3Error('line_down', 'The line is not open.'));
    this.#sequence = nextSequence(this.#sequence);
    this.statistics.requests += 1;
    return new Promise<Response>((resolve, reject) => {
      const startedAt = this.#clock.monotonicMs();
      const pending: Pending = {
        code,
        sequence: this.#sequence,
        isFirst: true,
        isBeingRead: false,
        isPoll: options.isPoll ?? false,
        timeoutMs: options.timeoutMs,
        timer: undefined,
        startedAt,
        response: { indications: 0, fragments: [], sentAtMs: this.#clock.now(), roundTripMs: 0 },
        resolve,
        reject,
      };
      this.#pending = pending;
      this.#restartTimer(pending);
      link
        .send(requestFragment(code, this.#sequence, body), options.mayLeave && { mayLeave: options.mayLeave })
        .catch((error: unknown) => this.#settle(pending, asLineError(error)));
    });
  }

  /** Sends a request that is never answered. */
  async send(code: number, body: Uint8Array, options?: SendOptions): Promise<void> {
    if (!this.#link) throw new Dnp3Error('line_down', 'The line is not open.');
    this.#sequence = nextSequence(this.#sequence);
    this.statistics.requests += 1;
    await this.#link.send(requestFragment(code, this.#sequence, body), options);
  }

  receive(octets: Buffer): void {
    let header: FragmentHeader;
    try {
      header = readFragmentHeader(octets);
    } catch {
      this.statistics.malformed += 1;
      return;
    }
    const link = this.#link;
    if (!link) return;
    if (header.functionCode === functionCode.unsolicitedResponse && header.isUnsolicited) {
      this.#enqueue(() => this.#readUnsolicited(octets, link));
      return;
    }
    const pending = this.#pending;
    const isAwaited =
      header.functionCode === functionCode.response &&
      !header.isUnsolicited &&
      pending !== undefined &&
      !pending.isBeingRead &&
      header.sequence === pending.sequence &&
      header.isFirst === pending.isFirst;
    if (!isAwaited) {
      // Late, repeated or from nowhere. Its events stay with the outstation, since nobody confirms them.
      this.statistics.unexpectedResponses += 1;
      return;
    }
    pending.timer?.cancel();
    pending.isBeingRead = true;
    if (pending.isFirst) pending.response.roundTripMs = this.#clock.monotonicMs() - pending.startedAt;
    this.#enqueue(() => this.#readSolicited(pending, octets, link));
  }

  #enqueue(work: () => Promise<void>): void {
    if (this.#inboxLength >= longestInbox) {
      this.statistics.unexpectedResponses += 1;
      return;
    }
    this.#inboxLength += 1;
    this.#inbox = this.#inbox.then(work).finally(() => {
      this.#inboxLength -= 1;
    });
  }

  async #readSolicited(pending: Pending, octets: Buffer, link: StationLink): Promise<void> {
    try {
      const fragment = this.#parse(octets);
      const { header } = fragment;
      pending.response.indications = header.indications;
      this.#listener.heard(header);
      if (pending.isPoll) await this.#listener.data(fragment, 'solicited');
      else pending.response.fragments.push(fragment);
      if (!header.isFinal) this.#expectNext(pending);
      if (header.wantsConfirm) await link.send(confirmFragment(header.sequence, false));
      if (header.isFinal) this.#settle(pending);
    } catch (error) {
      this.#settle(pending, error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** Before the confirmation leaves: the next fragment may be here before we know that it left. */
  #expectNext(pending: Pending): void {
    pending.sequence = nextSequence(pending.sequence);
    pending.isFirst = false;
    pending.isBeingRead = false;
    if (this.#pending === pending) this.#restartTimer(pending);
  }

  async #readUnsolicited(octets: Buffer, link: StationLink): Promise<void> {
    try {
      const fragment = this.#parse(octets);
      const { header, body } = fragment;
      const last = this.#lastUnsolicited;
      const isRepeated = last?.sequence === header.sequence && last.body.equals(body);
      this.#listener.heard(header);
      if (isRepeated) this.statistics.repeatedUnsolicited += 1;
      else await this.#listener.data(fragment, 'unsolicited');
      this.#lastUnsolicited = { sequence: header.sequence, body };
      if (header.wantsConfirm) await link.send(confirmFragment(header.sequence, true));
    } catch (error) {
      // Not confirmed, so the outstation keeps the events and tells them again.
      this.#listener.refused(messageOf(error));
    }
  }

  #parse(octets: Buffer): Fragment {
    const fragment = readFragment(octets);
    if (fragment.problem) {
      this.statistics.malformed += 1;
      throw fragment.problem;
    }
    return fragment;
  }

  #restartTimer(pending: Pending): void {
    pending.timer = this.#clock.setTimer(() => {
      this.statistics.timeouts += 1;
      this.#settle(
        pending,
        new Dnp3Error('timeout', `No answer to ${functionName(pending.code)} within ${pending.timeoutMs} ms.`),
      );
    }, pending.timeoutMs);
  }

  #settle(pending: Pending | undefined, error?: Error): void {
    if (!pending) return;
    pending.timer?.cancel();
    if (this.#pending === pending) this.#pending = undefined;
    if (error) pending.reject(error);
    else pending.resolve(pending.response);
  }
}

const asLineError = (error: unknown): Error =>
  error instanceof Dnp3Error
    ? error
    : new Dnp3Error('line_down', error instanceof Error ? error.message : String(error), { cause: error });
