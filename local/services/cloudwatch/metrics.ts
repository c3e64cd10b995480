/**
 * Metrics in buckets of one minute of modelled time, kept for a day.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html
 */
import type { RuntimeContext } from '../../runtime/types.ts';

export const MINUTE_MS = 60_000;
const KEPT_MINUTES = 1_440;
/** Values kept of a minute for percentiles, a random sample beyond; sums, counts and extremes are always exact. */
const KEPT_VALUES = 1_000;
/** Percentiles reach back this far; the values are most of what a metric weighs. */
const MINUTES_WITH_VALUES = 60;
const HOURS_PER_MONTH = 730;

export type Dimensions = Readonly<Record<string, string>>;

export interface MetricId {
  namespace: string;
  name: string;
  dimensions: Dimensions;
}

interface Bucket {
  sum: number;
  count: number;
  min: number;
  max: number;
  values: number[];
}

interface Series extends MetricId {
  buckets: Map<number, Bucket>;
  billedHour: number;
  /** First minute that may have values. */
  valuesFrom: number;
}

/** `Average`, `Sum`, `Minimum`, `Maximum`, `SampleCount` or a percentile such as `p99.9`. */
export type Statistic = string;

export class MetricStore {
  readonly #ctx: RuntimeContext;
  readonly #series = new Map<string, Series>();

  constructor(ctx: RuntimeContext) {
    this.#ctx = ctx;
  }

  put(id: MetricId, values: readonly number[], timestampMs: number): void {
    this.#add(this.#open(id), values, timestampMs);
  }

  /** A quick way to record the same metric again and again, now; it has no percentiles. */
  counter(id: MetricId): (value?: number) => void {
    const series = this.#open(id);
    return (value = 1) => this.#record(this.#bucket(series, this.#ctx.clock.now()), value);
  }

  /** The statistic over the minutes that begin from `startMs` to before `endMs`; undefined without data. */
  statistic(id: MetricId, statistic: Statistic, startMs: number, endMs: number): number | undefined {
    const series = this.#series.get(keyOf(id));
    if (series === undefined) return undefined;
    const buckets: Bucket[] = [];
    for (let minute = Math.ceil(startMs / MINUTE_MS); minute * MINUTE_MS < endMs; minute++) {
      const bucket = series.buckets.get(minute);
      if (bucket !== undefined) buckets.push(bucket);
    }
    return buckets.length === 0 ? undefined : compute(statistic, buckets);
  }

  list(): MetricId[] {
    return [...this.#series.values()]
      .filter(({ buckets }) => buckets.size > 0)
      .map(({ namespace, name, dimensions }) => ({ namespace, name, dimensions }));
  }

  #add(series: Series, values: readonly number[], timestampMs: number): void {
    const bucket = this.#bucket(series, timestampMs);
    for (const value of values) {
      this.#record(bucket, value);
      if (bucket.values.length < KEPT_VALUES) bucket.values.push(value);
      else {
        const place = Math.floor(Math.random() * bucket.count);
        if (place < KEPT_VALUES) bucket.values[place] = value;
      }
    }
  }

  #record(bucket: Bucket, value: number): void {
    bucket.sum += value;
    bucket.count += 1;
    bucket.min = Math.min(bucket.min, value);
    bucket.max = Math.max(bucket.max, value);
  }

  #bucket(series: Series, timestampMs: number): Bucket {
    this.#bill(series);
    const minute = Math.floor(timestampMs / MINUTE_MS);
    let bucket = series.buckets.get(minute);
    if (bucket === undefined) {
      bucket = { sum: 0, count: 0, min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY, values: [] };
      series.buckets.set(minute, bucket);
      this.#forget(series);
    }
    return bucket;
  }

  /** Each minute is looked at once as it grows old: buckets are made in the order of time, or nearly. */
  #forget(series: Series): void {
    const current = Math.floor(this.#ctx.clock.now() / MINUTE_MS);
    for (const minute of series.buckets.keys()) {
      if (minute >= current - KEPT_MINUTES) break;
      series.buckets.delete(minute);
    }
    const oldest = current - MINUTES_WITH_VALUES;
    for (let minute = Math.max(series.valuesFrom, current - KEPT_MINUTES); minute < oldest; minute++) {
      const old = series.buckets.get(minute);
      if (old !== undefined) old.values = [];
    }
    series.valuesFrom = Math.max(series.valuesFrom, oldest);
  }

  #open(id: MetricId): Series {
    const key = keyOf(id);
    let series = this.#series.get(key);
    if (series === undefined) {
      series = { ...id, buckets: new Map(), billedHour: -1, valuesFrom: 0 };
      this.#series.set(key, series);
    }
    return series;
  }

  /** Custom metrics are billed for each hour in which they are sent; those of AWS services are free. */
  #bill(series: Series): void {
    const hour = Math.floor(this.#ctx.clock.now() / 3_600_000);
    if (series.namespace.startsWith('AWS/') || series.billedHour === hour) return;
    series.billedHour = hour;
    this.#ctx.meter.count('cloudwatch.metricMonth', 1 / HOURS_PER_MONTH);
  }
}

export function isStatistic(statistic: string): boolean {
  return Object.hasOwn(STATISTICS, statistic) || /^p\d{1,2}(\.\d+)?$|^p100$/.test(statistic);
}

const STATISTICS: Record<string, (buckets: Bucket[]) => number> = {
  Sum: (buckets) => buckets.reduce((total, { sum }) => total + sum, 0),
  SampleCount: (buckets) => buckets.reduce((total, { count }) => total + count, 0),
  Average: (buckets) => STATISTICS['Sum']!(buckets) / STATISTICS['SampleCount']!(buckets),
  Minimum: (buckets) => Math.min(...buckets.map(({ min }) => min)),
  Maximum: (buckets) => Math.max(...buckets.map(({ max }) => max)),
};

function compute(statistic: Statistic, buckets: Bucket[]): number | undefined {
  const simple = STATISTICS[statistic];
  if (simple !== undefined) return simple(buckets);
  const values = buckets.flatMap(({ values: each }) => each).sort((a, b) => a - b);
  const rank = Math.ceil((Number(statistic.slice(1)) / 100) * values.length);
  return values[Math.max(0, rank - 1)];
}

/** Callers hand in the same dimensions again and again, so their key is made once. */
const dimensionKeys = new WeakMap<Dimensions, string>();

function keyOf({ namespace, name, dimensions }: MetricId): string {
  let key = dimensionKeys.get(dimensions);
  if (key === undefined) {
    key = JSON.stringify(Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1)));
    dimensionKeys.set(dimensions, key);
  }
  return `${namespace}\n${name}\n${key}`;
}
