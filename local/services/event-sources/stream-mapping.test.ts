/** DynamoDB stream mappings, by sections of the Lambda Developer Guide, "Using AWS Lambda with Amazon DynamoDB". */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { AwsError, type AwsService } from '../../runtime/types.ts';
import { createFakeContext, createResource, type FakeContext } from '../test-support/fake-context.ts';
import {
  createFakeFunction,
  createFakeStream,
  type FakeFunction,
  type FakeStream,
  FunctionFailure,
  settle,
  streamArn,
} from './fake-sources.ts';
import { createEventSourcesService } from './index.ts';

let ctx: FakeContext;
let fn: FakeFunction;
let stream: FakeStream;
let service: AwsService;

interface Setting {
  dataDir?: string;
  stream?: FakeStream;
  before?: (stream: FakeStream) => void;
}

async function connect(properties: Record<string, unknown> = {}, setting: Setting = {}): Promise<void> {
  ctx = createFakeContext(setting.dataDir === undefined ? {} : { dataDir: setting.dataDir });
  fn = ctx.add(createFakeFunction());
  stream = ctx.add(setting.stream ?? createFakeStream(() => ctx.clock.now()));
  setting.before?.(stream);
  service = createEventSourcesService(ctx);
  await createResource(service, 'AWS::Lambda::EventSourceMapping', 'Map', {
    ...{ EventSourceArn: streamArn, FunctionName: 'f', StartingPosition: 'TRIM_HORIZON' },
    ...properties,
  });
  await service.start!();
}

const image = (n: number, pk = 'k') => ({ pk: { S: pk }, n: { N: String(n) } });
const add = (...numbers: number[]) => stream.append('shard-0', ...numbers.map((n) => image(n)));
const numbersOf = (event: any): number[] => event.Records.map(({ dynamodb }: any) => Number(dynamodb.NewImage.n.N));
const seen = () => fn.events.map(numbersOf);
const failOn = (bad: number) =>
  fn.answer((event) => {
    if (numbersOf(event).includes(bad)) throw new FunctionFailure(`bad ${bad}`);
  });

afterEach(async () => {
  await service.stop!();
});

describe('batches and positions ("Polling and batching streams")', () => {
  it('delivers records in order, in batches', async () => {
    await connect({ BatchSize: 2 }, { before: (source) => source.append('shard-0', image(1), image(2), image(3)) });
    await settle();
    add(4);
    await settle();
    expect(seen()).toEqual([[1, 2], [3], [4]]);
  });

  it('begins after what is there with LATEST', async () => {
    await connect({ StartingPosition: 'LATEST' }, { before: (source) => source.append('shard-0', image(1)) });
    await settle();
    add(2);
    await settle();
    expect(seen()).toEqual([[2]]);
  });

  it('waits for the batching window or a full batch', async () => {
    await connect({ BatchSize: 3, MaximumBatchingWindowInSeconds: 10 });
    add(1);
    await settle();
    ctx.clock.advance(5000);
    add(2);
    await settle();
    expect(seen()).toEqual([]);
    ctx.clock.advance(5000);
    await settle();
    expect(seen()).toEqual([[1, 2]]);
    add(3, 4, 5);
    await settle();
    expect(seen()[1]).toEqual([3, 4, 5]);
  });

  it('reads shards independently and shards that come later from their beginning', async () => {
    await connect();
    failOn(1);
    add(1);
    stream.append('shard-1', image(2));
    await settle();
    expect(seen().toSorted()).toEqual([[1], [2]]);
  });

  it('continues after a restart where it was', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'mizan-esm-'));
    await connect({ StartingPosition: 'LATEST' }, { dataDir });
    add(1, 2);
    await settle();
    await service.stop!();
    add(3);
    await connect({ StartingPosition: 'LATEST' }, { dataDir, stream });
    await settle();
    expect(seen()).toEqual([[3]]);
  });

  it('keeps the order of each item with a parallelization factor', async () => {
    await connect({ BatchSize: 10, ParallelizationFactor: 4 });
    for (let n = 0; n < 40; n += 1) stream.append('shard-0', image(n, `item-${n % 5}`));
    await settle();
    const perItem = new Map<string, number[]>();
    for (const { dynamodb } of fn.events.flatMap((event) => event.Records)) {
      const key = dynamodb.Keys.pk.S as string;
      perItem.set(key, [...(perItem.get(key) ?? []), Number(dynamodb.NewImage.n.N)]);
    }
    expect(perItem.size).toBe(5);
    for (const numbers of perItem.values()) expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
  });

  it('delivers only records that match, and advances past the others', async () => {
    const pattern = JSON.stringify({ dynamodb: { NewImage: { n: { N: ['2'] } } } });
    await connect({ FilterCriteria: { Filters: [{ Pattern: pattern }] } });
    add(1, 2, 3);
    await settle();
    expect(seen()).toEqual([[2]]);
  });
});

describe('errors ("Retain discarded records for a DynamoDB event source")', () => {
  const queueArn = 'arn:aws:sqs:us-east-1:000000000000:failed';
  const destination = { DestinationConfig: { OnFailure: { Destination: queueArn } } };

  it('blocks the shard until the batch succeeds', async () => {
    await connect({ BatchSize: 1 });
    fn.answer((_, invocation) => {
      if (invocation <= 2) throw new FunctionFailure('not yet');
    });
    add(1, 2);
    for (let round = 0; round < 4; round += 1) {
      await settle();
      ctx.clock.advance(60_000);
    }
    await settle();
    expect(seen()).toEqual([[1], [1], [1], [2]]);
  });

  it('gives up after the retries and describes the batch to the destination', async () => {
    await connect({ BatchSize: 2, MaximumRetryAttempts: 1, ...destination });
    failOn(1);
    add(1, 2, 3);
    await settle();
    ctx.clock.advance(60_000);
    await settle();
    expect(seen()).toEqual([[1, 2], [1, 2], [3]]);
    expect(ctx.deliveries).toHaveLength(1);
    expect(ctx.deliveries[0]!.arn).toBe(queueArn);
    expect(JSON.parse(ctx.deliveries[0]!.payload)).toMatchObject({
      requestContext: { condition: 'RetryAttemptsExhausted', approximateInvokeCount: 2 },
      version: '1.0',
      DDBStreamBatchInfo: {
        shardId: 'shard-0',
        startSequenceNumber: '101',
        endSequenceNumber: '102',
        batchSize: 2,
        streamArn,
      },
    });
  });

  it('isolates the bad record by bisecting, which costs no retry', async () => {
    await connect({ BatchSize: 4, MaximumRetryAttempts: 0, BisectBatchOnFunctionError: true, ...destination });
    failOn(3);
    add(1, 2, 3, 4);
    await settle();
    expect(seen()).toEqual([[1, 2, 3, 4], [1, 2], [3, 4], [3], [4]]);
    expect(JSON.parse(ctx.deliveries[0]!.payload).DDBStreamBatchInfo).toMatchObject({
      startSequenceNumber: '103',
      batchSize: 1,
    });
  });

  it('discards records above the maximum age', async () => {
    await connect({ MaximumRecordAgeInSeconds: 60, ...destination });
    failOn(1);
    add(1);
    await settle();
    for (let minute = 0; minute < 3; minute += 1) {
      ctx.clock.advance(60_000);
      await settle();
    }
    expect(JSON.parse(ctx.deliveries[0]!.payload).requestContext.condition).toBe('RecordAgeExceeded');
    add(2);
    await settle();
    expect(seen().at(-1)).toEqual([2]);
  });

  it('does not count throttled invocations as retries', async () => {
    await connect({ MaximumRetryAttempts: 0, ...destination });
    fn.answer((_, invocation) => {
      if (invocation <= 2) throw new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429);
    });
    add(1);
    for (let round = 0; round < 3; round += 1) {
      await settle();
      ctx.clock.advance(60_000);
    }
    await settle();
    expect(seen()).toEqual([[1], [1], [1]]);
    expect(ctx.deliveries).toEqual([]);
  });
});

describe('partial batch responses ("Configuring partial batch response with DynamoDB and Lambda")', () => {
  const reports = { FunctionResponseTypes: ['ReportBatchItemFailures'] };

  it('retries from the lowest reported sequence number', async () => {
    await connect(reports);
    fn.answer((event, invocation) => {
      const sequence = (index: number) => ({ itemIdentifier: event.Records[index].dynamodb.SequenceNumber });
      return invocation === 1 ? { batchItemFailures: [sequence(3), sequence(1)] } : null;
    });
    add(1, 2, 3, 4);
    await settle();
    ctx.clock.advance(1000);
    await settle();
    expect(seen()).toEqual([
      [1, 2, 3, 4],
      [2, 3, 4],
    ]);
  });

  it('takes an unknown sequence number as a failure of the whole batch', async () => {
    await connect(reports);
    fn.answer((_, invocation) => (invocation === 1 ? { batchItemFailures: [{ itemIdentifier: '999' }] } : null));
    add(1, 2);
    await settle();
    ctx.clock.advance(1000);
    await settle();
    expect(seen()).toEqual([
      [1, 2],
      [1, 2],
    ]);
  });
});

describe('faults', () => {
  it('delivers a batch twice when told to', async () => {
    await connect();
    ctx.faults.use([{ point: 'stream.duplicate', probability: 1, limit: 1 }]);
    add(1);
    await settle();
    add(2);
    await settle();
    expect(seen()).toEqual([[1], [1], [2]]);
  });
});
