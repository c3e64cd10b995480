/** Behaviour of queues as the Amazon SQS Developer Guide describes it; each group names its section. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createFakeContext, createResource, type FakeContext } from '../test-support/fake-context.ts';
import { createSqsService, type Queue } from './index.ts';

async function setUp(properties: Record<string, unknown> = {}, ctx: FakeContext = createFakeContext()) {
  const service = ctx.add(createSqsService(ctx));
  const dead = await createResource(service, 'AWS::SQS::Queue', 'Dead', {
    QueueName: properties['FifoQueue'] ? 'dead.fifo' : 'dead',
    ...(properties['FifoQueue'] ? { FifoQueue: true } : {}),
  });
  const name = properties['FifoQueue'] ? 'orders.fifo' : 'orders';
  await createResource(service, 'AWS::SQS::Queue', 'Orders', {
    QueueName: name,
    RedrivePolicy: { deadLetterTargetArn: dead.attributes!['Arn'], maxReceiveCount: 3 },
    ...properties,
  });
  return { ctx, service, queue: service.queue(name), dead: service.queue(String(dead.attributes!['QueueName'])) };
}

const bodies = (queue: Queue, max = 10) => queue.receive(max).map(({ body }) => body);
const tick = () => new Promise((resolve) => setImmediate(resolve));

describe('visibility timeout ("Amazon SQS visibility timeout")', () => {
  it('hides a received message until the timeout, then gives it a new receipt handle', async () => {
    const { ctx, queue } = await setUp({ VisibilityTimeout: 30 });
    queue.send({ body: 'a' });
    const [first] = queue.receive(1);
    const handle = first!.receiptHandle!;
    ctx.clock.advance(29_999);
    expect(queue.receive(1)).toEqual([]);
    ctx.clock.advance(1);
    const [second] = queue.receive(1);
    expect(second!.receiptHandle).not.toBe(handle);
    expect(second!.receiveCount).toBe(2);
  });

  it('ignores a delete with an older receipt handle, and deletes with the newest', async () => {
    const { ctx, queue } = await setUp({ VisibilityTimeout: 1 });
    queue.send({ body: 'a' });
    const old = queue.receive(1)[0]!.receiptHandle!;
    ctx.clock.advance(1000);
    const newest = queue.receive(1)[0]!.receiptHandle!;
    expect(queue.delete([old])).toEqual([undefined]);
    expect(queue.counts().inFlight).toBe(1);
    queue.delete([newest]);
    expect(queue.counts()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
  });

  it('changes the timeout of one message, to zero as well', async () => {
    const { queue } = await setUp();
    queue.send({ body: 'a' });
    const receiptHandle = queue.receive(1)[0]!.receiptHandle!;
    expect(queue.changeVisibility([{ receiptHandle, timeoutMs: 0 }])).toEqual([undefined]);
    expect(bodies(queue)).toEqual(['a']);
    expect(queue.changeVisibility([{ receiptHandle: 'nonsense', timeoutMs: 0 }])[0]).toMatchObject({
      code: 'ReceiptHandleIsInvalid',
    });
  });
});

describe('dead-letter queues ("Using dead-letter queues in Amazon SQS")', () => {
  it('moves a message once it was received maxReceiveCount times, with its enqueue time kept', async () => {
    const { ctx, queue, dead } = await setUp({ VisibilityTimeout: 1 });
    queue.send({ body: 'poison' });
    const sentAt = ctx.clock.now();
    for (let round = 0; round < 3; round += 1) {
      expect(bodies(queue)).toEqual(['poison']);
      ctx.clock.advance(1000);
    }
    expect(bodies(queue)).toEqual([]);
    const [message] = dead.receive(1);
    expect(message).toMatchObject({ body: 'poison', sentAt, deadLetterSourceArn: queue.settings.arn, receiveCount: 1 });
  });
});

describe('delay queues and message timers', () => {
  it('delays by the queue setting unless the message says otherwise', async () => {
    const { ctx, queue } = await setUp({ DelaySeconds: 10 });
    queue.send({ body: 'queue delay' });
    queue.send({ body: 'none', delaySeconds: 0 });
    queue.send({ body: 'own', delaySeconds: 20 });
    expect(queue.counts()).toEqual({ visible: 1, inFlight: 0, delayed: 2 });
    expect(bodies(queue)).toEqual(['none']);
    ctx.clock.advance(10_000);
    expect(bodies(queue)).toEqual(['queue delay']);
    ctx.clock.advance(10_000);
    expect(bodies(queue)).toEqual(['own']);
  });

  it('forgets messages after the retention period', async () => {
    const { ctx, queue } = await setUp({ MessageRetentionPeriod: 60 });
    queue.send({ body: 'old' });
    ctx.clock.advance(60_000);
    expect(bodies(queue)).toEqual([]);
  });
});

describe('long polling ("Amazon SQS short and long polling")', () => {
  it('answers as soon as a message arrives, and empty after the wait', async () => {
    const { ctx, queue } = await setUp();
    const waiting = queue.receiveWaiting(10, 20_000);
    await tick();
    queue.send({ body: 'now' });
    expect((await waiting).map(({ body }) => body)).toEqual(['now']);
    const empty = queue.receiveWaiting(10, 20_000);
    await tick();
    ctx.clock.advance(20_000);
    expect(await empty).toEqual([]);
    expect(ctx.clock.pending).toBe(0);
  });

  it('wakes up when a hidden message becomes visible', async () => {
    const { ctx, queue } = await setUp({ DelaySeconds: 5 });
    queue.send({ body: 'later' });
    const waiting = queue.receiveWaiting(10, 20_000);
    await tick();
    ctx.clock.advance(5000);
    expect((await waiting).map(({ body }) => body)).toEqual(['later']);
  });
});

describe('FIFO queues ("FIFO queue delivery logic", "Exactly-once processing")', () => {
  const fifo = { FifoQueue: true, ContentBasedDeduplication: true, VisibilityTimeout: 30 };

  it('locks a group while one of its messages is in flight, and no other group', async () => {
    const { ctx, queue } = await setUp(fifo);
    for (const body of ['a1', 'a2', 'a3']) queue.send({ body, groupId: 'a' });
    queue.send({ body: 'b1', groupId: 'b' });
    const [a1] = queue.receive(1);
    expect(a1!.body).toBe('a1');
    expect(bodies(queue)).toEqual(['b1']);
    queue.delete([a1!.receiptHandle!]);
    expect(bodies(queue)).toEqual(['a2', 'a3']);
    ctx.clock.advance(30_000);
    expect(bodies(queue, 2)).toEqual(['b1', 'a2']);
  });

  it('delivers a returned message before its followers', async () => {
    const { ctx, queue } = await setUp(fifo);
    for (const body of ['1', '2', '3']) queue.send({ body, groupId: 'g' });
    const [one, two] = queue.receive(2);
    queue.delete([two!.receiptHandle!]);
    expect(bodies(queue)).toEqual([]);
    ctx.clock.advance(30_000);
    expect(one!.state).not.toBe('deleted');
    expect(bodies(queue)).toEqual(['1', '3']);
  });

  it('accepts a duplicate within five minutes without delivering it, even after the first was deleted', async () => {
    const { ctx, queue } = await setUp(fifo);
    const first = queue.send({ body: 'x', groupId: 'g' });
    queue.delete([queue.receive(1)[0]!.receiptHandle!]);
    const again = queue.send({ body: 'x', groupId: 'g' });
    expect(again).toMatchObject({ messageId: first.messageId, sequenceNumber: first.sequenceNumber });
    expect(bodies(queue)).toEqual([]);
    ctx.clock.advance(5 * 60_000);
    const later = queue.send({ body: 'x', groupId: 'g' });
    expect(BigInt(later.sequenceNumber!)).toBeGreaterThan(BigInt(first.sequenceNumber!));
    expect(bodies(queue)).toEqual(['x']);
  });

  it('refuses a message without group or, without content-based deduplication, without id', async () => {
    const { queue } = await setUp({ FifoQueue: true });
    expect(() => queue.send({ body: 'x' })).toThrow(/MessageGroupId/);
    expect(() => queue.send({ body: 'x', groupId: 'g' })).toThrow(/ContentBasedDeduplication/);
    expect(() => queue.send({ body: 'x', groupId: 'g', deduplicationId: '1', delaySeconds: 5 })).toThrow(
      /DelaySeconds/,
    );
  });

  it('refuses the handle of a message whose visibility timeout has passed', async () => {
    const { ctx, queue } = await setUp(fifo);
    queue.send({ body: 'x', groupId: 'g' });
    const handle = queue.receive(1)[0]!.receiptHandle!;
    ctx.clock.advance(30_000);
    expect(queue.delete([handle])[0]).toMatchObject({ message: expect.stringContaining('expired') });
  });
});

describe('limits ("Amazon SQS message quotas")', () => {
  it('takes 1 MiB with attributes, and not a byte more', async () => {
    const { queue } = await setUp();
    const attributes = { kind: { DataType: 'String', StringValue: 'x' } };
    const room = 1_048_576 - 'kind'.length - 'String'.length - 1;
    queue.send({ body: 'a'.repeat(room), attributes });
    expect(() => queue.send({ body: 'a'.repeat(room + 1), attributes })).toThrow(/1048576/);
    expect(() => queue.send({ body: 'a\u0000' })).toThrow(/characters/);
    expect(() => queue.send({ body: '' })).toThrow(/MessageBody/);
  });
});

describe('faults and costs', () => {
  it('delivers a message again after its delete when told to ("At-least-once delivery")', async () => {
    const { ctx, queue } = await setUp();
    ctx.faults.use([{ point: 'sqs.duplicate', probability: 1, limit: 1 }]);
    queue.send({ body: 'twice' });
    const [first] = queue.receive(1);
    queue.delete([first!.receiptHandle!]);
    const [second] = queue.receive(1);
    expect(second!.body).toBe('twice');
    queue.delete([second!.receiptHandle!]);
    expect(queue.counts()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
    expect(ctx.faults.injected('sqs.duplicate')).toBe(1);
  });

  it('reorders standard queues when told to', async () => {
    const { ctx, queue } = await setUp();
    ctx.faults.use([{ point: 'sqs.reorder', probability: 1 }], 7);
    const sent = Array.from({ length: 20 }, (_, index) => String(index));
    for (const body of sent) queue.send({ body });
    const received = bodies(queue, 20);
    expect(received).not.toEqual(sent);
    expect(received.toSorted()).toEqual(sent.toSorted());
  });

  it('bills each request per 64 KB and a batch of ten as one (SQS pricing)', async () => {
    const { ctx, queue } = await setUp();
    const units = () => ctx.meter.units('sqs.standardRequestPerMillion');
    queue.sendBatch(Array.from({ length: 25 }, () => ({ body: 'x' })));
    expect(units()).toBe(3);
    const received = queue.receive(25);
    expect(units()).toBe(6);
    queue.delete(received.map(({ receiptHandle }) => receiptHandle!));
    expect(units()).toBe(9);
    queue.send({ body: 'x'.repeat(64 * 1024 + 1) });
    expect(units()).toBe(11);
    expect(queue.receive(1).length + queue.receive(1).length).toBe(1);
    expect(units()).toBe(13);
  });
});

describe('durability', () => {
  it('keeps messages, their state and the deduplication window over a restart', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'mizan-sqs-'));
    const before = await setUp({ FifoQueue: true }, createFakeContext({ dataDir }));
    const attributes = { kind: { DataType: 'String', StringValue: 'x' } };
    for (const body of ['1', '2', '3']) before.queue.send({ body, groupId: 'g', deduplicationId: body, attributes });
    before.queue.delete([before.queue.receive(1)[0]!.receiptHandle!]);
    before.queue.receive(1);
    await before.service.stop!();

    const { queue, ctx, service } = await setUp({ FifoQueue: true }, createFakeContext({ dataDir }));
    queue.send({ body: '3', groupId: 'g', deduplicationId: '3' });
    expect(bodies(queue)).toEqual([]);
    ctx.clock.advance(30_000);
    const received = queue.receive(10);
    expect(received.map(({ body, receiveCount }) => [body, receiveCount])).toEqual([
      ['2', 2],
      ['3', 1],
    ]);
    expect(received[0]!.attributes).toEqual(attributes);
    await service.stop!();
  });
});
