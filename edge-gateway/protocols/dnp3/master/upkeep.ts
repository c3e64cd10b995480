/**
 * What a master does for an outstation by itself: the start-up sequence, reactions to internal indications, giving up on
 * one that is silent and coming back to it (IEEE 1815-2012, clauses 4.5, 5.1 and 10.3).
 */
import { RequestBody } from '../application/fragment-writer.ts';
import { functionCode } from '../application/function-codes.ts';
import { hasIndication, restartBitIndex } from '../application/internal-indications.ts';
import type { Clock, Timer } from '../clock.ts';
import { Dnp3Error, messageOf } from '../errors.ts';
import type { MasterHandler, StationState } from './handler.ts';
import { classHeaders, headersBody, type RemoteOutstationSettings } from './settings.ts';
import { type TaskQueue, urgency } from './task-queue.ts';
import { synchronizeTime, type TimeSyncLine } from './time-sync.ts';

export interface UpkeepLine extends TimeSyncLine {
  readonly isOpen: boolean;
  /** One read within the turn that is under way. */
  readNow(body: Buffer): Promise<void>;
}

const longestPauseMs = 60_000;

export class Upkeep {
  readonly #settings: RemoteOutstationSettings;
  readonly #handler: MasterHandler;
  readonly #clock: Clock;
  readonly #queue: TaskQueue;
  readonly #line: UpkeepLine;
  readonly #onStarted: () => void;
  #state: StationState = 'offline';
  #timer: Timer | undefined;
  #pauseMs = 0;
  #isStarting = false;
  #isStarted = false;
  #timeoutsInRow = 0;
  #indications = 0;
  /** Reactions that wait for their turn or have it. */
  readonly #reactions = new Set<string>();

  constructor(
    settings: RemoteOutstationSettings,
    handler: MasterHandler,
    clock: Clock,
    queue: TaskQueue,
    line: UpkeepLine,
    onStarted: () => void,
  ) {
    this.#settings = settings;
    this.#handler = handler;
    this.#clock = clock;
    this.#queue = queue;
    this.#line = line;
    this.#onStarted = onStarted;
  }

  get state(): StationState {
    return this.#state;
  }

  opened(): void {
    this.#pauseMs = this.#firstPauseMs;
    this.#indications = 0;
    this.#enter('connecting');
    this.#beginStartUp();
  }

  closed(reason: string): void {
    this.#timer?.cancel();
    this.#isStarted = false;
    this.#timeoutsInRow = 0;
    this.#enter('offline', reason);
  }

  /** A response arrived. */
  heard(indications: number): void {
    this.#timeoutsInRow = 0;
    const before = this.#indications;
    this.#indications = indications;
    // While starting up, all of this is on its way.
    if (this.#isStarted) this.#reactTo(indications, before);
  }

  /** @returns whether the outstation counts as lost now */
  timedOut(reason: string): boolean {
    this.#timeoutsInRow += 1;
    if (this.#timeoutsInRow < (this.#settings.offlineAfterTimeouts ?? 2) || this.#state === 'offline') return false;
    this.#enter('offline', reason);
    if (this.#isStarted) {
      this.#isStarted = false;
      this.#beginStartUp();
    }
    return true;
  }

  get #firstPauseMs(): number {
    return this.#settings.startUpRetryMs ?? 2_000;
  }

  get #integrity(): Buffer {
    return headersBody(classHeaders(this.#settings.integrityClasses ?? [1, 2, 3, 0]));
  }

  #beginStartUp(): void {
    if (this.#isStarting || !this.#line.isOpen) return;
    this.#isStarting = true;
    this.#queue
      .add(urgency.startUp, () => this.#startUp())
      .then(
        () => this.#started(),
        (error: unknown) => this.#notStarted(messageOf(error)),
      );
  }

  #started(): void {
    this.#isStarting = false;
    if (!this.#line.isOpen) return;
    this.#isStarted = true;
    this.#pauseMs = this.#firstPauseMs;
    this.#enter('online');
    this.#onStarted();
    // A restart in the midst of it.
    this.#reactTo(this.#indications, this.#indications);
  }

  #notStarted(reason: string): void {
    this.#isStarting = false;
    if (!this.#line.isOpen) return;
    this.#handler.problem?.(`Start-up failed: ${reason}`);
    this.#timer = this.#clock.setTimer(() => this.#beginStartUp(), this.#pauseMs);
    this.#pauseMs = Math.min(longestPauseMs, this.#pauseMs * 2);
  }

  async #startUp(): Promise<void> {
    // An outstation that knows no unsolicited responses refuses this, and that is well.
    if (this.#settings.disablesUnsolicitedOnStart ?? true)
      await this.#line.request(functionCode.disableUnsolicited, headersBody(classHeaders([1, 2, 3])));
    await this.#refresh();
  }

  /** After a start and after a restart: clear the indication, set the clock, read everything, let it speak. */
  async #refresh(): Promise<void> {
    const { integrityClasses = [1, 2, 3, 0], unsolicitedClasses = [1, 2, 3] } = this.#settings;
    await this.#clearRestart();
    if (integrityClasses.length > 0) await this.#line.readNow(this.#integrity);
    // Where nothing was asked before the read, its answer was the first to tell.
    await this.#clearRestart();
    if (unsolicitedClasses.length > 0)
      await this.#line.request(functionCode.enableUnsolicited, headersBody(classHeaders(unsolicitedClasses)));
  }

  async #clearRestart(): Promise<void> {
    if (hasIndication(this.#indications, 'deviceRestart'))
      await this.#line.request(functionCode.write, new RequestBody().bits(80, 1, restartBitIndex, [false]).octets());
    if (hasIndication(this.#indications, 'needTime')) await this.#setTime();
  }

  async #setTime(): Promise<void> {
    const { timeSync = 'lan' } = this.#settings;
    if (timeSync === 'none') return;
    try {
      await synchronizeTime(this.#line, timeSync);
    } catch (error) {
      // An outstation that says no has its reasons; the rest of the sequence is no worse for it.
      if (!(error instanceof Dnp3Error) || (error.code !== 'rejected' && error.code !== 'malformed')) throw error;
      this.#handler.problem?.(`The clock could not be set: ${error.message}`);
    }
  }

  #reactTo(indications: number, before: number): void {
    if (hasIndication(indications, 'deviceRestart')) {
      this.#react('restart', urgency.startUp, () => this.#refresh());
      return;
    }
    if (hasIndication(indications, 'needTime') && (this.#settings.timeSync ?? 'lan') !== 'none')
      this.#react('time', urgency.time, () => this.#setTime());
    if (hasIndication(indications, 'eventBufferOverflow') && !hasIndication(before, 'eventBufferOverflow'))
      this.#react('overflow', urgency.demand, () => this.#line.readNow(this.#integrity));
    const announced = ([1, 2, 3] as const).filter((number) => hasIndication(indications, `class${number}Events`));
    if (announced.length > 0 && (this.#settings.pollsAnnouncedEvents ?? true))
      this.#react('events', urgency.eventPoll, () => this.#line.readNow(headersBody(classHeaders(announced))));
  }

  #react(name: string, priority: number, work: () => Promise<void>): void {
    if (this.#reactions.has(name)) return;
    this.#reactions.add(name);
    this.#queue
      .add(priority, work)
      .catch((error: unknown) => this.#handler.problem?.(`${name}: ${messageOf(error)}`))
      // What the answers to this very work say counts again only when it is done.
      .finally(() => this.#reactions.delete(name));
  }

  #enter(state: StationState, reason?: string): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#handler.state?.(state, reason);
  }
}
