/** The APIs of CloudWatch and CloudWatch Logs, in the JSON protocol. */
import { AwsError, type RuntimeContext } from '../../runtime/types.ts';
import type { Operation } from '../support/json-operations.ts';
import { metricId } from './alarm-definition.ts';
import type { Alarm, Alarms } from './alarms.ts';
import { compileFilterPattern } from './filter-pattern.ts';
import type { LogEvent, LogGroups } from './log-groups.ts';
import { compileMetricMath } from './metric-math.ts';
import type { MetricStore } from './metrics.ts';

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Operations.html */
export function monitoringOperations(
  ctx: RuntimeContext,
  metrics: MetricStore,
  alarms: Alarms,
): Record<string, Operation> {
  return {
    PutMetricData: ({ Namespace, MetricData = [] }) => {
      if (typeof Namespace !== 'string' || Namespace.startsWith('AWS/'))
        throw new AwsError('InvalidParameterValue', 'Namespace must be given and must not begin with AWS/.');
      for (const { MetricName, Dimensions, Value, Values, Counts, StatisticValues, Timestamp } of MetricData) {
        if (StatisticValues !== undefined)
          throw new AwsError('InvalidParameterValue', 'StatisticValues are not played locally.');
        const values =
          Value !== undefined
            ? [Value]
            : (Values as number[]).flatMap((value, index) => Array(Counts?.[index] ?? 1).fill(value));
        const timestampMs = Timestamp === undefined ? ctx.clock.now() : millisecondsOf(Timestamp);
        metrics.put(metricId({ Namespace, MetricName, Dimensions }), values, timestampMs);
      }
      return {};
    },
    GetMetricData: ({ MetricDataQueries, StartTime, EndTime, ScanBy = 'TimestampDescending' }) => {
      const queries = MetricDataQueries as Record<string, any>[];
      const start = millisecondsOf(StartTime);
      const end = millisecondsOf(EndTime);
      const periodMs =
        Math.max(...queries.map(({ MetricStat, Period }) => Number(MetricStat?.Period ?? Period ?? 60))) * 1_000;
      const read = (query: Record<string, any>, from: number): number | undefined => {
        const { MetricStat, Expression } = query;
        if (MetricStat !== undefined)
          return metrics.statistic(metricId(MetricStat.Metric), MetricStat.Stat, from, from + periodMs);
        return compileMetricMath(Expression)((id) => {
          const other = queries.find(({ Id }) => Id === id);
          return other && read(other, from);
        });
      };
      const returned = queries.filter(({ ReturnData = true }) => ReturnData);
      const results = returned.map((query) => {
        const points: { at: number; value: number }[] = [];
        for (let at = Math.floor(start / periodMs) * periodMs; at < end; at += periodMs) {
          const value = read(query, at);
          if (value !== undefined) points.push({ at, value });
        }
        if (ScanBy === 'TimestampDescending') points.reverse();
        return {
          Id: query['Id'],
          Label: query['Label'] ?? query['MetricStat']?.Metric.MetricName ?? query['Id'],
          Timestamps: points.map(({ at }) => at / 1_000),
          Values: points.map(({ value }) => value),
          StatusCode: 'Complete',
        };
      });
      return { MetricDataResults: results, Messages: [] };
    },
    ListMetrics: ({ Namespace, MetricName }) => ({
      Metrics: metrics
        .list()
        .filter(({ namespace, name }) => (Namespace ?? namespace) === namespace && (MetricName ?? name) === name)
        .map(({ namespace, name, dimensions }) => ({
          Namespace: namespace,
          MetricName: name,
          Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
        })),
    }),
    DescribeAlarms: ({ AlarmNames, AlarmNamePrefix = '', StateValue, AlarmTypes = ['MetricAlarm'] }) => {
      const found = alarms
        .all()
        .filter(({ name }) => (AlarmNames === undefined ? name.startsWith(AlarmNamePrefix) : AlarmNames.includes(name)))
        .filter(({ state }) => StateValue === undefined || state === StateValue);
      const ofKind = (kind: Alarm['kind'], type: string) =>
        AlarmTypes.includes(type) ? found.filter((alarm) => alarm.kind === kind).map(describeAlarm) : [];
      return { MetricAlarms: ofKind('metric', 'MetricAlarm'), CompositeAlarms: ofKind('composite', 'CompositeAlarm') };
    },
    SetAlarmState: ({ AlarmName, StateValue, StateReason }) => {
      const alarm = alarms.find(AlarmName);
      if (alarm === undefined) throw new AwsError('ResourceNotFound', `There is no alarm ${AlarmName}.`, 404);
      alarms.setState(alarm, StateValue, StateReason);
      return {};
    },
  };
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_Operations.html */
export function logsOperations(groups: LogGroups): Record<string, Operation> {
  const eventsOf = ({
    logGroupName,
    logGroupIdentifier,
    startTime,
    endTime,
    logStreamNames,
  }: Record<string, any>): LogEvent[] => {
    const name =
      logGroupName ??
      String(logGroupIdentifier)
        .replace(/^.*:log-group:/, '')
        .replace(/:\*$/, '');
    if (!groups.has(name)) throw new AwsError('ResourceNotFoundException', 'The specified log group does not exist.');
    return groups
      .events(name)
      .filter(({ timestamp }) => timestamp >= (startTime ?? 0) && timestamp < (endTime ?? Number.POSITIVE_INFINITY))
      .filter(({ logStreamName }) => logStreamNames === undefined || logStreamNames.includes(logStreamName));
  };
  return {
    CreateLogGroup: ({ logGroupName }) => {
      if (groups.has(logGroupName))
        throw new AwsError('ResourceAlreadyExistsException', 'The specified log group already exists');
      groups.open(logGroupName);
      return {};
    },
    // Streams need no making: an event names the one it belongs to.
    CreateLogStream: () => ({}),
    DescribeLogGroups: ({ logGroupNamePrefix = '' }) => ({
      logGroups: groups
        .names()
        .filter((name) => name.startsWith(logGroupNamePrefix))
        .map((logGroupName) => ({ logGroupName })),
    }),
    PutLogEvents: ({ logGroupName, logStreamName, logEvents }) => {
      if (!groups.has(logGroupName))
        throw new AwsError('ResourceNotFoundException', 'The specified log group does not exist.');
      for (const { message, timestamp } of logEvents) groups.put(logGroupName, message, logStreamName, timestamp);
      return { nextSequenceToken: '0' };
    },
    FilterLogEvents: (input) => {
      const matches = compilePattern(input['filterPattern'] ?? '');
      const after = Number(input['nextToken'] ?? 0);
      const limit = Math.min(Number(input['limit'] ?? 10_000), 10_000);
      const found = eventsOf(input).filter(({ message }) => matches(message));
      const events = found.slice(after, after + limit).map((event) => ({ ...event, ingestionTime: event.timestamp }));
      return { events, ...(after + limit < found.length ? { nextToken: String(after + limit) } : {}) };
    },
    GetLogEvents: (input) => {
      const limit = Math.min(Number(input['limit'] ?? 10_000), 10_000);
      const events = eventsOf({ ...input, logStreamNames: input['logStreamName'] && [input['logStreamName']] });
      const page = input['startFromHead'] ? events.slice(0, limit) : events.slice(-limit);
      return { events: page.map(({ timestamp, message }) => ({ timestamp, message, ingestionTime: timestamp })) };
    },
  };
}

function compilePattern(pattern: string) {
  try {
    return compileFilterPattern(pattern);
  } catch (error) {
    throw new AwsError('InvalidParameterException', (error as Error).message);
  }
}

function describeAlarm({ name, arn, state, stateReason, stateUpdatedAt, properties }: Alarm): object {
  return {
    ...properties,
    AlarmName: name,
    AlarmArn: arn,
    StateValue: state,
    StateReason: stateReason,
    StateUpdatedTimestamp: stateUpdatedAt / 1_000,
  };
}

/** The JSON protocol carries seconds; ISO texts are taken too. */
function millisecondsOf(time: number | string): number {
  return typeof time === 'number' ? time * 1_000 : Date.parse(time);
}
