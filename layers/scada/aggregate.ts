/**
 * Sums up a time series by windows. Points report by exception, so a value holds until the next one: the mean over time
 * weighs each by how long it held (as the TimeAverage of OPC UA Part 13, section 5.4, with stepped interpolation), and
 * what was bad or stale meanwhile is left out instead of counted as something.
 */
import type { Quality } from '../station/point-value.ts';
import type { PointSample } from './value-chunk.ts';

/** `usable` takes uncertain values too, `all` whatever has a value. */
export const qualityRules = ['good', 'usable', 'all'] as const;
export type QualityRule = (typeof qualityRules)[number];

export interface WindowSum {
  start: number;
  end: number;
  /** Values that count by the rule of quality. */
  count: number;
  /** Values that do not. */
  excluded: number;
  /** Numbers only; states count as 1 and 0. */
  min?: number;
  max?: number;
  /** Of the values that came, each once. */
  mean?: number;
  /** Of the time they held, as far as it is known. */
  timeWeightedMean?: number;
  /** The last that counts within the window. */
  last?: PointSample;
}

const accepted: Record<QualityRule, readonly Quality[]> = {
  good: ['good'],
  usable: ['good', 'uncertain'],
  all: ['good', 'uncertain', 'bad', 'stale'],
};

interface Running extends WindowSum {
  sum: number;
  numbers: number;
  weighted: number;
  weightMs: number;
}

export class Aggregator {
  readonly #windows: Running[];
  readonly #rule: ReadonlySet<Quality>;
  #place = 0;
  /** What holds since when; undefined while nothing usable is known. */
  #held: { value: number; sinceMs: number } | undefined;

  /** @param windows in order, without gaps */
  constructor(windows: readonly { start: number; end: number }[], rule: QualityRule) {
    this.#windows = windows.map(({ start, end }) => ({
      start,
      end,
      count: 0,
      excluded: 0,
      sum: 0,
      numbers: 0,
      weighted: 0,
      weightMs: 0,
    }));
    this.#rule = new Set(accepted[rule]);
  }

  /** Samples must come in order of time; those before the first window only say what held when it began. */
  add(sample: PointSample): void {
    this.#holdUntil(sample.timeMs);
    const counts = this.#rule.has(sample.quality) && sample.value !== undefined;
    const number = counts ? numberOf(sample) : undefined;
    const window = this.#windowAt(sample.timeMs);
    if (window !== undefined) {
      if (counts) take(window, sample, number);
      else window.excluded += 1;
    }
    this.#held = number === undefined ? undefined : { value: number, sinceMs: sample.timeMs };
  }

  /** @param untilMs how long the last value held at most: now, for a period that is not over */
  finish(untilMs: number): WindowSum[] {
    this.#holdUntil(untilMs);
    return this.#windows.map(({ sum, numbers, weighted, weightMs, ...window }) => ({
      ...window,
      ...(numbers > 0 ? { mean: sum / numbers } : {}),
      ...(weightMs > 0 ? { timeWeightedMean: weighted / weightMs } : {}),
    }));
  }

  #windowAt(timeMs: number): Running | undefined {
    while (this.#place < this.#windows.length && this.#windows[this.#place]!.end <= timeMs) this.#place += 1;
    const window = this.#windows[this.#place];
    return window !== undefined && window.start <= timeMs ? window : undefined;
  }

  #holdUntil(timeMs: number): void {
    if (this.#held === undefined) return;
    const { value, sinceMs } = this.#held;
    for (let i = this.#place; i < this.#windows.length && this.#windows[i]!.start < timeMs; i++) {
      const window = this.#windows[i]!;
      const lasted = Math.min(timeMs, window.end) - Math.max(sinceMs, window.start);
      if (lasted <= 0) continue;
      window.weighted += value * lasted;
      window.weightMs += lasted;
    }
    this.#held = { value, sinceMs: Math.max(sinceMs, timeMs) };
  }
}

function take(window: Running, sample: PointSample, number: number | undefined): void {
  window.count += 1;
  window.last = sample;
  if (number === undefined) return;
  window.numbers += 1;
  window.sum += number;
  window.min = Math.min(window.min ?? number, number);
  window.max = Math.max(window.max ?? number, number);
}

function numberOf({ value }: PointSample): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  return typeof value === 'bigint' ? Number(value) : undefined;
}
