/** Buses, rules, schedules and archives through the real SDK client; groups name sections of the EventBridge User Guide. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as sdk from '@aws-sdk/client-eventbridge';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AwsError, type AwsService } from '../../runtime/types.ts';
import { createSqsService, type SqsService } from '../sqs/index.ts';
import { clientSettings, serveForTest, type TestEndpoint } from '../test-support/aws-server.ts';
import { createFakeContext, createResource, type FakeContext } from '../test-support/fake-context.ts';
import { createEventBridgeService } from './index.ts';

const functionArn = 'arn:aws:lambda:us-east-1:000000000000:function:f';
let ctx: FakeContext;
let service: AwsService;
let sqs: SqsService;
let endpoint: TestEndpoint;
let client: sdk.EventBridgeClient;
let busArn: string;
/** What the function target received, and how often it still fails first. */
let received: any[];
let failures: Error[];

async function setUp(options: Parameters<typeof createFakeContext>[0] = {}): Promise<void> {
  ctx = createFakeContext(options);
  sqs = ctx.add(createSqsService(ctx));
  service = ctx.add(createEventBridgeService(ctx));
  received = [];
  failures = [];
  ctx.targets.register('lambda', async ({ payload }) => {
    const failure = failures.shift();
    if (failure !== undefined) throw failure;
    received.push(JSON.parse(payload));
  });
  for (const name of ['dead', 'jobs']) await createResource(sqs, 'AWS::SQS::Queue', name, { QueueName: name });
  const bus = await createResource(service, 'AWS::Events::EventBus', 'Bus', { Name: 'mizan' });
  busArn = String(bus.attributes!['Arn']);
}

const rule = (properties: Record<string, unknown>, name = 'rule') =>
  createResource(service, 'AWS::Events::Rule', name, { Name: name, EventBusName: 'mizan', ...properties });
const target = (properties: Record<string, unknown> = {}) => [{ Id: 't', Arn: functionArn, ...properties }];
const put = (Detail: object, entry: sdk.PutEventsRequestEntry = {}) =>
  client.send(
    new sdk.PutEventsCommand({
      Entries: [
        {
          Source: 'mizan.meters',
          DetailType: 'Reading',
          EventBusName: 'mizan',
          Detail: JSON.stringify(Detail),
          ...entry,
        },
      ],
    }),
  );
const settle = () => new Promise((resolve) => setImmediate(resolve));

beforeEach(async () => {
  await setUp();
  endpoint = await serveForTest({ ...service, handle: (request) => service.handle!(request) });
  client = new sdk.EventBridgeClient(clientSettings(endpoint));
});

afterEach(async () => {
  client.destroy();
  await endpoint.close();
  await service.stop!();
});

describe('events ("Sending events with PutEvents")', () => {
  it('delivers an event to the targets of matching rules', async () => {
    await rule({
      EventPattern: { source: ['mizan.meters'], detail: { kwh: [{ numeric: ['>', 5] }] } },
      Targets: target(),
    });
    await rule({ EventPattern: { source: ['other'] }, Targets: target() }, 'other');
    const result = await put({ kwh: 6 }, { Resources: ['meter/1'] });
    await put({ kwh: 5 });
    expect(received).toEqual([
      {
        ...{ version: '0', id: result.Entries![0]!.EventId, 'detail-type': 'Reading', source: 'mizan.meters' },
        ...{ account: '000000000000', time: '2026-01-01T00:00:00Z', region: 'us-east-1', resources: ['meter/1'] },
        detail: { kwh: 6 },
      },
    ]);
  });

  it('reports refused entries by position and takes the others', async () => {
    const entry = { Source: 'a', DetailType: 'b', Detail: '{}', EventBusName: 'mizan' };
    const { FailedEntryCount, Entries } = await client.send(
      new sdk.PutEventsCommand({
        Entries: [
          { ...entry, Detail: '[1]' },
          entry,
          { ...entry, Source: 'aws.ec2' },
          { ...entry, DetailType: '' },
          { ...entry, EventBusName: 'nowhere' },
        ],
      }),
    );
    expect(FailedEntryCount).toBe(4);
    expect(Entries!.map(({ ErrorCode }) => ErrorCode)).toEqual([
      ...[
        'MalformedDetail',
        undefined,
        'NotAuthorizedForSourceException',
        'InvalidArgument',
        'ResourceNotFoundException',
      ],
    ]);
  });

  it('takes ten entries and 1 MB in all, and bills each 64 KB', async () => {
    const entry = { Source: 'a', DetailType: 'b', Detail: '{}', EventBusName: 'mizan' };
    const send = (Entries: sdk.PutEventsRequestEntry[]) => client.send(new sdk.PutEventsCommand({ Entries }));
    await expect(send(Array(11).fill(entry))).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(send([{ ...entry, Detail: JSON.stringify('x'.repeat(1_048_576)) }])).rejects.toThrow(/over the limit/);
    await send([entry, { ...entry, Detail: JSON.stringify({ x: 'x'.repeat(130 * 1024) }) }]);
    expect(ctx.meter.units('eventbridge.customEventPerMillion64KB')).toBe(4);
  });

  it('passes events between buses with their identity, and to queues', async () => {
    const arn = sqs.queue('jobs').settings.arn;
    await rule({
      EventPattern: { source: ['mizan.meters'] },
      Targets: target({ Arn: busArn.replace('mizan', 'default') }),
    });
    await rule(
      { EventBusName: 'default', EventPattern: { source: ['mizan.meters'] }, Targets: target({ Arn: arn }) },
      'second',
    );
    const { Entries } = await put({ a: 1 });
    await settle();
    expect(JSON.parse(sqs.queue('jobs').receive(1)[0]!.body)).toMatchObject({
      id: Entries![0]!.EventId,
      detail: { a: 1 },
    });
  });

  it('tests patterns (TestEventPattern)', async () => {
    const test = (EventPattern: string) =>
      client.send(new sdk.TestEventPatternCommand({ EventPattern, Event: '{"a":"x"}' }));
    expect((await test('{"a":["x"]}')).Result).toBe(true);
    await expect(test('{"a":"x"}')).rejects.toMatchObject({ name: 'InvalidEventPatternException' });
  });
});

describe('input ("Amazon EventBridge input transformation")', () => {
  it.each<[Record<string, unknown>, unknown]>([
    [{ Input: '{"fixed":true}' }, { fixed: true }],
    [{ InputPath: '$.detail.list[1]' }, 'b'],
    [
      {
        InputTransformer: {
          InputPathsMap: { id: '$.detail.id', list: '$.detail.list', none: '$.detail.none' },
          InputTemplate:
            '{"id": <id>, "text": "<id> has <list>", "list": <list>, "none": "<none>", "rule": <aws.events.rule-name>}',
        },
      },
      { id: 'say "hi"', text: 'say "hi" has ["a","b"]', list: ['a', 'b'], none: '', rule: 'rule' },
    ],
    [{ InputTransformer: { InputPathsMap: { id: '$.detail.id' }, InputTemplate: '"<id>!"' } }, 'say "hi"!'],
    [
      { InputTransformer: { InputTemplate: '{"event": <aws.events.event.json>}' } },
      { event: expect.objectContaining({ source: 'mizan.meters' }) },
    ],
  ])('%j', async (properties, expected) => {
    await rule({ EventPattern: { source: ['mizan.meters'] }, Targets: target(properties) });
    await put({ id: 'say "hi"', list: ['a', 'b'] });
    expect(received).toEqual([expected]);
  });
});

describe('retries and dead-letter queues ("How EventBridge retries delivering events")', () => {
  it('retries with growing pauses until the target takes the event', async () => {
    failures = [new Error('busy'), new Error('busy')];
    await rule({ EventPattern: { source: ['mizan.meters'] }, Targets: target() });
    await put({});
    await settle();
    ctx.clock.advance(1000);
    await settle();
    expect(received).toEqual([]);
    ctx.clock.advance(2000);
    await settle();
    expect(received).toHaveLength(1);
  });

  it('sends what it gives up to the dead-letter queue, with the reason', async () => {
    failures = [new Error('busy'), new Error('still busy')];
    const DeadLetterConfig = { Arn: sqs.queue('dead').settings.arn };
    await rule({
      EventPattern: { source: ['mizan.meters'] },
      Targets: target({ DeadLetterConfig, RetryPolicy: { MaximumRetryAttempts: 1 } }),
    });
    await put({ a: 1 });
    await settle();
    ctx.clock.advance(1000);
    await settle();
    const [dead] = sqs.queue('dead').receive(1);
    expect(JSON.parse(dead!.body).detail).toEqual({ a: 1 });
    expect(dead!.attributes).toMatchObject({
      RULE_ARN: { StringValue: 'arn:aws:events:us-east-1:000000000000:rule/mizan/rule' },
      TARGET_ARN: { StringValue: functionArn },
      ERROR_MESSAGE: { StringValue: 'still busy' },
      EXHAUSTED_RETRY_CONDITION: { StringValue: 'MaximumRetryAttempts' },
      RETRY_ATTEMPTS: { StringValue: '1' },
    });
  });

  it('does not retry a target that does not exist', async () => {
    failures = [new AwsError('ResourceNotFoundException', 'gone', 404)];
    const DeadLetterConfig = { Arn: sqs.queue('dead').settings.arn };
    await rule({ EventPattern: { source: ['mizan.meters'] }, Targets: target({ DeadLetterConfig }) });
    await put({});
    await settle();
    expect(sqs.queue('dead').counts().visible).toBe(1);
  });

  it('keeps undelivered events over a restart', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'mizan-events-'));
    await service.stop!();
    await setUp({ dataDir });
    failures = [new Error('busy')];
    await rule({ EventPattern: { source: ['mizan.meters'] }, Targets: target() });
    await put({ a: 1 });
    await settle();
    await service.stop!();
    await setUp({ dataDir });
    await service.start!();
    await settle();
    expect(received).toMatchObject([{ detail: { a: 1 } }]);
  });
});

describe('scheduled rules ("Creating a rule that runs on a schedule")', () => {
  it('fires on the modelled clock, and not while disabled', async () => {
    await rule({ EventBusName: 'default', ScheduleExpression: 'rate(5 minutes)', Targets: target() });
    await service.start!();
    ctx.clock.advance(11 * 60_000);
    await settle();
    expect(received.map(({ time }) => time)).toEqual(['2026-01-01T00:05:00Z', '2026-01-01T00:10:00Z']);
    expect(received[0]).toMatchObject({ source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} });
    received = [];
    ctx.clock.leap(24 * 60 * 60_000);
    ctx.clock.advance(5 * 60_000);
    await settle();
    expect(received.map(({ time }) => time)).toEqual(['2026-01-01T00:15:00Z', '2026-01-02T00:15:00Z']);
    await client.send(new sdk.DisableRuleCommand({ Name: 'rule' }));
    ctx.clock.advance(60 * 60_000);
    await settle();
    expect(received).toHaveLength(2);
  });
});

describe('archives ("Archiving and replaying events")', () => {
  it('replays a time range to the bus, marked with the name of the replay', async () => {
    await rule({ EventPattern: { source: ['mizan.meters'] }, Targets: target() });
    const archive = await createResource(service, 'AWS::Events::Archive', 'A', {
      ...{ ArchiveName: 'all', SourceArn: busArn, EventPattern: { detail: { keep: [true] } }, RetentionDays: 7 },
    });
    await put({ keep: true, n: 1 });
    ctx.clock.advance(60_000);
    await put({ keep: true, n: 2 });
    await put({ keep: false, n: 3 });
    received = [];
    const start = ctx.clock.now();
    await client.send(
      new sdk.StartReplayCommand({
        ...{ ReplayName: 'again', EventSourceArn: String(archive.attributes!['Arn']), Destination: { Arn: busArn } },
        ...{ EventStartTime: new Date(start - 1000), EventEndTime: new Date(start + 1000) },
      }),
    );
    ctx.clock.advance(1);
    await settle();
    expect(received).toMatchObject([{ 'replay-name': 'again', detail: { n: 2 } }]);
    expect(await client.send(new sdk.DescribeReplayCommand({ ReplayName: 'again' }))).toMatchObject({
      State: 'COMPLETED',
    });
    expect(await client.send(new sdk.DescribeArchiveCommand({ ArchiveName: 'all' }))).toMatchObject({ EventCount: 2 });
    ctx.clock.advance(8 * 86_400_000);
    expect(await client.send(new sdk.DescribeArchiveCommand({ ArchiveName: 'all' }))).toMatchObject({ EventCount: 0 });
  });
});

describe('faults', () => {
  it('delivers twice, or late', async () => {
    await rule({ EventPattern: { source: ['mizan.meters'] }, Targets: target() });
    ctx.faults.use([{ point: 'events.duplicate', probability: 1, limit: 1 }]);
    await put({ n: 1 });
    expect(received).toHaveLength(2);
    ctx.faults.use([{ point: 'events.delay', probability: 1, limit: 1, delayMs: 500 }]);
    await put({ n: 2 });
    await put({ n: 3 });
    ctx.clock.advance(500);
    await settle();
    expect(received.map(({ detail }) => detail.n)).toEqual([1, 1, 3, 2]);
  });
});

describe('templates that are refused', () => {
  it.each<[Record<string, unknown>, RegExp]>([
    [{ EventPattern: { a: 'x' } }, /not valid/],
    [{ EventPattern: { a: ['x'] }, EventBusName: 'nowhere' }, /Rule rule: Event bus nowhere does not exist/],
    [{}, /EventPattern or a ScheduleExpression/],
    [{ ScheduleExpression: 'rate(1 minute)' }, /default bus/],
    [{ EventBusName: 'default', ScheduleExpression: 'rate(1 minutes)' }, /singular/],
    [{ EventBusName: 'default', ScheduleExpression: 'rate(5 minute)' }, /plural/],
    [{ EventPattern: { a: ['x'] }, Targets: [{ Id: 't', Arn: 'arn:aws:states:x:y:z' }] }, /cannot deliver/],
    [{ EventPattern: { a: ['x'] }, Targets: [{ Id: 't', Arn: 'arn:aws:sqs:r:a:q.fifo' }] }, /MessageGroupId/],
    [{ EventPattern: { a: ['x'] }, Targets: [{ Id: 't', Arn: functionArn, HttpParameters: {} }] }, /HttpParameters/],
    [
      {
        EventPattern: { a: ['x'] },
        Targets: [{ Id: 't', Arn: functionArn, InputTransformer: { InputTemplate: '{"a": <b>}' } }],
      },
      /<b>/,
    ],
  ])('%j', async (properties, message) => {
    await expect(rule(properties)).rejects.toThrow(message);
  });
});
