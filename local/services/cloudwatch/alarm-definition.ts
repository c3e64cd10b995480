/** Metric alarms as CloudFormation declares them, checked and ready to evaluate. */
import { ConfigurationError } from '../../runtime/types.ts';
import { compileMetricMath } from './metric-math.ts';
import { isStatistic, type MetricId, type MetricStore } from './metrics.ts';

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

export interface MetricAlarmDefinition {
  name: string;
  threshold: number;
  comparison: (value: number) => boolean;
  periodMs: number;
  evaluationPeriods: number;
  datapointsToAlarm: number;
  treatMissingData: string;
  /** The data point of a period; undefined without data. */
  datapoint(metrics: MetricStore, startMs: number, endMs: number): number | undefined;
}

const COMPARISONS: Record<string, (value: number, threshold: number) => boolean> = {
  GreaterThanThreshold: (value, threshold) => value > threshold,
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};
const MISSING_DATA = ['missing', 'notBreaching', 'breaching', 'ignore'];

/** @throws ConfigurationError */
export function defineMetricAlarm(name: string, properties: Record<string, any>): MetricAlarmDefinition {
  const refuse = (problem: string): never => {
    throw new ConfigurationError(`CloudWatch alarm "${name}" cannot be used: ${problem}.`);
  };
  const compare =
    COMPARISONS[properties['ComparisonOperator']] ??
    refuse(`ComparisonOperator ${properties['ComparisonOperator']} is not played locally`);
  const threshold = Number(properties['Threshold'] ?? refuse('it has no Threshold'));
  const evaluationPeriods = Number(properties['EvaluationPeriods']);
  // "Alarms that evaluate metrics in the AWS/DynamoDB namespace ignore missing data by default."
  const usual = properties['Namespace'] === 'AWS/DynamoDB' ? 'ignore' : 'missing';
  const treatMissingData = String(properties['TreatMissingData'] ?? usual);
  if (!MISSING_DATA.includes(treatMissingData)) refuse(`TreatMissingData ${treatMissingData} is unknown`);
  const { periodMs, datapoint } =
    properties['Metrics'] === undefined ? singleMetric(properties, refuse) : metricMath(properties['Metrics'], refuse);
  if (!(periodMs >= 60_000) || periodMs % 60_000 !== 0) refuse('its period must be a multiple of 60 seconds');
  return {
    name,
    threshold,
    comparison: (value) => compare(value, threshold),
    periodMs,
    evaluationPeriods,
    datapointsToAlarm: Number(properties['DatapointsToAlarm'] ?? evaluationPeriods),
    treatMissingData,
    datapoint,
  };
}

type Refuse = (problem: string) => never;
type Source = Pick<MetricAlarmDefinition, 'periodMs' | 'datapoint'>;

function singleMetric(properties: Record<string, any>, refuse: Refuse): Source {
  const statistic = String(properties['Statistic'] ?? properties['ExtendedStatistic']);
  if (!isStatistic(statistic)) refuse(`statistic ${statistic} is not played locally`);
  const id = metricId(properties);
  return {
    periodMs: Number(properties['Period']) * 1_000,
    datapoint: (metrics, startMs, endMs) => metrics.statistic(id, statistic, startMs, endMs),
  };
}

function metricMath(queries: Record<string, any>[], refuse: Refuse): Source {
  const sources = new Map<string, Source['datapoint']>();
  let periodMs = 0;
  for (const { Id, MetricStat, Expression, Period } of queries) {
    periodMs = Math.max(periodMs, Number(MetricStat?.Period ?? Period ?? 0) * 1_000);
    if (MetricStat !== undefined) {
      const id = metricId(MetricStat.Metric);
      if (!isStatistic(MetricStat.Stat)) refuse(`statistic ${MetricStat.Stat} is not played locally`);
      sources.set(Id, (metrics, start, end) => metrics.statistic(id, MetricStat.Stat, start, end));
      continue;
    }
    try {
      const compute = compileMetricMath(String(Expression));
      sources.set(Id, (metrics, start, end) => compute((other) => sources.get(other)?.(metrics, start, end)));
    } catch (error) {
      refuse((error as Error).message);
    }
  }
  const returned = queries.filter(({ ReturnData = true }) => String(ReturnData) === 'true');
  if (returned.length !== 1) refuse('exactly one of its metrics must return data');
  return { periodMs, datapoint: sources.get(returned[0]!['Id'])! };
}

/** From the members that MetricStat, alarms and the API share. */
export function metricId({ Namespace, MetricName, Dimensions = [] }: Record<string, any>): MetricId {
  const dimensions = (Dimensions as { Name: string; Value: string }[]).map(({ Name, Value }) => [Name, String(Value)]);
  return { namespace: String(Namespace), name: String(MetricName), dimensions: Object.fromEntries(dimensions) };
}
