/**
 * The state of a metric alarm at one moment: M of the last N periods breach.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html
 */
import type { AlarmState, MetricAlarmDefinition } from './alarm-definition.ts';
import type { MetricStore } from './metrics.ts';

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
  const { periodMs, evaluationPeriods, datapointsToAlarm, treatMissingData, threshold } = alarm;
  const end = Math.floor(nowMs / periodMs) * periodMs;
  const points = Array.from({ length: evaluationPeriods }, (_, index) =>
    alarm.datapoint(metrics, end - (index + 1) * periodMs, end - index * periodMs),
  );
  const known = points.filter((point) => point !== undefined);
  const missing = points.length - known.length;
  const breaching = known.filter(alarm.comparison).length + (treatMissingData === 'breaching' ? missing : 0);
  const text = `${known.length} datapoints [${known.join(', ')}] and ${missing} missing, threshold ${threshold}`;
  if (breaching >= datapointsToAlarm) return { state: 'ALARM', reason: `Threshold Crossed: ${text}` };
  if (known.length === 0 && treatMissingData === 'ignore') return { state: current, reason: `No data: ${text}` };
  if (known.length === 0 && treatMissingData === 'missing')
    return { state: 'INSUFFICIENT_DATA', reason: `Insufficient Data: ${text}` };
  return { state: 'OK', reason: `Threshold not crossed: ${text}` };
}
