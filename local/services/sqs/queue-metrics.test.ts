import { beforeEach, describe, expect, it } from 'vitest';
import { createCloudWatchService } from '../cloudwatch/index.ts';
import { createFakeContext, createResource, type FakeContext } from '../test-support/fake-context.ts';
import { createSqsService, type Queue } from './index.ts';

const minute = 60_000;
let ctx: FakeContext;
let statistic: (name: string, statistic?: string) => number | undefined;
let queue: Queue;

beforeEach(async () => {
  ctx = createFakeContext();
  const cloudWatch = ctx.add(createCloudWatchService(ctx));
  const sqs = ctx.add(createSqsService(ctx));
  await createResource(sqs, 'AWS::SQS::Queue', 'Work', { QueueName: 'work', VisibilityTimeout: 30 });
  await cloudWatch.start!();
  await sqs.start!();
  queue = sqs.queue('work');
  statistic = (name, wanted = 'Maximum') =>
    cloudWatch.statistic('AWS/SQS', name, { QueueName: 'work' }, wanted, ctx.clock.now() - minute, ctx.clock.now() + 1);
});

describe('the metrics of a queue', () => {
  it('tell each minute how many messages wait and how old the oldest is', () => {
    queue.send({ body: 'first' });
    ctx.clock.advance(2 * minute);
    queue.send({ body: 'second' });
    queue.receive(1);
    ctx.clock.advance(minute - 30_000);
    ctx.clock.advance(30_000);
    expect(statistic('ApproximateAgeOfOldestMessage')).toBe(180);
    expect(statistic('ApproximateNumberOfMessagesVisible')).toBe(2);
    expect(statistic('ApproximateNumberOfMessagesNotVisible')).toBe(0);
  });

  it('are zero for an empty queue', () => {
    ctx.clock.advance(minute);
    expect(statistic('ApproximateAgeOfOldestMessage')).toBe(0);
    expect(statistic('ApproximateNumberOfMessagesVisible')).toBe(0);
  });

  it('pass over a message that was received more than three times', () => {
    queue.send({ body: 'poison' });
    for (let receive = 0; receive < 4; receive++) {
      expect(queue.receive(1)).toHaveLength(1);
      ctx.clock.advance(30_000);
    }
    queue.send({ body: 'young' });
    ctx.clock.advance(minute);
    expect(statistic('ApproximateAgeOfOldestMessage')).toBe(60);
  });

  it('count what is sent, received and deleted', () => {
    queue.sendBatch([{ body: 'a' }, { body: 'b' }]);
    const [message] = queue.receive(2);
    queue.delete([message!.receiptHandle!]);
    expect(statistic('NumberOfMessagesSent', 'Sum')).toBe(2);
    expect(statistic('NumberOfMessagesReceived', 'Sum')).toBe(2);
    expect(statistic('NumberOfMessagesDeleted', 'Sum')).toBe(1);
  });
});
