/** What all parts of an outstation share: points, events, its clock and what its internal indications tell. */
import { type Indications, indication } from '../application/internal-indications.ts';
import type { Clock } from '../clock.ts';
import { flag } from '../objects/quality-flags.ts';
import type { PointKind } from '../objects/variation.ts';
import { Database, isEvent, type PointValue } from './database.ts';
import { EventBuffer, type EventClass } from './event-buffer.ts';
import type { OutstationHandler, OutstationSettings } from './settings.ts';

const defaultLimits = { 1: 1000, 2: 1000, 3: 1000 };

export class StationState {
  readonly settings: OutstationSettings;
  readonly handler: OutstationHandler;
  readonly clock: Clock;
  readonly database = new Database();
  readonly buffer: EventBuffer;
  readonly unsolicitedClasses = new Set<EventClass>();
  hasRestarted = true;
  localControl = false;
  deviceTrouble = false;
  configurationCorrupt = false;
  /** A broadcast came; the next response says so and may have to be confirmed. */
  broadcast: 'none' | 'told' | 'must_confirm' = 'none';
  /** Monotonic time at which the last "record current time" arrived. */
  recordedAtMs: number | undefined;
  #offsetMs = 0;
  #timeSetAt: number | undefined;

  constructor(settings: OutstationSettings, handler: OutstationHandler, clock: Clock) {
    this.settings = settings;
    this.handler = handler;
    this.clock = clock;
    this.buffer = new EventBuffer(settings.eventLimits ?? defaultLimits);
    for (const point of settings.points) this.database.define(point);
  }

  /** The outstation's own clock, as its master set it. */
  now(): number {
    return this.clock.now() + this.#offsetMs;
  }

  setTime(timeMs: number): void {
    this.#offsetMs = timeMs - this.clock.now();
    this.#timeSetAt = this.clock.monotonicMs();
    this.handler.setTime?.(timeMs);
  }

  get needsTime(): boolean {
    const { needsTime = false, timeValidMs = 0 } = this.settings;
    if (!needsTime) return false;
    if (this.#timeSetAt === undefined) return true;
    return timeValidMs > 0 && this.clock.monotonicMs() - this.#timeSetAt > timeValidMs;
  }

  /** @returns whether the change became an event; undefined when there is no such point */
  update(
    kind: PointKind,
    index: number,
    value: PointValue,
    options: { flags?: number; timeMs?: number; event?: 'detect' | 'force' | 'suppress' } = {},
  ): boolean | undefined {
    const point = this.database.find(kind, index);
    if (!point) return undefined;
    const { flags = flag.ONLINE, timeMs = this.now(), event = 'detect' } = options;
    point.value = value;
    point.flags = flags;
    point.timeMs = Math.round(timeMs);
    const isDue = event === 'force' || (event === 'detect' && isEvent(point, value, flags));
    if (!isDue) return false;
    point.reported = { value, flags };
    if (point.eventClass === 0) return false;
    this.buffer.add({
      kind,
      index,
      eventClass: point.eventClass,
      variation: point.eventVariation,
      value,
      flags,
      timeMs: point.timeMs,
    });
    return true;
  }

  indications(): Indications {
    let mask = 0;
    if (this.broadcast !== 'none') mask |= indication('broadcast');
    for (const number of [1, 2, 3] as const) if (this.buffer.has(number)) mask |= indication(`class${number}Events`);
    if (this.needsTime) mask |= indication('needTime');
    if (this.localControl) mask |= indication('localControl');
    if (this.deviceTrouble) mask |= indication('deviceTrouble');
    if (this.hasRestarted) mask |= indication('deviceRestart');
    if (this.buffer.hasOverflowed) mask |= indication('eventBufferOverflow');
    if (this.configurationCorrupt) mask |= indication('configurationCorrupt');
    return mask;
  }
}
