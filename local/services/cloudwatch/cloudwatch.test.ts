/** Logs, metrics and alarms on the modelled clock; behaviour per the CloudWatch user guide. */
import { beforeEach, describe, expect, it } from 'vitest';
import { awsRequest } from '../test-support/aws-request.ts';
import { createFakeContext, createResource, type FakeContext } from '../test-support/fake-context.ts';
import { type CloudWatchService, createCloudWatchService } from './index.ts';

const MINUTE = 60_000;
const TOPIC = 'arn:aws:sns:us-east-1:000000000000:alarms';
let ctx: FakeContext;
let cloudwatch: CloudWatchService;

beforeEach(async () => {
  ctx = createFakeContext();
  cloudwatch = createCloudWatchService(ctx);
  await cloudwatch.start!();
});

async function call(operation: string, input: object, headers: Record<string, string> = {}): Promise<any> {
  return (await cloudwatch.handle!(awsRequest({ operation, body: input, headers }))).body;
}
const lastMinute = (namespace: string, name: string, statistic = 'Sum', dimensions = {}) =>
  cloudwatch.statistic(namespace, name, dimensions, statistic, ctx.clock.now() - MINUTE, ctx.clock.now());
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('log lines', () => {
  it('are kept by log group and found by pattern and time', async () => {
    cloudwatch.ingest('f', 'START');
    ctx.clock.advance(1_000);
    cloudwatch.ingest('f', '{"level":"ERROR","message":"no"}');
    const found = await call('FilterLogEvents', {
      logGroupName: '/aws/lambda/f',
      filterPattern: '{ $.level = "ERROR" }',
    });
    expect(found.events).toEqual([
      expect.objectContaining({ message: '{"level":"ERROR","message":"no"}', timestamp: ctx.clock.now() }),
    ]);
    const early = await call('FilterLogEvents', { logGroupName: '/aws/lambda/f', endTime: ctx.clock.now() });
    expect(early.events.map(({ message }: any) => message)).toEqual(['START']);
    await expect(call('FilterLogEvents', { logGroupName: 'none' })).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
    });
    await expect(
      call('FilterLogEvents', { logGroupName: '/aws/lambda/f', filterPattern: '[a]' }),
    ).rejects.toMatchObject({ code: 'InvalidParameterException' });
  });

  it('go to the group a function is given, and are billed with 26 bytes each', () => {
    cloudwatch.useLogGroup('f', 'mine');
    cloudwatch.ingest('f', 'x'.repeat(74));
    expect(cloudwatch.logEvents('mine')).toHaveLength(1);
    expect(ctx.meter.units('cloudwatch.logIngestGB') * 1024 ** 3).toBeCloseTo(100);
  });

  it('keep the newest when there are too many', () => {
    for (let index = 0; index < 12_000; index++) cloudwatch.ingest('f', String(index));
    const events = cloudwatch.logEvents('/aws/lambda/f');
    expect(events.length).toBeLessThanOrEqual(11_000);
    expect(events.at(-1)!.message).toBe('11999');
  });

  it('come from other services through the target router', async () => {
    await createResource(cloudwatch, 'AWS::Logs::LogGroup', 'G', { LogGroupName: '/events' });
    await ctx.targets.deliver({ arn: 'arn:aws:logs:us-east-1:000000000000:log-group:/events:*', payload: '{"a":1}' });
    expect(cloudwatch.logEvents('/events')[0]!.message).toBe('{"a":1}');
  });
});

describe('metrics', () => {
  it('are read from embedded metric format (EMF specification)', () => {
    const line = {
      _aws: {
        Timestamp: ctx.clock.now(),
        CloudWatchMetrics: [
          { Namespace: 'Mizan', Dimensions: [['service'], []], Metrics: [{ Name: 'readings' }, { Name: 'latency' }] },
        ],
      },
      service: 'ingest',
      readings: 10,
      latency: [5, 15],
    };
    cloudwatch.ingest('f', JSON.stringify(line));
    cloudwatch.ingest('f', JSON.stringify({ ...line, readings: 5, latency: 100 }));
    cloudwatch.ingest('f', '{"_aws":"broken"}');
    ctx.clock.advance(MINUTE);
    expect(lastMinute('Mizan', 'readings', 'Sum', { service: 'ingest' })).toBe(15);
    expect(lastMinute('Mizan', 'readings')).toBe(15);
    expect(lastMinute('Mizan', 'latency', 'Average')).toBe(40);
    expect(lastMinute('Mizan', 'latency', 'p50')).toBe(15);
    expect(lastMinute('Mizan', 'latency', 'SampleCount')).toBe(3);
    expect(lastMinute('Mizan', 'readings', 'Sum', { service: 'other' })).toBeUndefined();
  });

  it('are made of log lines by metric filters', async () => {
    await createResource(cloudwatch, 'AWS::Logs::MetricFilter', 'Errors', {
      LogGroupName: '/aws/lambda/f',
      FilterPattern: '{ $.level = "ERROR" }',
      MetricTransformations: [
        { MetricNamespace: 'Mizan', MetricName: 'errors', MetricValue: '1', DefaultValue: 0 },
        { MetricNamespace: 'Mizan', MetricName: 'took', MetricValue: '$.took' },
      ],
    });
    cloudwatch.ingest('f', '{"level":"ERROR","took":7}');
    cloudwatch.ingest('f', '{"level":"INFO","took":9}');
    ctx.clock.advance(MINUTE);
    expect(lastMinute('Mizan', 'errors')).toBe(1);
    expect(lastMinute('Mizan', 'errors', 'SampleCount')).toBe(2);
    expect(lastMinute('Mizan', 'took')).toBe(7);
  });

  it('are put and read by the API, with metric math', async () => {
    const start = ctx.clock.now();
    const put = (MetricName: string, Value: number) =>
      call('PutMetricData', {
        Namespace: 'N',
        MetricData: [{ MetricName, Value, Dimensions: [{ Name: 'd', Value: '1' }] }],
      });
    await put('good', 9);
    await put('bad', 1);
    ctx.clock.advance(MINUTE);
    await put('good', 4);
    const stat = (Id: string) => ({
      Id,
      ReturnData: false,
      MetricStat: {
        Metric: { Namespace: 'N', MetricName: Id, Dimensions: [{ Name: 'd', Value: '1' }] },
        Period: 60,
        Stat: 'Sum',
      },
    });
    const { MetricDataResults } = await call('GetMetricData', {
      StartTime: start / 1_000,
      EndTime: (start + 2 * MINUTE) / 1_000,
      ScanBy: 'TimestampAscending',
      MetricDataQueries: [
        { ...stat('good'), ReturnData: true },
        stat('bad'),
        { Id: 'rate', Expression: '100 * FILL(bad, 0) / (good + FILL(bad, 0))' },
      ],
    });
    expect(MetricDataResults.map(({ Id, Values }: any) => [Id, Values])).toEqual([
      ['good', [9, 4]],
      ['rate', [10, 0]],
    ]);
    expect((await call('ListMetrics', { Namespace: 'N' })).Metrics).toHaveLength(2);
    await expect(call('PutMetricData', { Namespace: 'AWS/Lambda' })).rejects.toMatchObject({
      code: 'InvalidParameterValue',
    });
  });

  it('count exactly, and estimate percentiles, beyond what is kept of a minute', () => {
    const count = cloudwatch.counter('AWS/IoT', 'Success', {});
    for (let value = 1; value <= 20_000; value++) {
      cloudwatch.putMetric('AWS/X', 'latency', {}, value);
      count();
    }
    ctx.clock.advance(MINUTE);
    expect(lastMinute('AWS/IoT', 'Success')).toBe(20_000);
    expect(lastMinute('AWS/X', 'latency', 'Maximum')).toBe(20_000);
    expect(lastMinute('AWS/X', 'latency', 'SampleCount')).toBe(20_000);
    expect(lastMinute('AWS/X', 'latency', 'p50')).toBeGreaterThan(8_000);
    expect(lastMinute('AWS/X', 'latency', 'p50')).toBeLessThan(12_000);
    expect(lastMinute('AWS/IoT', 'Success', 'p50')).toBeUndefined();
  });

  it('of our own are billed by the hour, those of AWS are free', () => {
    const hours = () => Math.round(ctx.meter.units('cloudwatch.metricMonth') * 730);
    cloudwatch.putMetric('AWS/Lambda', 'Errors', {}, 1);
    cloudwatch.putMetric('Mizan', 'a', {}, 1);
    cloudwatch.putMetric('Mizan', 'a', {}, 1);
    expect(hours()).toBe(1);
    ctx.clock.advance(3_600_000);
    cloudwatch.putMetric('Mizan', 'a', {}, 1);
    expect(hours()).toBe(2);
  });
});

describe('levels', () => {
  it('are sampled at the start of each minute', () => {
    let length = 3;
    cloudwatch.sampleEachMinute(() =>
      cloudwatch.putMetric('AWS/SQS', 'ApproximateNumberOfMessagesVisible', { QueueName: 'q' }, length),
    );
    ctx.clock.advance(MINUTE);
    length = 5;
    ctx.clock.advance(MINUTE);
    expect(lastMinute('AWS/SQS', 'ApproximateNumberOfMessagesVisible', 'Maximum', { QueueName: 'q' })).toBe(3);
  });
});

describe('metric alarms', () => {
  const declare = (more: object = {}) =>
    createResource(cloudwatch, 'AWS::CloudWatch::Alarm', 'A', {
      AlarmName: 'errors',
      Namespace: 'AWS/Lambda',
      MetricName: 'Errors',
      Dimensions: [{ Name: 'FunctionName', Value: 'f' }],
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 3,
      DatapointsToAlarm: 2,
      Threshold: 0,
      ComparisonOperator: 'GreaterThanThreshold',
      AlarmActions: [TOPIC],
      OKActions: [TOPIC],
      ...more,
    });
  const put = (value: number) => cloudwatch.putMetric('AWS/Lambda', 'Errors', { FunctionName: 'f' }, value);
  const state = () => cloudwatch.alarms()[0]!.state;

  it('go to ALARM when M of N periods breach, and back, telling their topic', async () => {
    expect(await declare()).toEqual({
      ref: 'errors',
      attributes: { Arn: 'arn:aws:cloudwatch:us-east-1:000000000000:alarm:errors' },
    });
    expect(state()).toBe('INSUFFICIENT_DATA');
    put(0);
    ctx.clock.advance(MINUTE);
    expect(state()).toBe('OK');
    for (const value of [1, 2]) {
      put(value);
      ctx.clock.advance(MINUTE);
    }
    expect(state()).toBe('ALARM');
    for (let minute = 0; minute < 2; minute++) {
      put(0);
      ctx.clock.advance(MINUTE);
    }
    expect(state()).toBe('OK');
    await settle();
    const messages = ctx.deliveries.map(({ arn, payload }) => ({ arn, ...JSON.parse(payload) }));
    expect(messages.map(({ OldStateValue, NewStateValue }) => [OldStateValue, NewStateValue])).toEqual([
      ['INSUFFICIENT_DATA', 'OK'],
      ['OK', 'ALARM'],
      ['ALARM', 'OK'],
    ]);
    expect(messages[1]).toMatchObject({
      arn: TOPIC,
      AlarmName: 'errors',
      Trigger: { MetricName: 'Errors', Threshold: 0 },
    });
  });

  it.each([
    ['missing', 'INSUFFICIENT_DATA'],
    ['notBreaching', 'OK'],
    ['breaching', 'ALARM'],
    ['ignore', 'ALARM'],
  ])('without data and with %s are %s', async (TreatMissingData, expected) => {
    await declare({ TreatMissingData });
    put(1);
    ctx.clock.advance(MINUTE);
    put(1);
    ctx.clock.advance(MINUTE);
    expect(state()).toBe('ALARM');
    ctx.clock.advance(10 * MINUTE);
    expect(state()).toBe(expected);
  });

  it('compute metric math', async () => {
    const metric = (Id: string, MetricName: string) => ({
      Id,
      ReturnData: false,
      MetricStat: { Metric: { Namespace: 'N', MetricName }, Period: 60, Stat: 'Sum' },
    });
    await declare({
      Metrics: [{ Id: 'rate', Expression: 'bad / all * 100' }, metric('bad', 'b'), metric('all', 'a')],
      EvaluationPeriods: 1,
      DatapointsToAlarm: 1,
      Threshold: 5,
    });
    cloudwatch.putMetric('N', 'a', {}, 100);
    cloudwatch.putMetric('N', 'b', {}, 6);
    ctx.clock.advance(MINUTE);
    expect(state()).toBe('ALARM');
  });

  it('keep their actions to themselves when these are disabled', async () => {
    await declare({ ActionsEnabled: false });
    put(1);
    ctx.clock.advance(2 * MINUTE);
    await settle();
    expect(ctx.deliveries).toEqual([]);
  });

  it('are described and set by the API', async () => {
    await declare();
    await call('SetAlarmState', { AlarmName: 'errors', StateValue: 'ALARM', StateReason: 'test' });
    const { MetricAlarms } = await call('DescribeAlarms', { StateValue: 'ALARM' });
    expect(MetricAlarms).toEqual([
      expect.objectContaining({ AlarmName: 'errors', StateValue: 'ALARM', StateReason: 'test', Period: 60 }),
    ]);
  });

  it.each([
    [{ ComparisonOperator: 'LessThanLowerThreshold' }, 'is not played locally'],
    [{ Statistic: 'IQM' }, 'statistic IQM'],
    [{ Period: 10 }, 'multiple of 60 seconds'],
    [{ Metrics: [{ Id: 'e', Expression: 'ANOMALY_DETECTION_BAND(m1)' }] }, 'metric math'],
  ])('with %j are refused', async (more, text) => {
    await expect(declare(more)).rejects.toThrow(text);
  });

  it('leave no timer behind', async () => {
    await cloudwatch.stop!();
    expect(ctx.clock.pending).toBe(0);
  });
});

describe('composite alarms', () => {
  it('follow the alarms they name', async () => {
    for (const AlarmName of ['a', 'b']) {
      await createResource(cloudwatch, 'AWS::CloudWatch::Alarm', AlarmName, {
        AlarmName,
        Namespace: 'N',
        MetricName: AlarmName,
        Statistic: 'Maximum',
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 1,
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        TreatMissingData: 'notBreaching',
      });
    }
    const AlarmRule = 'ALARM("a") AND NOT (ALARM(arn:aws:cloudwatch:us-east-1:000000000000:alarm:b) OR FALSE)';
    await createResource(cloudwatch, 'AWS::CloudWatch::CompositeAlarm', 'C', {
      AlarmName: 'c',
      AlarmRule,
      AlarmActions: [TOPIC],
    });
    const state = () => cloudwatch.alarms().find(({ name }) => name === 'c')!.state;
    cloudwatch.putMetric('N', 'a', {}, 1);
    ctx.clock.advance(MINUTE);
    expect(state()).toBe('ALARM');
    cloudwatch.putMetric('N', 'a', {}, 1);
    cloudwatch.putMetric('N', 'b', {}, 1);
    ctx.clock.advance(MINUTE);
    expect(state()).toBe('OK');
    await settle();
    expect(ctx.deliveries).toHaveLength(1);
    const broken = createResource(cloudwatch, 'AWS::CloudWatch::CompositeAlarm', 'D', { AlarmRule: 'ALARM(a' });
    await expect(broken).rejects.toMatchObject({ name: 'ConfigurationError' });
  });
});

describe('the protocol', () => {
  it('is JSON, and a CBOR client hears so', async () => {
    await expect(call('', {}, { 'smithy-protocol': 'rpc-v2-cbor' })).rejects.toThrow('JSON protocol only');
  });
});
