/** SQS event source mappings, by sections of the Lambda Developer Guide, "Using Lambda with Amazon SQS". */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AwsError, type AwsService } from '../../runtime/types.ts';
import { createSqsService, type Queue } from '../sqs/index.ts';
import { createFakeContext, createResource, type FakeContext } from '../test-support/fake-context.ts';
import { createFakeFunction, type FakeFunction, FunctionFailure, settle } from './fake-sources.ts';
import { createEventSourcesService } from './index.ts';

let ctx: FakeContext;
let queue: Queue;
let fn: FakeFunction;
let service: AwsService | undefined;

async function connect(
  properties: Record<string, unknown> = {},
  queueProperties: Record<string, unknown> = {},
): Promise<void> {
  ctx = createFakeContext();
  const sqs = ctx.add(createSqsService(ctx));
  const name = queueProperties['FifoQueue'] ? 'jobs.fifo' : 'jobs';
  await createResource(sqs, 'AWS::SQS::Queue', 'Jobs', { QueueName: name, VisibilityTimeout: 60, ...queueProperties });
  queue = sqs.queue(name);
  fn = ctx.add(createFakeFunction());
  service = createEventSourcesService(ctx);
  await createResource(service, 'AWS::Lambda::EventSourceMapping', 'Map', {
    ...{ EventSourceArn: queue.settings.arn, FunctionName: 'f' },
    ...properties,
  });
  await service.start!();
}

const send = (...bodies: string[]) => queue.sendBatch(bodies.map((body) => ({ body })));
const bodiesOf = (event: any) => event.Records.map(({ body }: any) => body);
const remaining = () => Object.values(queue.counts()).reduce((sum, count) => sum + count, 0);

beforeEach(() => {
  service = undefined;
});
afterEach(async () => {
  if (service !== undefined) await service.stop!();
});

describe('batches ("Polling and batching streams")', () => {
  it('invokes at once without a window, with the documented record, and deletes what succeeded', async () => {
    await connect();
    queue.send({ body: 'a', attributes: { kind: { DataType: 'String', StringValue: 'x' } } });
    await settle();
    expect(fn.events).toHaveLength(1);
    expect(fn.events[0].Records[0]).toMatchObject({
      body: 'a',
      attributes: { ApproximateReceiveCount: '1', SentTimestamp: String(ctx.clock.now()) },
      messageAttributes: { kind: { stringValue: 'x', dataType: 'String', stringListValues: [], binaryListValues: [] } },
      ...{ eventSource: 'aws:sqs', eventSourceARN: queue.settings.arn, awsRegion: 'us-east-1' },
      md5OfBody: '0cc175b9c0f1b6a831c399e269772661',
    });
    expect(remaining()).toBe(0);
  });

  it('fills batches up to the batch size', async () => {
    await connect({ BatchSize: 3 });
    send('1', '2', '3', '4', '5', '6', '7');
    await settle();
    expect(fn.events.map(bodiesOf)).toEqual([['1', '2', '3'], ['4', '5', '6'], ['7']]);
  });

  it('waits for the batching window, counted from the first message, or for a full batch', async () => {
    await connect({ BatchSize: 100, MaximumBatchingWindowInSeconds: 5 });
    send('1');
    await settle();
    ctx.clock.advance(4000);
    send('2');
    await settle();
    expect(fn.events).toHaveLength(0);
    ctx.clock.advance(1000);
    await settle();
    expect(fn.events.map(bodiesOf)).toEqual([['1', '2']]);
    send(...Array.from({ length: 100 }, (_, index) => `x${index}`));
    await settle();
    expect(fn.events[1].Records).toHaveLength(100);
  });

  it('starts a new batch before an event would exceed 6 MB', async () => {
    await connect({ BatchSize: 1000, MaximumBatchingWindowInSeconds: 1 });
    for (let index = 0; index < 7; index += 1) send('x'.repeat(1_000_000));
    await settle();
    ctx.clock.advance(1000);
    await settle();
    expect(fn.events.map((event) => event.Records.length)).toEqual([6, 1]);
  });
});

describe('concurrency ("Configuring maximum concurrency")', () => {
  it('runs no more batches at a time than allowed', async () => {
    await connect({ BatchSize: 1, ScalingConfig: { MaximumConcurrency: 2 } });
    let running = 0;
    let most = 0;
    const release: (() => void)[] = [];
    fn.answer(async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise<void>((resolve) => release.push(resolve));
      running -= 1;
    });
    send('1', '2', '3', '4', '5');
    for (let step = 0; step < 5; step += 1) {
      await settle();
      release.shift()?.();
    }
    await settle();
    expect(most).toBe(2);
    expect(fn.events).toHaveLength(5);
    expect(remaining()).toBe(0);
  });

  it('processes a FIFO group in order, one batch at a time', async () => {
    await connect({ BatchSize: 1 }, { FifoQueue: true, ContentBasedDeduplication: true });
    const release: (() => void)[] = [];
    fn.answer(() => new Promise<void>((resolve) => release.push(resolve)));
    for (const [body, groupId] of [
      ['a1', 'a'],
      ['a2', 'a'],
      ['b1', 'b'],
    ] as const)
      queue.send({ body, groupId });
    await settle();
    expect(fn.events.flatMap(bodiesOf)).toEqual(['a1', 'b1']);
    release.shift()!();
    await settle();
    expect(fn.events.flatMap(bodiesOf)).toEqual(['a1', 'b1', 'a2']);
    for (const resolve of release) resolve();
    await settle();
  });
});

describe('errors ("Handling errors for an SQS event source")', () => {
  it('returns the whole batch after the visibility timeout when the function fails', async () => {
    await connect();
    fn.answer((_, invocation) => {
      if (invocation === 1) throw new FunctionFailure('boom');
    });
    send('1', '2');
    await settle();
    ctx.clock.advance(59_999);
    await settle();
    expect(fn.events).toHaveLength(1);
    ctx.clock.advance(1);
    await settle();
    expect(fn.events).toHaveLength(2);
    expect(fn.events[1].Records[0].attributes.ApproximateReceiveCount).toBe('2');
    expect(remaining()).toBe(0);
  });

  it('retries throttled invocations while the messages stay hidden', async () => {
    await connect();
    fn.answer((_, invocation) => {
      if (invocation <= 2) throw new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429);
    });
    send('1');
    await settle();
    ctx.clock.advance(1000);
    await settle();
    ctx.clock.advance(1000);
    await settle();
    expect(fn.events).toHaveLength(3);
    expect(fn.events[2].Records[0].attributes.ApproximateReceiveCount).toBe('1');
    expect(remaining()).toBe(0);
  });
});

describe('partial batch responses ("Success and failure conditions")', () => {
  const reports = { FunctionResponseTypes: ['ReportBatchItemFailures'] };

  it.each<[name: string, answer: unknown]>([
    ['an empty batchItemFailures list', { batchItemFailures: [] }],
    ['a null batchItemFailures list', { batchItemFailures: null }],
    ['an empty EventResponse', {}],
    ['a null EventResponse', null],
    ['no answer at all', ''],
  ])('takes %s as success', async (_, answer) => {
    await connect(reports);
    fn.answer(() => answer);
    send('1', '2');
    await settle();
    expect(remaining()).toBe(0);
  });

  it.each<[name: string, answer: unknown]>([
    ['an invalid JSON response', '{'],
    ['an empty itemIdentifier', { batchItemFailures: [{ itemIdentifier: '' }] }],
    ['a null itemIdentifier', { batchItemFailures: [{ itemIdentifier: null }] }],
    ['an itemIdentifier with a bad key name', { batchItemFailures: [{ messageId: 'x' }] }],
    ['a message id that does not exist', { batchItemFailures: [{ itemIdentifier: 'nobody' }] }],
    ['a list that is none', { batchItemFailures: 'all' }],
  ])('takes %s as a failure of the whole batch', async (_, answer) => {
    await connect(reports);
    fn.answer(() => answer);
    send('1', '2');
    await settle();
    expect(queue.counts().inFlight).toBe(2);
  });

  it('keeps only the reported messages', async () => {
    await connect(reports);
    fn.answer((event, invocation) =>
      invocation === 1 ? { batchItemFailures: [{ itemIdentifier: event.Records[1].messageId }] } : null,
    );
    send('1', '2', '3');
    await settle();
    expect(queue.counts().inFlight).toBe(1);
    ctx.clock.advance(60_000);
    await settle();
    expect(bodiesOf(fn.events[1])).toEqual(['2']);
    expect(remaining()).toBe(0);
  });

  it('ignores the answer unless the mapping asks for reports', async () => {
    await connect();
    fn.answer((event) => ({ batchItemFailures: [{ itemIdentifier: event.Records[0].messageId }] }));
    send('1');
    await settle();
    expect(remaining()).toBe(0);
  });
});

describe('filters ("Filtering with Amazon SQS")', () => {
  const filter = (pattern: object) => ({ FilterCriteria: { Filters: [{ Pattern: JSON.stringify(pattern) }] } });

  it('drops and deletes messages whose JSON body does not match, and plain ones', async () => {
    await connect(filter({ body: { kind: ['a'] } }));
    send('{"kind":"a"}', '{"kind":"b"}', 'plain');
    await settle();
    expect(fn.events.flatMap(bodiesOf)).toEqual(['{"kind":"a"}']);
    expect(remaining()).toBe(0);
  });

  it('matches plain bodies against plain patterns', async () => {
    await connect(filter({ body: [{ prefix: 'go' }] }));
    send('gone', 'stay', '{"go":1}');
    await settle();
    expect(fn.events.flatMap(bodiesOf)).toEqual(['gone']);
  });
});

describe('faults', () => {
  it('delivers a message of a standard queue twice when told to ("At-least-once delivery")', async () => {
    await connect();
    ctx.faults.use([{ point: 'sqs.duplicate', probability: 1, limit: 1 }]);
    send('1');
    await settle();
    expect(fn.events.map(bodiesOf)).toEqual([['1'], ['1']]);
    expect(remaining()).toBe(0);
  });
});

describe('costs', () => {
  it('bills the receives and deletes of the poller, and nothing while idle', async () => {
    await connect();
    await settle();
    ctx.clock.advance(3_600_000);
    await settle();
    expect(ctx.meter.units('sqs.standardRequestPerMillion')).toBe(0);
    send(...Array.from({ length: 10 }, String));
    await settle();
    expect(ctx.meter.units('sqs.standardRequestPerMillion')).toBe(3);
    expect(ctx.clock.pending).toBe(0);
  });
});

describe('mappings that are refused', () => {
  it.each<[Record<string, unknown>, RegExp]>([
    [{ BatchSize: 11 }, /MaximumBatchingWindowInSeconds/],
    [{ BatchSize: 10_001 }, /BatchSize/],
    [{ EventSourceArn: 'arn:aws:sqs:us-east-1:0:nowhere' }, /Event source mapping .*nowhere does not exist/],
    [{ TumblingWindowInSeconds: 5 }, /tumbling/],
    [{ ScalingConfig: { MaximumConcurrency: 1 } }, /MaximumConcurrency/],
    [{ StartingPosition: 'LATEST' }, /StartingPosition/],
    [{ EventSourceArn: 'arn:aws:kinesis:r:a:stream/s' }, /kinesis/],
    [{ FilterCriteria: { Filters: [{ Pattern: '{"body":"x"}' }] } }, /must be an object or an array/],
  ])('%j', async (properties, message) => {
    await expect(connect(properties)).rejects.toThrow(message);
    service = undefined;
  });
});
