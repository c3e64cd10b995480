/**
 * Speaking unasked (IEEE 1815-2012, clause 5.1.1): first an empty response that tells of the restart, then, once a master
 * enables classes, their events; each is repeated until it is confirmed, and only then come the next.
 */

import { nextSequence } from '../application/fragment-header.ts';
import { responseFragment } from '../application/fragment-writer.ts';
import { functionCode } from '../application/function-codes.ts';
import type { Timer } from '../clock.ts';
import type { StoredEvent } from './event-buffer.ts';
import { ResponseSeries } from './response-series.ts';
import type { StationState } from './station-state.ts';

export interface UnsolicitedLine {
  readonly isOpen: boolean;
  /** A response waits for its confirmation: nothing may come between. */
  readonly isBusy: boolean;
  send(fragment: Buffer): void;
  /** The wait for a confirmation ended, either way. */
  finished(): void;
}

interface Waiting {
  sequence: number;
  events: StoredEvent[];
  fragment: Buffer;
  attempts: number;
  isFirst: boolean;
  timer: Timer;
}

export class Unsolicited {
  readonly #station: StationState;
  readonly #line: UnsolicitedLine;
  #sequence = 0;
  #toldOfRestart = false;
  #waiting: Waiting | undefined;
  #hold: Timer | undefined;

  constructor(station: StationState, line: UnsolicitedLine) {
    this.#station = station;
    this.#line = line;
  }

  get isWaiting(): boolean {
    return this.#waiting !== undefined;
  }

  /** Something changed: events, permissions, the line. */
  consider(): void {
    if (this.#hold || this.#waiting || !this.#hasToSpeak()) return;
    this.#plan(this.#toldOfRestart ? (this.#station.settings.unsolicitedHoldMs ?? 0) : 0);
  }

  confirmed(sequence: number): void {
    const waiting = this.#waiting;
    if (waiting?.sequence !== sequence) return;
    if (waiting.isFirst) this.#toldOfRestart = true;
    this.#station.buffer.confirmed(waiting.events);
    this.#end(waiting);
    this.consider();
  }

  /** The line went, or the outstation restarts. */
  reset(hasRestarted: boolean): void {
    this.#hold?.cancel();
    this.#hold = undefined;
    if (hasRestarted) {
      this.#toldOfRestart = false;
      this.#sequence = 0;
      this.#station.unsolicitedClasses.clear();
    }
    if (!this.#waiting) return;
    this.#station.buffer.released(this.#waiting.events);
    this.#end(this.#waiting);
  }

  #hasToSpeak(): boolean {
    if (!(this.#station.settings.sendsUnsolicited ?? true) || !this.#line.isOpen) return false;
    if (!this.#toldOfRestart) return true;
    return [...this.#station.unsolicitedClasses].some((number) => this.#station.buffer.has(number));
  }

  #plan(delayMs: number): void {
    this.#hold = this.#station.clock.setTimer(() => {
      this.#hold = undefined;
      // Whoever keeps the line busy asks again when done.
      if (!this.#line.isBusy && !this.#waiting && this.#hasToSpeak()) this.#speak();
    }, delayMs);
  }

  #speak(): void {
    const { buffer, settings, unsolicitedClasses } = this.#station;
    const isFirst = !this.#toldOfRestart;
    const selected = isFirst ? [] : buffer.select([...unsolicitedClasses]);
    const series = new ResponseSeries({
      events: selected,
      maxOctets: settings.maxSentOctets ?? 2048,
      isClockSet: () => !this.#station.needsTime,
    });
    // One fragment, whatever is left: unsolicited responses are never continued.
    const { body, events } = series.next();
    for (const event of events) buffer.sent(event);
    const control = {
      isFirst: true,
      isFinal: true,
      wantsConfirm: true,
      isUnsolicited: true,
      sequence: this.#sequence,
    };
    const fragment = responseFragment(control, functionCode.unsolicitedResponse, this.#station.indications(), body);
    this.#waiting = {
      sequence: this.#sequence,
      events,
      fragment,
      attempts: 1,
      isFirst,
      timer: this.#confirmTimer(),
    };
    this.#line.send(fragment);
  }

  #confirmTimer(): Timer {
    return this.#station.clock.setTimer(() => this.#notConfirmed(), this.#station.settings.confirmTimeoutMs ?? 5_000);
  }

  #notConfirmed(): void {
    const waiting = this.#waiting;
    if (!waiting) return;
    if (waiting.isFirst || waiting.attempts <= (this.#station.settings.unsolicitedRetries ?? 3)) {
      waiting.attempts += 1;
      waiting.timer = this.#confirmTimer();
      this.#line.send(waiting.fragment);
      return;
    }
    this.#station.buffer.released(waiting.events);
    this.#end(waiting);
    if (this.#line.isOpen) this.#plan(this.#station.settings.unsolicitedPauseMs ?? 10_000);
  }

  #end(waiting: Waiting): void {
    waiting.timer.cancel();
    this.#waiting = undefined;
    this.#sequence = nextSequence(this.#sequence);
    this.#line.finished();
  }
}
