/**
 * Metrics of the installation in CloudWatch's embedded metric format: a line in the log, no call, no wait. CloudWatch bills
 * every combination of name and labels as a metric of its own ($0.30 a month while it is written), so labels name what is few
 * (a table, a way of sending), never a tenant, a meter or a path; those have counters in tables.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { serviceName } from '../config/service-name.ts';

/** CloudWatch namespace of every metric of the product. */
export const metricNamespace = 'Mizan';

export type MetricLabels = Readonly<Record<string, string>>;
export type MeasuredUnit = 'count' | 'milliseconds' | 'bytes' | 'percent';

/** More combinations of labels than these in one process are counted together, so that a mistake has a price that is known. */
export const maxLabelSets = 50;
const maxLabels = 3;
/** What stands for a label's value once there are too many. */
export const otherLabels = 'other';

const units: Record<MeasuredUnit, (typeof MetricUnit)[keyof typeof MetricUnit]> = {
  count: MetricUnit.Count,
  milliseconds: MetricUnit.Milliseconds,
  bytes: MetricUnit.Bytes,
  percent: MetricUnit.Percent,
};

interface Series {
  metrics: Metrics;
  isFilled: boolean;
}

const bySet = new Map<string, Series>();

/** Adds to a counter; read it as `Sum`. @throws Error for a label that could name anything */
export const countMetric = (name: string, value = 1, labels: MetricLabels = {}): void =>
  write(name, 'count', value, labels);

/** Says how high something stands now; read it as `Average` or `Maximum` of a period. */
export const gaugeMetric = (name: string, value: number, unit: MeasuredUnit, labels: MetricLabels = {}): void =>
  write(name, unit, value, labels);

/** One observation of many; every value is kept, so any percentile can be read later. */
export const histogramMetric = (name: string, value: number, unit: MeasuredUnit, labels: MetricLabels = {}): void =>
  write(name, unit, value, labels);

/** The observations of one run at once, for sum, mean, least and greatest; a run that had none writes nothing. */
export function summaryMetric(
  name: string,
  values: readonly number[],
  unit: MeasuredUnit,
  labels: MetricLabels = {},
): void {
  for (const value of values) write(name, unit, value, labels);
}

/** Writes out what was noted; the pipeline of every function calls it at the end of an invocation. */
export function publishMetrics(): void {
  for (const series of bySet.values()) {
    if (!series.isFilled) continue;
    series.isFilled = false;
    series.metrics.publishStoredMetrics();
  }
}

function write(name: string, unit: MeasuredUnit, value: number, labels: MetricLabels): void {
  const series = seriesOf(labels);
  series.isFilled = true;
  series.metrics.addMetric(name, units[unit], value);
}

function seriesOf(labels: MetricLabels): Series {
  const entries = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  if (entries.length > maxLabels) throw new Error(`A metric has ${maxLabels} labels at most.`);
  for (const [label, value] of entries)
    if (!/^[a-z]\w{0,30}$/i.test(label) || label === 'service' || !/^[\x21-\x7e]{1,100}$/.test(value))
      throw new Error(`The label ${label} cannot be a dimension of CloudWatch: printable ASCII without spaces.`);
  const key = JSON.stringify(entries);
  const known = bySet.get(key);
  if (known !== undefined) return known;
  const isOther = entries.every(([, value]) => value === otherLabels);
  if (bySet.size >= maxLabelSets && !isOther)
    return seriesOf(Object.fromEntries(entries.map(([label]) => [label, otherLabels])));
  const series = {
    metrics: new Metrics({
      namespace: metricNamespace,
      serviceName,
      defaultDimensions: Object.fromEntries(entries),
    }),
    isFilled: false,
  };
  bySet.set(key, series);
  return series;
}
