/**
 * CloudWatch and CloudWatch Logs on one machine: the functions' log lines, the metrics in them, and
 * alarms over those. The JSON protocol only: a client that speaks Smithy RPC v2 CBOR is told so.
 */
import {
  AwsError,
  type AwsService,
  ConfigurationError,
  type ResourceProvider,
  type RuntimeContext,
} from '../../runtime/types.ts';
import { jsonOperations } from '../support/json-operations.ts';
import { type Alarm, Alarms } from './alarms.ts';
import { compileFilterPattern } from './filter-pattern.ts';
import { insightsOperations } from './insights.ts';
import { type LogEvent, LogGroups } from './log-groups.ts';
import { type Dimensions, MetricStore, type Statistic } from './metrics.ts';
import { logsOperations, monitoringOperations } from './operations.ts';

export interface CloudWatchService extends AwsService {
  /** Takes one line of a function's output. */
  ingest(functionName: string, line: string): void;
  /** Says which log group a function writes to. @default `/aws/lambda/<functionName>` */
  useLogGroup(functionName: string, logGroupName: string): void;
  /** Records one value, now; for the metrics that AWS services keep of themselves. */
  putMetric(namespace: string, name: string, dimensions: Dimensions, value: number): void;
  /** Like `putMetric`, prepared for metrics that are recorded often; without percentiles. */
  counter(namespace: string, name: string, dimensions: Dimensions): (value?: number) => void;
  /** Calls back at the start of each minute, for metrics that are levels, such as the length of a queue. */
  sampleEachMinute(sample: () => void): void;
  /** A statistic over the minutes from `startMs` to before `endMs`; undefined without data. */
  statistic(
    namespace: string,
    name: string,
    dimensions: Dimensions,
    statistic: Statistic,
    startMs: number,
    endMs: number,
  ): number | undefined;
  /** The newest events of a log group, oldest first. */
  logEvents(logGroupName: string): readonly LogEvent[];
  alarms(): Alarm[];
}

export function createCloudWatchService(ctx: RuntimeContext): CloudWatchService {
  const metrics = new MetricStore(ctx);
  const groups = new LogGroups(ctx, metrics);
  const alarms = new Alarms(ctx, metrics);
  const groupOf = new Map<string, string>();
  ctx.targets.register('logs', async ({ arn, payload }) => {
    groups.put(arn.replace(/^.*:log-group:/, '').replace(/:\*$/, ''), payload);
  });
  const answer = jsonOperations('CloudWatch', {
    ...monitoringOperations(ctx, metrics, alarms),
    ...logsOperations(groups),
    ...insightsOperations(ctx, groups),
  });
  return {
    signingName: 'monitoring',
    signingAliases: ['logs'],
    resources: cloudWatchResources(ctx, groups, alarms),
    async handle(request) {
      if (request.headers['smithy-protocol'] === 'rpc-v2-cbor')
        throw new AwsError(
          'UnknownOperationException',
          'CloudWatch speaks the JSON protocol only here, not Smithy RPC v2 CBOR.',
        );
      return await answer(request);
    },
    start: async () => alarms.start(),
    stop: async () => alarms.stop(),
    ingest: (functionName, line) =>
      groups.put(groupOf.get(functionName) ?? `/aws/lambda/${functionName}`, line, functionName),
    useLogGroup: (functionName, logGroupName) => void groupOf.set(functionName, logGroupName),
    putMetric: (namespace, name, dimensions, value) =>
      metrics.put({ namespace, name, dimensions }, [value], ctx.clock.now()),
    counter: (namespace, name, dimensions) => metrics.counter({ namespace, name, dimensions }),
    sampleEachMinute: (sample) => alarms.addSampler(sample),
    statistic: (namespace, name, dimensions, statistic, startMs, endMs) =>
      metrics.statistic({ namespace, name, dimensions }, statistic, startMs, endMs),
    logEvents: (logGroupName) => groups.events(logGroupName),
    alarms: () => alarms.all(),
  };
}

function cloudWatchResources(ctx: RuntimeContext, groups: LogGroups, alarms: Alarms): Record<string, ResourceProvider> {
  const kept =
    (property: string): ResourceProvider =>
    ({ properties, defaultName }) => ({ ref: String(properties[property] ?? defaultName) });
  const alarm = ({ name, arn }: Alarm) => ({ ref: name, attributes: { Arn: arn } });
  return {
    'AWS::Logs::LogGroup': ({ properties, defaultName }) => {
      const name = String(properties['LogGroupName'] ?? defaultName);
      groups.open(name);
      return { ref: name, attributes: { Arn: `arn:aws:logs:${ctx.region}:${ctx.accountId}:log-group:${name}:*` } };
    },
    'AWS::Logs::LogStream': kept('LogStreamName'),
    'AWS::Logs::MetricFilter': ({ properties, defaultName }) => {
      declareMetricFilter(properties, defaultName, groups);
      return { ref: String(properties['FilterName'] ?? defaultName) };
    },
    'AWS::Logs::ResourcePolicy': kept('PolicyName'),
    'AWS::Logs::QueryDefinition': ({ defaultName }) => ({
      ref: defaultName,
      attributes: { QueryDefinitionId: defaultName },
    }),
    'AWS::CloudWatch::Alarm': ({ properties, defaultName }) =>
      alarm(alarms.addMetricAlarm(String(properties['AlarmName'] ?? defaultName), properties)),
    'AWS::CloudWatch::CompositeAlarm': ({ properties, defaultName }) =>
      alarm(alarms.addCompositeAlarm(String(properties['AlarmName'] ?? defaultName), properties)),
    'AWS::CloudWatch::Dashboard': kept('DashboardName'),
  };
}

function declareMetricFilter(properties: Record<string, any>, name: string, groups: LogGroups): void {
  for (const { MetricNamespace, MetricName, MetricValue, DefaultValue, Dimensions } of properties[
    'MetricTransformations'
  ] ?? []) {
    if (Dimensions !== undefined)
      throw new ConfigurationError(`Metric filter "${name}" has dimensions, which are not played locally.`);
    try {
      groups.addFilter(String(properties['LogGroupName']), {
        matches: compileFilterPattern(String(properties['FilterPattern'] ?? '')),
        namespace: MetricNamespace,
        name: MetricName,
        value: String(MetricValue),
        defaultValue: DefaultValue === undefined ? undefined : Number(DefaultValue),
      });
    } catch (error) {
      throw new ConfigurationError(`Metric filter "${name}" cannot be used: ${(error as Error).message}.`);
    }
  }
}
