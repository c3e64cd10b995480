/** Pipes, by sections of the EventBridge User Guide, "Amazon EventBridge Pipes". */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { AwsError, type AwsService } from '../../runtime/types.ts';
import {
  createFakeFunction,
  createFakeStream,
  type FakeFunction,
  type FakeStream,
  FunctionFailure,
  settle,
  streamArn,
} from '../event-sources/fake-sources.ts';
import { createEventBridgeService } from '../eventbridge/index.ts';
import { createSqsService, type SqsService } from '../sqs/index.ts';
import { createFakeContext, createResource, type FakeContext } from '../test-support/fake-context.ts';
import { createPipesService } from './index.ts';

const arnOf = (resource: string) =>
  `arn:aws:${resource.split(':')[0]}:us-east-1:000000000000:${resource.split(':').slice(1).join(':')}`;
const bus = arnOf('events:event-bus/default');
const fnArn = arnOf('lambda:function:f');

let ctx: FakeContext;
let sqs: SqsService;
let fn: FakeFunction;
let stream: FakeStream;
let service: AwsService;
/** Events that came out of the bus. */
let published: any[];

async function connect(
  properties: Record<string, unknown>,
  setting: { dataDir?: string; stream?: FakeStream } = {},
): Promise<void> {
  ctx = createFakeContext(setting.dataDir === undefined ? {} : { dataDir: setting.dataDir });
  sqs = ctx.add(createSqsService(ctx));
  fn = ctx.add(createFakeFunction());
  stream = ctx.add(setting.stream ?? createFakeStream(() => ctx.clock.now()));
  published = [];
  const events = createEventBridgeService(ctx);
  ctx.targets.register('logs', async ({ payload }) => void published.push(JSON.parse(payload)));
  await createResource(events, 'AWS::Events::Rule', 'all', {
    EventPattern: { source: [{ exists: true }] },
    Targets: [{ Id: 't', Arn: arnOf('logs:log-group:all') }],
  });
  for (const name of ['in', 'out', 'dead']) await createResource(sqs, 'AWS::SQS::Queue', name, { QueueName: name });
  service = createPipesService(ctx);
  await createResource(service, 'AWS::Pipes::Pipe', 'P', {
    Name: 'outbox',
    Source: streamArn,
    Target: bus,
    ...properties,
  });
  await service.start!();
}

const fromStream = (parameters: object = {}, more: object = {}) => ({
  SourceParameters: { DynamoDBStreamParameters: { StartingPosition: 'TRIM_HORIZON', ...parameters }, ...more },
});
const outbox = (n: number) => ({
  type: { S: 'MeterRead' },
  payload: { S: JSON.stringify({ n }) },
  detail: { M: { n: { N: String(n) } } },
  at: { S: '2026-01-01T10:00:00Z' },
});

afterEach(async () => {
  await service.stop!();
});

describe('from a table stream to a bus', () => {
  it('filters, shapes the detail and takes bus parameters from the record ("Dynamic path parameters")', async () => {
    const pattern = JSON.stringify({ eventName: ['INSERT'], dynamodb: { NewImage: { type: { S: ['MeterRead'] } } } });
    await connect({
      ...fromStream({}, { FilterCriteria: { Filters: [{ Pattern: pattern }] } }),
      TargetParameters: {
        InputTemplate:
          '{"n": <$.dynamodb.NewImage.detail.M.n.N>, "raw": <$.dynamodb.NewImage.payload.S>, "pipe": "<aws.pipes.pipe-name>!"}',
        EventBridgeEventBusParameters: {
          ...{ DetailType: '$.dynamodb.NewImage.type.S', Source: 'mizan.meters', Time: '$.dynamodb.NewImage.at.S' },
          Resources: ['$.dynamodb.NewImage.type.S'],
        },
      },
    });
    stream.append('shard-0', outbox(1), { type: { S: 'Other' } }, outbox(2));
    await settle();
    expect(published).toMatchObject([
      {
        ...{
          source: 'mizan.meters',
          'detail-type': 'MeterRead',
          time: '2026-01-01T10:00:00Z',
          resources: ['MeterRead'],
        },
        // A DynamoDB string stays a string, also when it holds JSON.
        detail: { n: '1', raw: '{"n":1}', pipe: 'outbox!' },
      },
      { detail: { n: '2' } },
    ]);
    expect(ctx.meter.units('eventbridge.pipesRequestPerMillion64KB')).toBe(2);
  });

  it('passes the whole record without a template, under the default source and detail type', async () => {
    await connect(fromStream());
    stream.append('shard-0', outbox(1));
    await settle();
    expect(published).toMatchObject([
      {
        source: 'Pipe outbox',
        'detail-type': 'Event from aws:dynamodb',
        detail: { eventName: 'INSERT', dynamodb: { NewImage: outbox(1) } },
      },
    ]);
  });

  it('keeps order and retries from the record that failed', async () => {
    await connect({
      ...fromStream(),
      TargetParameters: { InputTemplate: '{"n": <$.dynamodb.NewImage.detail.M.n.N>}' },
    });
    const deliver = ctx.targets.deliver.bind(ctx.targets);
    let calls = 0;
    ctx.targets.deliver = async (request) => {
      if (request.arn === bus) {
        calls += 1;
        if (calls === 3) throw new AwsError('InternalException', 'busy', 500);
      }
      await deliver(request);
    };
    stream.append('shard-0', ...[1, 2, 3, 4].map(outbox));
    await settle();
    expect(published.map(({ detail }) => detail.n)).toEqual(['1', '2']);
    ctx.clock.advance(1000);
    await settle();
    expect(published.map(({ detail }) => detail.n)).toEqual(['1', '2', '3', '4']);
  });

  it('sends what it gives up to the dead-letter queue and goes on ("Error handling and troubleshooting")', async () => {
    await connect({
      ...fromStream({
        MaximumRetryAttempts: 0,
        OnPartialBatchItemFailure: 'AUTOMATIC_BISECT',
        DeadLetterConfig: { Arn: arnOf('sqs:dead') },
      }),
      TargetParameters: { InputTemplate: '<$.dynamodb.NewImage.detail.M>' },
    });
    stream.append('shard-0', outbox(1), { none: { S: 'x' } }, outbox(3));
    await settle();
    expect(published.map(({ detail }) => detail.n.N)).toEqual(['1', '3']);
    expect(JSON.parse(sqs.queue('dead').receive(1)[0]!.body)).toMatchObject({
      context: { condition: 'RetryAttemptsExhausted', partnerResourceArn: arnOf('pipes:pipe/outbox') },
      DDBStreamBatchInfo: { startSequenceNumber: '102', batchSize: 1 },
    });
  });

  it('continues after a restart where it was', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'mizan-pipes-'));
    await connect(fromStream(), { dataDir });
    stream.append('shard-0', outbox(1));
    await settle();
    await service.stop!();
    stream.append('shard-0', outbox(2));
    await connect(fromStream(), { dataDir, stream });
    await settle();
    expect(published.map(({ detail }) => detail.dynamodb.NewImage.payload.S)).toEqual(['{"n":2}']);
  });
});

describe('from a queue ("Implicit body data parsing")', () => {
  const source = { Source: arnOf('sqs:in') };

  it.each<[template: string | undefined, body: string, expected: unknown]>([
    [undefined, '{"a":{"b":1}}', expect.objectContaining({ body: '{"a":{"b":1}}' })],
    ['{"v": <$.body.a>}', '{"a":{"b":1}}', { v: { b: 1 } }],
    ['{"v": <$.body>}', '{"a":1}', { v: { a: 1 } }],
    ['{"v": <$.body>}', 'plain', { v: 'plain' }],
    ['{"v": "<$.body.list[1]> of <$.body.list>"}', '{"list":["x","y"]}', { v: 'y of ["x","y"]' }],
    ['{"v": <$.body.none>, "w": "<$.body.none>"}', '{}', { v: '', w: '' }],
    ['{"v": <$.attributes.ApproximateReceiveCount>}', 'x', { v: '1' }],
  ])('renders %s of %s', async (InputTemplate, body, expected) => {
    await connect({ ...source, ...(InputTemplate && { TargetParameters: { InputTemplate } }) });
    sqs.queue('in').send({ body });
    await settle();
    expect(published.map(({ detail }) => detail)).toEqual([expected]);
    expect(sqs.queue('in').counts()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
  });

  it('leaves failed messages to the visibility timeout of the queue', async () => {
    await connect({ ...source, TargetParameters: { InputTemplate: '<$.body>' } });
    sqs.queue('in').send({ body: 'no object' });
    await settle();
    expect(sqs.queue('in').counts().inFlight).toBe(1);
    expect(published).toEqual([]);
  });

  it('delivers to a queue in batches', async () => {
    await connect({ ...source, Target: arnOf('sqs:out'), TargetParameters: { InputTemplate: '<$.body.id>' } });
    sqs.queue('in').sendBatch([{ body: '{"id":"a"}' }, { body: '{"id":"b"}' }]);
    await settle();
    expect(
      sqs
        .queue('out')
        .receive(10)
        .map(({ body }) => body),
    ).toEqual(['"a"', '"b"']);
  });
});

describe('functions ("Event enrichment", "Amazon EventBridge Pipes batching and concurrency")', () => {
  const source = { Source: arnOf('sqs:in') };

  it('enriches a batch and publishes what the function answers', async () => {
    await connect({ ...source, Enrichment: fnArn, EnrichmentParameters: { InputTemplate: '{"in": <$.body.n>}' } });
    fn.answer((events: any[]) => events.flatMap(({ in: n }) => (n === 2 ? [] : [{ out: n }])));
    sqs.queue('in').sendBatch([1, 2, 3].map((n) => ({ body: JSON.stringify({ n }) })));
    await settle();
    expect(fn.events).toEqual([[{ in: 1 }, { in: 2 }, { in: 3 }]]);
    expect(published.map(({ detail }) => detail)).toEqual([{ out: 1 }, { out: 3 }]);
  });

  it.each([['null'], ['{}'], ['[]'], ['""']])('sends nothing when the enrichment answers %s', async (answer) => {
    await connect({ ...source, Enrichment: fnArn });
    fn.answer(() => answer);
    sqs.queue('in').send({ body: 'x' });
    await settle();
    expect(published).toEqual([]);
    expect(sqs.queue('in').counts().inFlight).toBe(0);
  });

  it('invokes a target function with the array and honours its batchItemFailures', async () => {
    await connect({ ...source, Target: fnArn, TargetParameters: { InputTemplate: '{"id": <$.messageId>}' } });
    fn.answer((events: any[]) => ({ batchItemFailures: [{ itemIdentifier: events[1].id }] }));
    sqs.queue('in').sendBatch([{ body: '1' }, { body: '2' }]);
    await settle();
    expect(fn.events).toHaveLength(1);
    expect(sqs.queue('in').counts()).toMatchObject({ inFlight: 1, visible: 0 });
  });

  it('retries while the function is throttled, and fails when it fails', async () => {
    await connect({ ...source, Target: fnArn });
    fn.answer((_, invocation) => {
      if (invocation === 1) throw new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429);
      if (invocation === 2) throw new FunctionFailure('boom');
    });
    sqs.queue('in').send({ body: '1' });
    await settle();
    ctx.clock.advance(1000);
    await settle();
    expect(fn.events).toHaveLength(2);
    expect(sqs.queue('in').counts().inFlight).toBe(1);
    ctx.clock.advance(30_000);
    await settle();
    expect(sqs.queue('in').counts().inFlight).toBe(0);
  });
});

describe('pipes that are refused', () => {
  it.each<[Record<string, unknown>, RegExp]>([
    [fromStream({ BatchSize: 100 }), /at most 10/],
    [{}, /StartingPosition/],
    [{ Source: arnOf('sqs:nowhere') }, /Pipe outbox: .*nowhere does not exist/],
    [{ Source: 'arn:aws:kinesis:r:a:stream/s' }, /kinesis/],
    [{ ...fromStream(), Target: 'arn:aws:states:r:a:x' }, /states/],
    [{ ...fromStream(), TargetParameters: { InputTemplate: '<aws.pipes.moon>' } }, /moon/],
    [{ ...fromStream(), TargetParameters: { InputTemplate: '<$.a[?(@.b)]>' } }, /JSON path/],
    [{ ...fromStream(), Enrichment: 'arn:aws:states:r:a:x' }, /enriches by functions/],
    [{ ...fromStream(), TargetParameters: { HttpParameters: {} } }, /HttpParameters/],
  ])('%j', async (properties, message) => {
    await expect(connect(properties)).rejects.toThrow(message);
  });
});
