/**
 * An outstation: points that change, a master that reads and commands them. Used in tests, as a simulator, and to relay
 * what a gateway knows to another master.
 */
import type { ByteChannel } from '../../transport/byte-channel.ts';
import { type Clock, systemClock } from '../clock.ts';
import { Dnp3Error } from '../errors.ts';
import { isStationAddress } from '../link/frame.ts';
import { LinkLine } from '../link/link-line.ts';
import type { PointKind } from '../objects/variation.ts';
import { StationLink } from '../station-link.ts';
import type { PointDefinition, PointValue } from './database.ts';
import { Session } from './session.ts';
import type { OutstationHandler, OutstationSettings } from './settings.ts';
import { StationState } from './station-state.ts';

export interface UpdateOptions {
  /** Quality bits. @default ONLINE */
  flags?: number;
  /** When it happened. @default now, by the outstation's clock */
  timeMs?: number;
  /** Whether to make an event: when the change is worth one, in any case, or never. @default 'detect' */
  event?: 'detect' | 'force' | 'suppress';
}

/** So that the longest object, a string of 255 octets, fits with its headers. */
const shortestFragment = 280;

export class Outstation {
  readonly #settings: OutstationSettings;
  readonly #clock: Clock;
  readonly #state: StationState;
  readonly #session: Session;
  #line: LinkLine | undefined;

  /** @throws Dnp3Error `invalid_argument` for addresses, points or fragments that no station can have */
  constructor(settings: OutstationSettings, handler: OutstationHandler = {}, clock: Clock = systemClock) {
    for (const address of [settings.address, settings.masterAddress ?? 1])
      if (!isStationAddress(address))
        throw new Dnp3Error('invalid_argument', `${address} is no address of a station: 0 to 65519 are.`);
    if ((settings.maxSentOctets ?? shortestFragment) < shortestFragment)
      throw new Dnp3Error('invalid_argument', `Fragments of at least ${shortestFragment} octets are needed.`);
    this.#settings = settings;
    this.#clock = clock;
    this.#state = new StationState(settings, handler, clock);
    this.#session = new Session(this.#state, () => this.restarted());
  }

  /** Speaks on this line from now on; a line it had before is closed. */
  attach(channel: ByteChannel): void {
    const previous = this.#line;
    const line: LinkLine = new LinkLine(channel, () => {
      if (this.#line !== line) return;
      this.#line = undefined;
      this.#session.close();
    });
    this.attachTo(line);
    previous?.close();
  }

  /** Shares a line with other outstations (multi-drop). Whoever made the line tells when it closes, by `detach`. */
  attachTo(line: LinkLine): void {
    this.#line = line;
    const { address, masterAddress = 1 } = this.#settings;
    const settings = { ...this.#settings, localAddress: address, remoteAddress: masterAddress, isMaster: false };
    this.#session.open(
      new StationLink(line, this.#clock, settings, {
        fragment: (octets, broadcast) => this.#session.receive(octets, broadcast),
        silent: () => line.close(),
      }),
    );
  }

  detach(): void {
    const line = this.#line;
    this.#line = undefined;
    this.#session.close();
    line?.close();
  }

  /** @returns whether it became an event; undefined when there is no such point */
  update(kind: PointKind, index: number, value: PointValue, options: UpdateOptions = {}): boolean | undefined {
    const isEvent = this.#state.update(kind, index, value, options);
    if (isEvent) this.#session.consider();
    return isEvent;
  }

  define(point: PointDefinition): void {
    this.#state.database.define(point);
  }

  read(kind: PointKind, index: number): { value: PointValue; flags: number; timeMs: number } | undefined {
    const point = this.#state.database.find(kind, index);
    return point && { value: point.value, flags: point.flags, timeMs: point.timeMs };
  }

  /** Class and dead-band as they are now, after what masters assigned. */
  pointSettings(kind: PointKind, index: number): { eventClass: number; deadBand: number } | undefined {
    const point = this.#state.database.find(kind, index);
    return point && { eventClass: point.eventClass, deadBand: point.deadBand };
  }

  /** The device restarted: it says so, and does not speak unasked until it is allowed again. */
  restarted(): void {
    this.#state.hasRestarted = true;
    this.#session.restarted();
  }

  setIndications(indications: {
    localControl?: boolean;
    deviceTrouble?: boolean;
    configurationCorrupt?: boolean;
  }): void {
    Object.assign(this.#state, indications);
  }

  /** By its own clock, as its master set it. */
  now(): number {
    return this.#state.now();
  }

  get statistics() {
    const { buffer } = this.#state;
    return { ...this.#session.statistics, eventsBuffered: buffer.size, eventsLost: buffer.lost };
  }
}
