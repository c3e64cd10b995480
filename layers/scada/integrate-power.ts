/**
 * Power over time is energy. A value holds until the next one, as points report by exception, and for so long at most; what was
 * bad or missing for longer than may be bridged is said and not counted. The two directions are kept apart.
 */

export interface PowerSample {
  timeMs: number;
  /** Positive one way, negative the other; undefined where it is not known from then on. */
  kw: number | undefined;
}

export interface IntegrationRules {
  /** How long a value holds without another. */
  holdMs: number;
  /** Gaps up to this length are filled by a straight line from the value before to the one after. */
  bridgeMs: number;
}

/** Energies are millionths of a kWh. */
export interface WindowEnergy {
  start: number;
  end: number;
  forward: bigint;
  backward: bigint;
  /** Of both directions together: in bridged gaps. */
  bridged: bigint;
  /** Time nothing is known of. */
  unknownMs: number;
}

/** In kW times milliseconds, rounded once at the end. */
interface Running {
  start: number;
  end: number;
  forward: number;
  backward: number;
  bridged: number;
  knownMs: number;
}

/** kW × ms, of millionths of a kWh: 3,600,000 ms are an hour. */
const unitsOf = (kwMs: number): bigint => BigInt(Math.round(kwMs / 3.6));

export class PowerIntegrator {
  readonly #windows: Running[];
  readonly #rules: IntegrationRules;
  #place = 0;
  /** The last known value, with the time from which on it does not hold any more. */
  #last: { kw: number; sinceMs: number; untilMs: number } | undefined;

  /** @param windows in order, without gaps */
  constructor(windows: readonly { start: number; end: number }[], rules: IntegrationRules) {
    this.#windows = windows.map(({ start, end }) => ({ start, end, forward: 0, backward: 0, bridged: 0, knownMs: 0 }));
    this.#rules = rules;
  }

  /** In order of time; begin with those before the first window that may hold, or be bridged, into it. */
  add({ timeMs, kw }: PowerSample): void {
    const last = this.#last;
    if (last !== undefined) {
      const heldUntil = Math.min(last.untilMs, timeMs);
      this.#spread(last.sinceMs, heldUntil, last.kw, last.kw);
      const isBridged = kw !== undefined && timeMs > heldUntil && timeMs - heldUntil <= this.#rules.bridgeMs;
      if (isBridged) this.#spread(heldUntil, timeMs, last.kw, kw, true);
      // Held or bridged up to here: it is not counted again, and what was not known is not known from where it stopped.
      if (kw === undefined) this.#last = { ...last, sinceMs: heldUntil, untilMs: heldUntil };
    }
    if (kw !== undefined) this.#last = { kw, sinceMs: timeMs, untilMs: timeMs + this.#rules.holdMs };
  }

  /** @param untilMs how far anything can be known: now, for windows that are not over */
  finish(untilMs: number): WindowEnergy[] {
    const last = this.#last;
    if (last !== undefined) this.#spread(last.sinceMs, Math.min(last.untilMs, untilMs), last.kw, last.kw);
    return this.#windows.map(({ start, end, forward, backward, bridged, knownMs }) => ({
      ...{ start, end, forward: unitsOf(forward), backward: unitsOf(backward), bridged: unitsOf(bridged) },
      unknownMs: end - start - knownMs,
    }));
  }

  /** A straight line of power over a time, cut at the edges of windows and where it changes direction. */
  #spread(fromMs: number, toMs: number, fromKw: number, toKw: number, isBridge = false): void {
    if (toMs <= fromMs) return;
    const at = (timeMs: number): number => fromKw + ((toKw - fromKw) * (timeMs - fromMs)) / (toMs - fromMs);
    while (this.#place < this.#windows.length && this.#windows[this.#place]!.end <= fromMs) this.#place += 1;
    for (let i = this.#place; i < this.#windows.length && this.#windows[i]!.start < toMs; i++) {
      const window = this.#windows[i]!;
      const [start, end] = [Math.max(fromMs, window.start), Math.min(toMs, window.end)];
      if (end <= start) continue;
      const [forward, backward] = directions(at(start), at(end), end - start);
      window.forward += forward;
      window.backward += backward;
      window.knownMs += end - start;
      if (isBridge) window.bridged += forward + backward;
    }
  }
}

/** What a straight line covers above and below zero. */
function directions(first: number, last: number, lengthMs: number): [forward: number, backward: number] {
  if (first >= 0 && last >= 0) return [((first + last) / 2) * lengthMs, 0];
  if (first <= 0 && last <= 0) return [0, (-(first + last) / 2) * lengthMs];
  const share = Math.abs(first) / (Math.abs(first) + Math.abs(last));
  const [before, after] = [(Math.abs(first) / 2) * share * lengthMs, (Math.abs(last) / 2) * (1 - share) * lengthMs];
  return first > 0 ? [before, after] : [after, before];
}
