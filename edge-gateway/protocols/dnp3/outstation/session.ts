/**
 * An outstation's side of the conversation: requests one after another, responses in fragments that go on when they are
 * confirmed, repeated requests answered again without being done again (IEEE 1815-2012, clause 4.4.2 and 4.4.3).
 */
import { type Fragment, readFragment } from '../application/fragment.ts';
import { type FragmentHeader, nextSequence, readFragmentHeader } from '../application/fragment-header.ts';
import { defaultMaxFragmentOctets, responseFragment } from '../application/fragment-writer.ts';
import { expectsResponse, functionCode, isResponse } from '../application/function-codes.ts';
import { type Indications, indication } from '../application/internal-indications.ts';
import type { Timer } from '../clock.ts';
import { broadcastAddress } from '../link/frame.ts';
import { commandStatus } from '../objects/command-status.ts';
import type { StationLink } from '../station-link.ts';
import { Controls, isCommandBlock, type OperateMode } from './control.ts';
import type { StoredEvent } from './event-buffer.ts';
import { headOf } from './read-head.ts';
import { select } from './read-selection.ts';
import { type Answer, answerRequest } from './requests.ts';
import { ResponseSeries } from './response-series.ts';
import type { StationState } from './station-state.ts';
import { Unsolicited } from './unsolicited.ts';

interface Awaited {
  sequence: number;
  series: ResponseSeries | undefined;
  events: StoredEvent[];
  timer: Timer;
}

const longestInbox = 16;
const noOctets = Buffer.alloc(0);

export class Session {
  readonly #station: StationState;
  readonly #controls: Controls;
  readonly #unsolicited: Unsolicited;
  readonly #onRestart: () => void;
  #link: StationLink | undefined;
  #inbox: Promise<void> = Promise.resolve();
  #inboxLength = 0;
  #awaited: Awaited | undefined;
  /** A read that came while an unsolicited response waited for its confirmation. */
  #deferred: Buffer | undefined;
  #last: { request: Buffer; response: Buffer | undefined } | undefined;
  readonly statistics = {
    requests: 0,
    malformed: 0,
    dropped: 0,
    repeatedRequests: 0,
    confirmTimeouts: 0,
    handlerErrors: 0,
  };

  constructor(station: StationState, onRestart: () => void) {
    this.#station = station;
    this.#onRestart = onRestart;
    const { handler, settings, clock } = station;
    const commands = { select: handler.select ?? unsupported, operate: handler.operate ?? unsupported };
    // The handler's methods may use `this`.
    if (handler.select) commands.select = (command) => handler.select!(command);
    if (handler.operate) commands.operate = (command, mode: OperateMode) => handler.operate!(command, mode);
    this.#controls = new Controls(commands, clock, settings.selectTimeoutMs ?? 10_000, settings.mostCommands ?? 16);
    const session = this;
    this.#unsolicited = new Unsolicited(station, {
      get isOpen() {
        return session.#link !== undefined;
      },
      get isBusy() {
        return session.#awaited !== undefined;
      },
      send: (fragment) => this.#send(fragment),
      finished: () => this.#resumeDeferred(),
    });
  }

  open(link: StationLink): void {
    this.close();
    this.#link = link;
    this.#last = undefined;
    this.#unsolicited.consider();
  }

  close(): void {
    this.#link?.close();
    this.#link = undefined;
    this.#deferred = undefined;
    this.#controls.forget();
    this.#abandon();
    this.#unsolicited.reset(false);
  }

  /** Events or permissions changed. */
  consider(): void {
    this.#unsolicited.consider();
  }

  restarted(): void {
    this.#abandon();
    this.#unsolicited.reset(true);
    this.#unsolicited.consider();
  }

  receive(octets: Buffer, broadcast: number | undefined): void {
    const receivedAtMs = this.#station.clock.monotonicMs();
    if (this.#inboxLength >= longestInbox) {
      this.statistics.dropped += 1;
      return;
    }
    this.#inboxLength += 1;
    this.#inbox = this.#inbox
      .then(() => this.#process(octets, broadcast, receivedAtMs))
      // A handler that throws costs the master this answer, not the station its life.
      .catch(() => {
        this.statistics.handlerErrors += 1;
      })
      .then(() => {
        this.#inboxLength -= 1;
      });
  }

  async #process(octets: Buffer, broadcast: number | undefined, receivedAtMs: number): Promise<void> {
    let header: FragmentHeader;
    try {
      header = readFragmentHeader(octets);
    } catch {
      this.statistics.malformed += 1;
      return;
    }
    if (isResponse(header.functionCode) || !header.isFirst || !header.isFinal) return;
    if (header.functionCode === functionCode.confirm) {
      this.#confirmed(header);
      return;
    }
    this.statistics.requests += 1;
    this.#deferred = undefined;
    if (broadcast !== undefined) return this.#processBroadcast(octets, broadcast, receivedAtMs);
    if (this.#unsolicited.isWaiting && header.functionCode === functionCode.read) {
      this.#deferred = octets;
      return;
    }
    if (header.functionCode !== functionCode.read && this.#last?.request.equals(octets)) {
      this.statistics.repeatedRequests += 1;
      if (this.#last.response) this.#send(this.#last.response);
      return;
    }
    this.#abandon();
    this.#last = { request: octets, response: undefined };
    await this.#answer(octets, header, receivedAtMs);
  }

  async #answer(octets: Buffer, header: FragmentHeader, receivedAtMs: number): Promise<void> {
    const fragment = readFragment(octets);
    const hasAnswer = expectsResponse(header.functionCode);
    if (fragment.problem) {
      this.statistics.malformed += 1;
      if (hasAnswer) this.#respond(header.sequence, noOctets, indication('parameterError'));
      return;
    }
    if (header.functionCode === functionCode.read) {
      this.#controls.forget();
      this.#read(header.sequence, fragment);
      return;
    }
    const answer = await this.#execute(fragment, receivedAtMs);
    if (hasAnswer) this.#respond(header.sequence, answer.body ?? noOctets, answer.indications ?? 0);
    if (answer.afterwards === 'restart') this.#onRestart();
    this.#unsolicited.consider();
  }

  async #execute(fragment: Fragment, receivedAtMs: number): Promise<Answer> {
    const { header, blocks, body } = fragment;
    const mode = directModes.get(header.functionCode);
    const isCommand =
      mode || header.functionCode === functionCode.select || header.functionCode === functionCode.operate;
    if (!isCommand) {
      this.#controls.forget();
      return answerRequest(fragment, this.#station, { receivedAtMs });
    }
    if (blocks.length === 0 || !blocks.every(isCommandBlock)) return { indications: indication('objectUnknown') };
    if (mode) return { body: await this.#controls.direct(mode, body, blocks) };
    if (header.functionCode === functionCode.select)
      return { body: await this.#controls.select(header.sequence, body, blocks) };
    return { body: await this.#controls.operate(header.sequence, body, blocks) };
  }

  async #processBroadcast(octets: Buffer, broadcast: number, receivedAtMs: number): Promise<void> {
    const fragment = readFragment(octets);
    // Nobody answers a broadcast, so what only asks is not worth doing (clause 9.2.4.6).
    if (fragment.problem || fragment.header.functionCode === functionCode.read) return;
    this.#station.broadcast = broadcast === broadcastAddress.confirm ? 'must_confirm' : 'told';
    const { afterwards } = await this.#execute(fragment, receivedAtMs);
    if (afterwards === 'restart') this.#onRestart();
    this.#unsolicited.consider();
  }

  #read(sequence: number, fragment: Fragment): void {
    const { database, buffer, settings } = this.#station;
    const selection = select(fragment.blocks, database, buffer);
    const head = headOf(selection.others, this.#station);
    const series = new ResponseSeries({
      events: selection.events,
      eventVariations: selection.eventVariations,
      statics: selection.statics,
      head: head.octets,
      maxOctets: settings.maxSentOctets ?? defaultMaxFragmentOctets,
      isClockSet: () => !this.#station.needsTime,
    });
    this.#sendNext(sequence, series, true, selection.indications | head.indications);
  }

  #respond(sequence: number, body: Buffer, indications: Indications): void {
    this.#transmit(sequence, { body, events: [], isFinal: true }, true, indications, undefined);
  }

  #sendNext(sequence: number, series: ResponseSeries, isFirst: boolean, indications: Indications): void {
    this.#transmit(sequence, series.next(), isFirst, indications, series);
  }

  #transmit(
    sequence: number,
    { body, events, isFinal }: { body: Buffer; events: StoredEvent[]; isFinal: boolean },
    isFirst: boolean,
    indications: Indications,
    series: ResponseSeries | undefined,
  ): void {
    const { buffer } = this.#station;
    for (const event of events) buffer.sent(event);
    const wantsConfirm = events.length > 0 || !isFinal || this.#station.broadcast === 'must_confirm';
    const control = { isFirst, isFinal, wantsConfirm, isUnsolicited: false, sequence };
    const mask = indications | this.#station.indications();
    const fragment = responseFragment(control, functionCode.response, mask, body);
    if (this.#station.broadcast === 'told') this.#station.broadcast = 'none';
    if (this.#last && isFirst) this.#last.response = fragment;
    if (wantsConfirm)
      this.#awaited = {
        sequence,
        series: isFinal ? undefined : series,
        events,
        timer: this.#station.clock.setTimer(() => {
          this.statistics.confirmTimeouts += 1;
          this.#abandon();
          this.#unsolicited.consider();
        }, this.#station.settings.confirmTimeoutMs ?? 5_000),
      };
    this.#send(fragment);
  }

  #confirmed(header: FragmentHeader): void {
    if (header.isUnsolicited) {
      this.#unsolicited.confirmed(header.sequence);
      return;
    }
    const awaited = this.#awaited;
    if (awaited?.sequence !== header.sequence) return;
    awaited.timer.cancel();
    this.#awaited = undefined;
    this.#station.buffer.confirmed(awaited.events);
    this.#station.broadcast = 'none';
    if (awaited.series) this.#sendNext(nextSequence(awaited.sequence), awaited.series, false, 0);
    else this.#unsolicited.consider();
  }

  /** A response that will not be confirmed any more: its events wait for the next. */
  #abandon(): void {
    const awaited = this.#awaited;
    if (!awaited) return;
    awaited.timer.cancel();
    this.#awaited = undefined;
    this.#station.buffer.released(awaited.events);
  }

  #resumeDeferred(): void {
    const deferred = this.#deferred;
    this.#deferred = undefined;
    if (deferred && this.#link) this.receive(deferred, undefined);
  }

  #send(fragment: Buffer): void {
    // A line that breaks tells so itself.
    this.#link?.send(fragment).catch(() => {});
  }
}

const unsupported = (): number => commandStatus.NOT_SUPPORTED;

const directModes = new Map<number, OperateMode>([
  [functionCode.directOperate, 'direct_operate'],
  [functionCode.directOperateNoAck, 'direct_operate_no_ack'],
]);
