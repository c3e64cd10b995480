/** One outstation as its master sees it: everything that can be asked of it, and where its answers go. */
import type { Fragment } from '../application/fragment.ts';
import { defaultMaxFragmentOctets, RequestBody } from '../application/fragment-writer.ts';
import { functionCode } from '../application/function-codes.ts';
import { hasIndication, namesOfIndications } from '../application/internal-indications.ts';
import type { Range } from '../application/object-header.ts';
import type { Clock } from '../clock.ts';
import { Dnp3Error, messageOf } from '../errors.ts';
import type { LinkLine } from '../link/link-line.ts';
import { StationLink } from '../station-link.ts';
import type { OutputCommand } from './commands.ts';
import { type CommandLine, type CommandMode, type CommandResult, commandBody, runCommands } from './commands.ts';
import { EventMemory } from './event-memory.ts';
import { Exchange, type RequestOptions, type Response } from './exchange.ts';
import type { MasterHandler, StationState } from './handler.ts';
import { readContent } from './measurements.ts';
import { PollSchedule } from './polls.ts';
import type { RemoteOutstationSettings, TimeSyncProcedure } from './settings.ts';
import { classHeaders, type DataClass, type EventClass, headersBody, type ReadHeader } from './settings.ts';
import { type TaskQueue, urgency } from './task-queue.ts';
import { delayOf, measureDelay, rejectRefusal, synchronizeTime } from './time-sync.ts';
import { Upkeep, type UpkeepLine } from './upkeep.ts';

const emptyBody = Buffer.alloc(0);
/** A range of 4-octet indices. */
const longestHeaderOctets = 11;

export class RemoteOutstation {
  readonly address: number;
  readonly #settings: RemoteOutstationSettings;
  readonly #handler: MasterHandler;
  readonly #clock: Clock;
  readonly #queue: TaskQueue;
  readonly #exchange: Exchange;
  readonly #memory = new EventMemory();
  readonly #polls: PollSchedule;
  readonly #upkeep: Upkeep;
  /** What procedures of several requests are given; they run within one turn of the channel. */
  readonly #line: UpkeepLine & CommandLine;

  constructor(settings: RemoteOutstationSettings, handler: MasterHandler, clock: Clock, queue: TaskQueue) {
    this.address = settings.address;
    this.#settings = settings;
    this.#handler = handler;
    this.#clock = clock;
    this.#queue = queue;
    const exchange = new Exchange(clock, {
      heard: ({ indications }) => this.#heard(indications),
      data: (fragment, source) => this.#data(fragment, source),
      refused: (reason) => handler.problem?.(`An unsolicited response was not taken: ${reason}`),
    });
    this.#exchange = exchange;
    this.#polls = new PollSchedule(clock, ({ name = 'poll', read }) =>
      this.#poll(urgency.poll, read).catch((error: unknown) => handler.problem?.(`${name}: ${messageOf(error)}`)),
    );
    this.#line = {
      get isOpen() {
        return exchange.isOpen;
      },
      now: () => clock.now(),
      readNow: (body) => this.#readNow(body),
      request: (code: number, body: Uint8Array, mayLeave?: () => boolean) => this.#request(code, body, { mayLeave }),
      send: (code, body, mayLeave) => exchange.send(code, body, { mayLeave }),
    };
    const onStarted = (): void => this.#polls.start(settings.polls ?? []);
    this.#upkeep = new Upkeep(settings, handler, clock, queue, this.#line, onStarted);
  }

  get state(): StationState {
    return this.#upkeep.state;
  }

  get statistics() {
    return { ...this.#exchange.statistics, duplicateEvents: this.#memory.duplicates };
  }

  /** The channel has a line. */
  opened(line: LinkLine, onSilent: () => void): void {
    const { masterAddress = 1 } = this.#settings;
    const settings = {
      ...this.#settings,
      localAddress: masterAddress,
      remoteAddress: this.address,
      isMaster: true,
    };
    this.#exchange.open(
      new StationLink(line, this.#clock, settings, {
        fragment: (octets) => this.#exchange.receive(octets),
        silent: onSilent,
      }),
    );
    this.#upkeep.opened();
  }

  /** The line went. */
  closed(reason: Dnp3Error): void {
    this.#polls.stop();
    this.#memory.lineLost();
    this.#exchange.close(reason);
    this.#upkeep.closed(reason.message);
  }

  /** Reads classes: all of them unless told otherwise. */
  integrityPoll(classes: readonly DataClass[] = this.#settings.integrityClasses ?? [1, 2, 3, 0]): Promise<void> {
    return this.#poll(urgency.demand, classHeaders(classes));
  }

  eventPoll(classes: readonly EventClass[] = [1, 2, 3]): Promise<void> {
    return this.#poll(urgency.demand, classHeaders(classes));
  }

  /** Reads what the headers name; values arrive at the handler before this resolves. */
  read(headers: readonly ReadHeader[]): Promise<void> {
    return this.#poll(urgency.demand, headers);
  }

  /**
   * One result for every command, in order. Never repeated, never sent after `expiresAtMs`.
   * @throws Dnp3Error `invalid_argument` when a command cannot be sent as it is
   */
  async operate(
    commands: readonly OutputCommand[],
    options: { mode?: CommandMode; expiresAtMs?: number } = {},
  ): Promise<CommandResult[]> {
    const { mode = 'select_before_operate', expiresAtMs } = options;
    const body = commandBody(commands, this.#settings.maxSentOctets);
    const mayLeave = (): boolean => expiresAtMs === undefined || this.#clock.now() <= expiresAtMs;
    let result: CommandResult | CommandResult[];
    try {
      result = await this.#queue.add(urgency.command, () => runCommands(this.#line, body, mode, mayLeave));
    } catch (error) {
      // Dropped from the queue: it never had its turn.
      result = { outcome: 'not_sent', reason: messageOf(error) };
    }
    const one = result;
    return Array.isArray(one) ? one : commands.map(() => one);
  }

  enableUnsolicited(classes: readonly EventClass[]): Promise<void> {
    return this.#ask(functionCode.enableUnsolicited, headersBody(classHeaders(classes)));
  }

  disableUnsolicited(classes: readonly EventClass[] = [1, 2, 3]): Promise<void> {
    return this.#ask(functionCode.disableUnsolicited, headersBody(classHeaders(classes)));
  }

  /** Puts points into a class; `points` name static groups, e.g. `{ group: 30, variation: 0 }` for all analog inputs. */
  assignClass(dataClass: DataClass, points: readonly ReadHeader[]): Promise<void> {
    return this.#ask(functionCode.assignClass, headersBody([...classHeaders([dataClass]), ...points]));
  }

  /** Copies counters (or analog inputs, group 30) to their frozen twins. */
  freeze(points: readonly ReadHeader[], options: { clear?: boolean; acknowledged?: boolean } = {}): Promise<void> {
    const { clear = false, acknowledged = true } = options;
    const body = headersBody(points);
    if (acknowledged) return this.#ask(clear ? functionCode.freezeClear : functionCode.immediateFreeze, body);
    const code = clear ? functionCode.freezeClearNoAck : functionCode.immediateFreezeNoAck;
    return this.#queue.add(urgency.demand, () => this.#exchange.send(code, body));
  }

  /** Group 34: how far an analog input must move to be an event. */
  writeDeadBands(variation: 1 | 2 | 3, deadBands: readonly { index: number; value: number }[]): Promise<void> {
    const objects = deadBands.map(({ index, value }) => ({ index, object: { value } }));
    const body = new RequestBody(this.#settings.maxSentOctets).indexed(34, variation, objects);
    return this.#ask(functionCode.write, body.octets());
  }

  /** Dead-bands as the outstation has them, of all analog inputs or of a range. */
  readDeadBands(range?: Range): Promise<{ index: number; value: number }[]> {
    const body = headersBody([{ group: 34, variation: 0, ...(range && { range }) }]);
    return this.#queue.add(urgency.demand, async () => {
      const response = rejectRefusal(await this.#request(functionCode.read, body), 'reading dead-bands');
      const blocks = response.fragments.flatMap((fragment) => fragment.blocks).filter(({ group }) => group === 34);
      return blocks.flatMap(({ objects }) =>
        objects.map(({ index, object }) => ({ index, value: Number(object.value) })),
      );
    });
  }

  /** @returns milliseconds until the outstation expects to be back */
  restart(kind: 'cold' | 'warm'): Promise<number> {
    const code = kind === 'cold' ? functionCode.coldRestart : functionCode.warmRestart;
    return this.#queue.add(urgency.demand, async () =>
      delayOf(rejectRefusal(await this.#request(code, emptyBody), `${kind} restart`)),
    );
  }

  /** Propagation delay one way, milliseconds. */
  measureDelay(): Promise<number> {
    return this.#queue.add(urgency.demand, () => measureDelay(this.#line));
  }

  synchronizeTime(procedure: Exclude<TimeSyncProcedure, 'none'> = 'lan'): Promise<void> {
    return this.#queue.add(urgency.time, () => synchronizeTime(this.#line, procedure));
  }

  /** How far the outstation's clock is ahead of ours, milliseconds (reads group 50). */
  readClockOffset(): Promise<number> {
    return this.#queue.add(urgency.demand, async () => {
      const body = new RequestBody().header(50, 1, { kind: 'count', count: 1 }).octets();
      const response = rejectRefusal(await this.#request(functionCode.read, body), 'reading the time');
      const block = response.fragments.flatMap(({ blocks }) => blocks)[0];
      const theirs = block?.group === 50 ? block.objects[0]?.object.value : undefined;
      if (typeof theirs !== 'number') throw new Dnp3Error('malformed', 'The answer holds no time (group 50).');
      return theirs - (response.sentAtMs + response.roundTripMs / 2);
    });
  }

  #ask(code: number, body: Buffer): Promise<void> {
    return this.#queue.add(urgency.demand, async () => {
      rejectRefusal(await this.#request(code, body), 'the request');
    });
  }

  /** As one request where it fits, so that events of several classes come in one order; else as several in one turn. */
  async #poll(priority: number, headers: readonly ReadHeader[]): Promise<void> {
    const { maxSentOctets = defaultMaxFragmentOctets } = this.#settings;
    const perRequest = Math.floor((maxSentOctets - 2) / longestHeaderOctets);
    const bodies: Buffer[] = [];
    for (let from = 0; from < headers.length; from += perRequest)
      bodies.push(headersBody(headers.slice(from, from + perRequest), maxSentOctets));
    await this.#queue.add(priority, async () => {
      for (const body of bodies) await this.#readNow(body);
    });
  }

  async #readNow(body: Buffer): Promise<void> {
    const retries = this.#settings.readRetries ?? 1;
    for (let attempt = 0; ; attempt += 1) {
      try {
        rejectRefusal(await this.#request(functionCode.read, body, { isPoll: true }), 'the read');
        return;
      } catch (error) {
        const isTimeout = error instanceof Dnp3Error && error.code === 'timeout';
        if (!isTimeout || attempt >= retries || !this.#exchange.isOpen) throw error;
      }
    }
  }

  async #request(code: number, body: Uint8Array, options: Omit<RequestOptions, 'timeoutMs'> = {}): Promise<Response> {
    const timeoutMs = this.#settings.responseTimeoutMs ?? 5_000;
    try {
      return await this.#exchange.request(code, body, { ...options, timeoutMs });
    } catch (error) {
      const isTimeout = error instanceof Dnp3Error && error.code === 'timeout';
      if (isTimeout && this.#upkeep.timedOut(error.message)) this.#polls.stop();
      throw error;
    }
  }

  #heard(indications: number): void {
    this.#handler.indications?.(indications, namesOfIndications(indications));
    if (hasIndication(indications, 'deviceRestart')) this.#exchange.forgetUnsolicited();
    this.#upkeep.heard(indications);
  }

  async #data(fragment: Fragment, source: 'solicited' | 'unsolicited'): Promise<void> {
    const { measurements, commandEvents } = readContent(fragment.blocks);
    const { fresh, taken } = this.#memory.sift(measurements);
    if (hasIndication(fragment.header.indications, 'needTime'))
      for (const measurement of fresh) if (measurement.timeMs !== undefined) measurement.isTimeUncertain = true;
    if (commandEvents.length > 0) await this.#handler.commandEvents?.(commandEvents);
    if (fresh.length > 0) await this.#handler.measurements(fresh, source);
    taken();
  }
}
