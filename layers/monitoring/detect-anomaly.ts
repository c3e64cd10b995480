/**
 * Whether the newest value of a series is unusual for that series: a robust z-score against its own history. Median and
 * median absolute deviation take no notice of the outliers that are looked for (Iglewicz and Hoaglin, "How to Detect and
 * Handle Outliers", 1993). With a season, a value is compared with those of the same time of the day or week.
 */

export interface SeriesPoint {
  /** Milliseconds since the epoch: the beginning of the period. */
  atMs: number;
  value: number;
}

export interface AnomalyOptions {
  /** Length of a period. */
  periodMs: number;
  /** Length of the season, a multiple of the period. @default none: all of the history counts */
  seasonMs?: number | undefined;
  /** Robust z-score from which a value is unusual. */
  sensitivity: number;
  direction: 'above' | 'below' | 'both';
}

export interface AnomalyVerdict {
  isAnomaly: boolean;
  /** How many robust standard deviations the value lies from what was expected; its sign says on which side. */
  score: number;
  expected: number;
  /** Values it was compared with. */
  compared: number;
}

/** Fewer say nothing about what is usual. */
const minComparedPoints = 8;
/** Makes the median absolute deviation of a normal distribution its standard deviation. */
const madToSigma = 1.4826;
/** The same for the mean absolute deviation, the substitute when more than half of the values are equal. */
const meanToSigma = 1.2533;
/** A history that never moved makes every change unusual; one below this part of the value is called noise. */
const flatTolerance = 0.01;
/** What stands for "infinitely unusual" in JSON. */
const maxScore = 1000;

/** @returns undefined while there is too little history to say */
export function detectAnomaly(
  history: readonly SeriesPoint[],
  latest: SeriesPoint,
  options: AnomalyOptions,
): AnomalyVerdict | undefined {
  const values = comparable(history, latest, options);
  if (values.length < minComparedPoints) return undefined;
  const expected = median(values);
  const deviations = values.map((value) => Math.abs(value - expected));
  const sigma = madToSigma * median(deviations) || meanToSigma * mean(deviations);
  const distance = latest.value - expected;
  const score = sigma > 0 ? clamp(distance / sigma) : flatScore(distance, expected);
  const isAnomaly =
    (options.direction !== 'below' && score >= options.sensitivity) ||
    (options.direction !== 'above' && score <= -options.sensitivity);
  return { isAnomaly, score, expected, compared: values.length };
}

/** Values before the latest one, in a season those of the same phase and one period to either side. */
function comparable(history: readonly SeriesPoint[], latest: SeriesPoint, options: AnomalyOptions): number[] {
  const { periodMs, seasonMs } = options;
  const isNear = ({ atMs }: SeriesPoint): boolean => {
    if (atMs >= latest.atMs || seasonMs === undefined) return atMs < latest.atMs;
    const phase = (latest.atMs - atMs) % seasonMs;
    return Math.min(phase, seasonMs - phase) <= periodMs && latest.atMs - atMs > seasonMs / 2;
  };
  return history.filter((point) => Number.isFinite(point.value) && isNear(point)).map(({ value }) => value);
}

function flatScore(distance: number, expected: number): number {
  if (Math.abs(distance) <= flatTolerance * Math.abs(expected)) return 0;
  return Math.sign(distance) * maxScore;
}

const clamp = (score: number): number => Math.max(-maxScore, Math.min(maxScore, score));

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
