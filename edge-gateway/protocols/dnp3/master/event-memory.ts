/**
 * Keeps an event from being reported twice. An outstation repeats events whose confirmation got lost, and the master
 * cannot know that it did. The events of the last answers are remembered, since only the last one of each kind can be in
 * doubt: a repeated event with a time of its own is the same point, time, value and quality, and is left out.
 */
import type { Measurement } from './measurements.ts';

const keyOf = ({ kind, index, timeMs, value, flags }: Measurement): string =>
  `${kind}/${index}/${timeMs}/${flags}/${Buffer.isBuffer(value) ? value.toString('hex') : value}`;

/** One solicited and one unsolicited response can wait for their confirmations at the same time. */
const answersInDoubt = 2;

export class EventMemory {
  #answers: Map<string, number>[] = [];
  /** Set when the line was lost: events without a time of their own may be repeated then. */
  #lineWasLost = false;
  #lastUntimed: string[] = [];
  duplicates = 0;

  lineLost(): void {
    this.#lineWasLost = true;
  }

  /**
   * Leaves out what was reported before; order is kept. Call `taken` once the rest arrived where it belongs: an answer
   * that could not be handed on comes again, and then must not look like a repeated one.
   */
  sift(measurements: Measurement[]): { fresh: Measurement[]; taken(): void } {
    const events = measurements.filter(({ isEvent }) => isEvent);
    if (events.length === 0) return { fresh: measurements, taken() {} };
    const repeats = this.#repeatedUntimed(events);
    const seen = new Map<string, number>();
    for (const answer of this.#answers)
      for (const [key, times] of answer) seen.set(key, Math.max(times, seen.get(key) ?? 0));
    const remembered = new Map<string, number>();
    const fresh = measurements.filter((measurement) => {
      if (!measurement.isEvent) return true;
      if (measurement.timeMs === undefined) return !repeats.has(measurement);
      const key = keyOf(measurement);
      // It stays in doubt, whether it is reported now or was before.
      remembered.set(key, (remembered.get(key) ?? 0) + 1);
      const left = seen.get(key) ?? 0;
      if (left > 0) seen.set(key, left - 1);
      return left === 0;
    });
    const taken = (): void => {
      this.#answers = [remembered, ...this.#answers].slice(0, answersInDoubt);
      this.#lineWasLost = false;
      this.#lastUntimed = events.filter(({ timeMs }) => timeMs === undefined).map(keyOf);
      this.duplicates += measurements.length - fresh.length;
    };
    return { fresh, taken };
  }

  /**
   * Equal events without a time may be two real ones, so they count as repeats only right after a lost line and when the
   * answer begins with all that the last one held.
   */
  #repeatedUntimed(events: readonly Measurement[]): Set<Measurement> {
    const untimed = events.filter(({ timeMs }) => timeMs === undefined);
    const isRepeat =
      this.#lineWasLost &&
      this.#lastUntimed.length > 0 &&
      this.#lastUntimed.every((key, position) => untimed[position] && keyOf(untimed[position]) === key);
    return new Set(isRepeat ? untimed.slice(0, this.#lastUntimed.length) : []);
  }
}
