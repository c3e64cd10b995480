/**
 * The state of a metric alarm at one moment: M of the last N data points breach.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
import type { AlarmState, MetricAlarmDefinition } from './alarm-definition.ts';
import type { MetricStore } from './metrics.ts';

/** CloudWatch looks at more periods than it needs, to fill gaps with older points; its examples show two more. */
const EXTRA_PERIODS = 2;

export interface Evaluation {
  state: AlarmState;
  reason: string;
}

/** Looks at the last complete periods before `nowMs`. */
export function evaluateAlarm(
  alarm: MetricAlarmDefinition,
  current: AlarmState,
  metrics: MetricStore,
  nowMs: number,
): Evaluation {
  const { periodMs, evaluationPeriods } = alarm;
  const end = Math.floor(nowMs / periodMs) * periodMs;
  const range = Array.from({ length: evaluationPeriods + EXTRA_PERIODS }, (_, index) =>
    alarm.datapoint(metrics, end - (index + 1) * periodMs, end - index * periodMs),
  );
  return decide(alarm, current, range);
}

/** @param range the data points of the evaluation range, newest first, undefined where missing */
export function decide(
  alarm: Pick<
    MetricAlarmDefinition,
    'evaluationPeriods' | 'datapointsToAlarm' | 'treatMissingData' | 'comparison' | 'threshold'
  >,
  current: AlarmState,
  range: readonly (number | undefined)[],
): Evaluation {
  const { evaluationPeriods, datapointsToAlarm, treatMissingData, threshold } = alarm;
  const known = range.filter((point) => point !== undefined).slice(0, evaluationPeriods);
  const missing = evaluationPeriods - known.length;
  const breaching = known.filter(alarm.comparison).length;
  const text = `${known.length} datapoints [${known.join(', ')}] and ${missing} missing, threshold ${threshold}`;
  const judged = (alarming: boolean): Evaluation =>
    alarming
      ? { state: 'ALARM', reason: `Threshold Crossed: ${text}` }
      : { state: 'OK', reason: `Threshold not crossed: ${text}` };
  const enough = breaching >= datapointsToAlarm;
  if (enough || missing === 0 || treatMissingData === 'notBreaching') return judged(enough);
  if (treatMissingData === 'breaching') return judged(breaching + missing >= datapointsToAlarm);
  const allBreach = breaching === known.length;
  if (treatMissingData === 'ignore') return allBreach ? { state: current, reason: `No data: ${text}` } : judged(false);
  if (known.length === 0) return { state: 'INSUFFICIENT_DATA', reason: `Insufficient Data: ${text}` };
  return judged(allBreach);
}
