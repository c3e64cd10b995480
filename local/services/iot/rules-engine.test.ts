/** Topic rules end to end: declared as CloudFormation does, reached by a real MQTT client. */
import mqtt, { type MqttClient } from 'mqtt';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createCloudWatchService } from '../cloudwatch/index.ts';
import { createS3Service } from '../s3/index.ts';
import { awsRequest } from '../test-support/aws-request.ts';
import { createFakeContext, createResource, type FakeContext } from '../test-support/fake-context.ts';
import { createTimestreamService } from '../timestream/index.ts';
import { createIotService, type IotService } from './index.ts';

const QUEUE_URL = 'http://localhost:4566/000000000000/readings';
const QUEUE_ARN = 'arn:aws:sqs:us-east-1:000000000000:readings';
const FUNCTION_ARN = 'arn:aws:lambda:us-east-1:000000000000:function:react';
const toQueue = { Sqs: { QueueUrl: QUEUE_URL, RoleArn: 'r' } };

let ctx: FakeContext;
let iot: IotService;
let client: MqttClient;

beforeEach(async () => {
  ctx = createFakeContext();
  iot = ctx.add(createIotService(ctx));
  await iot.start!();
  client = await mqtt.connectAsync(iot.mqttUrl, { clientId: 'station-1', protocolVersion: 4, reconnectPeriod: 0 });
});

afterEach(async () => {
  client.end(true);
  await iot.stop!();
});

function rule(name: string, sql: string, actions: object[], more: object = {}) {
  return createResource(iot, 'AWS::IoT::TopicRule', name, {
    RuleName: name,
    TopicRulePayload: { Sql: sql, Actions: actions, AwsIotSqlVersion: '2016-03-23', ...more },
  });
}

async function publish(topic: string, payload: string | Buffer): Promise<void> {
  await client.publishAsync(topic, payload, { qos: 1 });
  // The PUBACK leaves before the rules run.
  await client.publishAsync('settle', '', { qos: 1 });
  await iot.idle();
}

const delivered = () => ctx.deliveries.map(({ arn, payload }) => ({ arn, payload: JSON.parse(payload) }));

describe('topic rules', () => {
  it('send what they select to a queue', async () => {
    const created = await rule(
      'Readings',
      "SELECT encode(*, 'base64') AS data, topic(2) AS station, clientid() AS clientId, timestamp() AS at FROM 'acrel/+/meter/+/data'",
      [toQueue],
    );
    expect(created).toEqual({
      ref: 'Readings',
      attributes: { Arn: 'arn:aws:iot:us-east-1:000000000000:rule/Readings' },
    });
    await publish('acrel/st1/meter/m1/data', 'raw');
    await publish('acrel/st1/meter/m1/status', 'raw');
    expect(delivered()).toEqual([
      { arn: QUEUE_ARN, payload: { data: 'cmF3', station: 'st1', clientId: 'station-1', at: ctx.clock.now() } },
    ]);
    expect(ctx.meter.units('iotCore.ruleTriggeredPerMillion')).toBe(1);
    expect(ctx.meter.units('iotCore.ruleActionPerMillion')).toBe(1);
  });

  it('encode the payload for a queue that asks for base64', async () => {
    await rule('Raw', "SELECT * FROM 'raw'", [{ Sqs: { QueueUrl: QUEUE_URL, UseBase64: true } }]);
    await publish('raw', Buffer.from([0xff, 0]));
    expect(ctx.deliveries[0]!.payload).toBe('/wA=');
  });

  it('do nothing when disabled', async () => {
    await rule('Off', "SELECT * FROM '#'", [toQueue], { RuleDisabled: true });
    await publish('a', '{}');
    expect(ctx.deliveries).toEqual([]);
  });

  it('are reached by Basic Ingest, free of message charge and unseen by subscribers (iot-basic-ingest)', async () => {
    await rule('Direct', 'SELECT topic() AS topic, topic(1) AS first', [toQueue]);
    let seen = 0;
    client.on('message', () => (seen += 1));
    await client.subscribeAsync('#');
    const before = ctx.meter.units('iotCore.messagePerMillion5KB');
    await client.publishAsync('$aws/rules/Direct/acrel/st1/data', '{}', { qos: 1 });
    await client.publishAsync('$aws/rules/Unknown/x', '{}', { qos: 1 });
    await publish('settled', '{}');
    expect(delivered()).toEqual([{ arn: QUEUE_ARN, payload: { topic: 'acrel/st1/data', first: 'acrel' } }]);
    expect(ctx.meter.units('iotCore.basicIngestMessagePerMillion')).toBe(2);
    // "settled" and "settle", each in and out.
    await vi.waitFor(() => expect(ctx.meter.units('iotCore.messagePerMillion5KB') - before).toBe(4));
    await vi.waitFor(() => expect(seen).toBe(2));
    expect(ctx.logLines.at(-1)!.message).toContain('RuleNotFound');
    // "Your devices and rules can't subscribe to Basic Ingest reserved topics."
    client.subscribe('$aws/rules/Direct/#');
    await new Promise<void>((resolve) => client.once('close', () => resolve()));
  });

  it('report failed actions once to the error action (rule-error-handling)', async () => {
    ctx.refuseTargets('readings');
    await rule('Failing', "SELECT * FROM 'in'", [toQueue, { Lambda: { FunctionArn: FUNCTION_ARN } }], {
      ErrorAction: { Sqs: { QueueUrl: QUEUE_URL.replace('readings', 'errors') } },
    });
    await publish('in', '{"a":1}');
    expect(delivered()).toEqual([
      { arn: FUNCTION_ARN, payload: { a: 1 } },
      {
        arn: 'arn:aws:sqs:us-east-1:000000000000:errors',
        payload: {
          ruleName: 'Failing',
          topic: 'in',
          cloudwatchTraceId: expect.any(String),
          clientId: 'station-1',
          base64OriginalPayload: Buffer.from('{"a":1}').toString('base64'),
          failures: [{ failedAction: 'SqsAction', failedResource: QUEUE_URL, errorMessage: `Refused: ${QUEUE_ARN}` }],
        },
      },
    ]);
  });

  it('send binary payloads that an action cannot take to the error action (binary-payloads)', async () => {
    await rule('Binary', "SELECT * FROM 'in'", [{ Lambda: { FunctionArn: FUNCTION_ARN } }], {
      ErrorAction: { Sqs: { QueueUrl: QUEUE_URL } },
    });
    await publish('in', 'not json');
    expect(delivered()).toMatchObject([{ arn: QUEUE_ARN, payload: { failures: [{ failedAction: 'LambdaAction' }] } }]);
  });

  it('republish, to reserved topics with $$ (republish-rule-action)', async () => {
    await rule('Again', "SELECT a FROM 'in'", [{ Republish: { Topic: `out/\${a}`, Qos: 1, RoleArn: 'r' } }]);
    await rule('Chain', "SELECT *, clientid() AS via FROM 'out/+'", [
      { Republish: { Topic: '$$aws/rules/Last/x', RoleArn: 'r' } },
    ]);
    await rule('Last', 'SELECT *', [toQueue]);
    await publish('in', '{"a":7}');
    expect(delivered()).toEqual([{ arn: QUEUE_ARN, payload: { a: 7, via: 'n/a' } }]);
  });

  it('see devices come and go (life-cycle-events)', async () => {
    await rule('Presence', "SELECT clientId, eventType, clientInitiatedDisconnect FROM '$aws/events/presence/+/+'", [
      toQueue,
    ]);
    const other = await mqtt.connectAsync(iot.mqttUrl, { clientId: 'meter-9', protocolVersion: 4 });
    await other.endAsync();
    await publish('settled', '');
    expect(delivered().map(({ payload }) => payload)).toEqual([
      { clientId: 'meter-9', eventType: 'connected' },
      { clientId: 'meter-9', eventType: 'disconnected', clientInitiatedDisconnect: true },
    ]);
  });

  it('write objects and time series, and are counted by CloudWatch (metrics_dimensions)', async () => {
    const s3 = ctx.add(createS3Service(ctx));
    const timestream = ctx.add(createTimestreamService(ctx));
    const cloudwatch = ctx.add(createCloudWatchService(ctx));
    await createResource(s3, 'AWS::S3::Bucket', 'B', { BucketName: 'raw' });
    await createResource(timestream, 'AWS::Timestream::Database', 'D', { DatabaseName: 'db' });
    await createResource(timestream, 'AWS::Timestream::Table', 'T', { DatabaseName: 'db', TableName: 'table' });
    await rule('Store', "SELECT data.v AS v, data.ok AS ok FROM 'st/+'", [
      { S3: { BucketName: 'raw', Key: `\${topic()}/\${timestamp()}.json` } },
      {
        Timestream: {
          DatabaseName: 'db',
          TableName: 'table',
          Dimensions: [{ Name: 'station', Value: `\${topic(2)}` }],
        },
      },
    ]);
    await publish('st/1', '{"data":{"v":220.5,"ok":true}}');
    const request = awsRequest({ method: 'GET', path: `/raw/st/1/${ctx.clock.now()}.json`, body: '' });
    expect(String((await s3.handle!(request)).body)).toBe('{"v":220.5,"ok":true}');
    const common = {
      Dimensions: [{ Name: 'station', Value: '1' }],
      Time: String(ctx.clock.now()),
      TimeUnit: 'MILLISECONDS',
    };
    expect(timestream.records('db', 'table')).toEqual([
      { ...common, MeasureName: 'v', MeasureValue: '220.5', MeasureValueType: 'DOUBLE' },
      { ...common, MeasureName: 'ok', MeasureValue: 'true', MeasureValueType: 'BOOLEAN' },
    ]);
    const now = ctx.clock.now();
    const sum = (name: string, dimensions: Record<string, string>) =>
      cloudwatch.statistic('AWS/IoT', name, dimensions, 'Sum', now, now + 1);
    expect(sum('Success', { RuleName: 'Store', ActionType: 'S3Action' })).toBe(1);
    expect(sum('TopicMatch', { RuleName: 'Store' })).toBe(1);
    expect(sum('PublishIn.Success', { Protocol: 'MQTT' })).toBeGreaterThan(0);
  });

  it('see a QoS 1 message twice when the fault says so', async () => {
    await rule('Twice', "SELECT * FROM 'in'", [toQueue]);
    ctx.faults.use([{ point: 'iot.duplicate', probability: 1, resource: 'in', limit: 1 }]);
    const seen: string[] = [];
    client.on('message', (topic) => seen.push(topic));
    await client.subscribeAsync('in');
    await publish('in', '{}');
    await publish('in', '{}');
    expect(ctx.deliveries).toHaveLength(3);
    await vi.waitFor(() => expect(seen).toHaveLength(3));
    expect(ctx.faults.injected('iot.duplicate')).toBe(1);
  });

  it.each([
    [{ Sql: "SELECT * FROM 'a'", Actions: [], AwsIotSqlVersion: '2015-10-08' }, 'must set AwsIotSqlVersion'],
    [{ Sql: "SELECT * FORM 'a'", Actions: [], AwsIotSqlVersion: '2016-03-23' }, 'Expected the end of the statement'],
    [{ Sql: "SELECT * FROM 'a'", Actions: [{ Kafka: {} }], AwsIotSqlVersion: '2016-03-23' }, 'has the action Kafka'],
    [
      { Sql: "SELECT * FROM 'a'", Actions: [{ Sqs: { QueueUrl: 'x/y.fifo' } }], AwsIotSqlVersion: '2016-03-23' },
      'does not support FIFO queues',
    ],
    [
      { Sql: "SELECT * FROM 'a'", Actions: [{ Republish: { Topic: `\${` } }], AwsIotSqlVersion: '2016-03-23' },
      'no closing brace',
    ],
  ])('refuse %j', async (payload, text) => {
    const declared = createResource(iot, 'AWS::IoT::TopicRule', 'Bad', { RuleName: 'Bad', TopicRulePayload: payload });
    await expect(declared).rejects.toThrow(text);
    await expect(declared).rejects.toMatchObject({ name: 'ConfigurationError' });
  });
});
