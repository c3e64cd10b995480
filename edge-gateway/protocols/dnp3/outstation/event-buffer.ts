/**
 * Events that wait for a master, class by class, each in order. An event leaves only when its confirmation comes, or when
 * its class is full and a newer one takes its place, which is an overflow (IEEE 1815-2012, clause 5.1.4).
 */
import type { PointKind } from '../objects/variation.ts';
import type { PointValue } from './database.ts';

export type EventClass = 1 | 2 | 3;

export interface StoredEvent {
  /** In order of occurrence over all classes. */
  readonly number: number;
  readonly kind: PointKind;
  readonly index: number;
  readonly eventClass: EventClass;
  readonly variation: number;
  readonly value: PointValue;
  readonly flags: number;
  readonly timeMs: number;
  /** In a response that waits for its confirmation. */
  isInFlight: boolean;
  isGone: boolean;
}

export type EventLimits = Record<EventClass, number>;

export class EventBuffer {
  readonly #limits: EventLimits;
  readonly #classes = { 1: new Set<StoredEvent>(), 2: new Set<StoredEvent>(), 3: new Set<StoredEvent>() };
  readonly #inFlight = { 1: 0, 2: 0, 3: 0 };
  #next = 0;
  /** Events were lost since the last confirmation. */
  hasOverflowed = false;
  lost = 0;

  constructor(limits: EventLimits) {
    this.#limits = limits;
  }

  add(event: Omit<StoredEvent, 'number' | 'isInFlight' | 'isGone'>): void {
    const own = this.#classes[event.eventClass];
    if (this.#limits[event.eventClass] <= 0) return;
    if (own.size >= this.#limits[event.eventClass]) {
      this.hasOverflowed = true;
      this.lost += 1;
      this.#remove(own.values().next().value!);
    }
    own.add({ ...event, number: this.#next, isInFlight: false, isGone: false });
    this.#next += 1;
  }

  /** Events that are in no response, in order of occurrence. */
  select(classes: readonly EventClass[], limit = Number.POSITIVE_INFINITY, wanted?: (event: StoredEvent) => boolean) {
    const found: StoredEvent[] = [];
    for (const number of classes) {
      let left = limit;
      for (const event of this.#classes[number]) {
        if (left <= 0) break;
        if (event.isInFlight || (wanted && !wanted(event))) continue;
        found.push(event);
        left -= 1;
      }
    }
    found.sort((a, b) => a.number - b.number);
    return found.slice(0, Math.min(found.length, limit));
  }

  /** Whether a class holds events that are in no response. */
  has(eventClass: EventClass): boolean {
    return this.#classes[eventClass].size > this.#inFlight[eventClass];
  }

  get size(): number {
    return this.#classes[1].size + this.#classes[2].size + this.#classes[3].size;
  }

  sent(event: StoredEvent): void {
    if (event.isInFlight || event.isGone) return;
    event.isInFlight = true;
    this.#inFlight[event.eventClass] += 1;
  }

  /** The master has them. */
  confirmed(events: readonly StoredEvent[]): void {
    for (const event of events) this.#remove(event);
    if (
      ([1, 2, 3] as const).every(
        (number) => this.#classes[number].size < this.#limits[number] || this.#limits[number] <= 0,
      )
    )
      this.hasOverflowed = false;
  }

  /** The master may not have them: they wait again, in their old places. */
  released(events: readonly StoredEvent[]): void {
    for (const event of events) {
      if (!event.isInFlight) continue;
      event.isInFlight = false;
      this.#inFlight[event.eventClass] -= 1;
    }
  }

  clear(): void {
    for (const number of [1, 2, 3] as const) for (const event of this.#classes[number]) this.#remove(event);
    this.hasOverflowed = false;
  }

  #remove(event: StoredEvent): void {
    if (event.isGone) return;
    this.released([event]);
    event.isGone = true;
    this.#classes[event.eventClass].delete(event);
  }
}
