/**
 * The one port to metrics: CloudWatch's GetMetricData, which the local runtime plays as well. Requests are bounded by the
 * number of points, since GetMetricData is billed by metrics asked for and slow for what nobody can look at.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
 */
import type { CloudWatchClient, MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { SeriesPoint } from '../../../layers/monitoring/detect-anomaly.ts';
import { httpApiIds } from '../config.ts';
import { type MetricName, type MetricSource, metricOf, type Statistic } from './metric-catalogue.ts';

export interface SeriesRequest {
  metric: MetricName;
  /** @default the metric's usual one */
  statistic?: Statistic | undefined;
  periodSeconds: number;
  fromMs: number;
  toMs: number;
}

/** 14 days of hours are 336, 7 days of five minutes 2,016. */
const maxPoints = 5000;

/** Loaded with the first question, so that no cold start waits for it. */
const loadSdk = () => import('@aws-sdk/client-cloudwatch');
let client: CloudWatchClient | undefined;

/** @returns points of whole periods, oldest first; a period without data is missing */
export async function readSeries({ metric, periodSeconds, fromMs, toMs, ...request }: SeriesRequest) {
  const definition = metricOf(metric);
  const statistic = request.statistic ?? definition.statistics[0]!;
  if (!definition.statistics.includes(statistic))
    throw new AppError('unprocessable', `${metric} knows the statistics ${definition.statistics.join(', ')}.`);
  const periodMs = periodSeconds * 1000;
  const from = Math.floor(fromMs / periodMs) * periodMs;
  const to = Math.ceil(toMs / periodMs) * periodMs;
  if ((to - from) / periodMs > maxPoints)
    throw new AppError('unprocessable', `At most ${maxPoints} points: take a shorter time or a longer period.`);
  const read = (source: MetricSource) => readSource(source, statistic, periodSeconds, from, to);
  if (definition.outOf === undefined) return toPoints(await read(definition.source));
  const { outOf } = definition;
  const [part, whole] = await Promise.all([read(definition.source), read(outOf)]);
  const rates = [...whole].flatMap(([atMs, count]): [number, number][] =>
    count < outOf.least ? [] : [[atMs, (100 * (part.get(atMs) ?? 0)) / count]],
  );
  return toPoints(new Map(rates));
}

const toPoints = (values: ReadonlyMap<number, number>): SeriesPoint[] =>
  [...values].map(([atMs, value]) => ({ atMs, value })).sort((a, b) => a.atMs - b.atMs);

/** Values by the beginning of their period, those of several APIs or labels put together. */
async function readSource(source: MetricSource, statistic: Statistic, Period: number, fromMs: number, toMs: number) {
  const { CloudWatchClient, GetMetricDataCommand } = await loadSdk();
  client ??= new CloudWatchClient({});
  const queries: MetricDataQuery[] = dimensionSets(source).map((dimensions, i) => ({
    Id: `m${i}`,
    MetricStat: {
      Metric: {
        Namespace: source.namespace,
        MetricName: source.metric,
        Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      },
      Period,
      Stat: cloudWatchName[statistic],
    },
  }));
  const byTime = new Map<number, number[]>();
  let NextToken: string | undefined;
  if (queries.length === 0) return new Map<number, number>();
  do {
    const answer: { MetricDataResults?: { Timestamps?: Date[]; Values?: number[] }[]; NextToken?: string } =
      await client.send(
        new GetMetricDataCommand({
          MetricDataQueries: queries,
          StartTime: new Date(fromMs),
          EndTime: new Date(toMs),
          ...(NextToken === undefined ? {} : { NextToken }),
        }),
      );
    for (const { Timestamps = [], Values = [] } of answer.MetricDataResults ?? [])
      Timestamps.forEach((time, i) => {
        const atMs = new Date(time).getTime();
        byTime.set(atMs, [...(byTime.get(atMs) ?? []), Values[i]!]);
      });
    ({ NextToken } = answer);
  } while (NextToken !== undefined);
  return new Map([...byTime].map(([atMs, values]) => [atMs, together(statistic, values)]));
}

function dimensionSets({ perApi, overLabel, dimensions = {} }: MetricSource): Record<string, string>[] {
  if (overLabel) return overLabel.values.map((value) => ({ ...dimensions, [overLabel.label]: value }));
  return perApi ? httpApiIds().map((ApiId) => ({ ...dimensions, ApiId })) : [dimensions];
}

const cloudWatchName: Record<Statistic, string> = {
  sum: 'Sum',
  average: 'Average',
  minimum: 'Minimum',
  maximum: 'Maximum',
  count: 'SampleCount',
  p50: 'p50',
  p90: 'p90',
  p95: 'p95',
  p99: 'p99',
};

/** Counts add up. Of times the slower API is told, since percentiles of several cannot be put together. */
function together(statistic: Statistic, values: readonly number[]): number {
  if (statistic === 'sum' || statistic === 'count') return values.reduce((sum, value) => sum + value, 0);
  return statistic === 'minimum' ? Math.min(...values) : Math.max(...values);
}
