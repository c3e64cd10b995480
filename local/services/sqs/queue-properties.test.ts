/** What holds for every run of sends, receives, deletes and time-outs, found by random ones. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFakeContext, createResource } from '../test-support/fake-context.ts';
import { createSqsService, type Queue } from './index.ts';

type Step =
  | { kind: 'send'; group: number }
  | { kind: 'receive'; count: number }
  | { kind: 'delete'; pick: number }
  | { kind: 'return'; pick: number }
  | { kind: 'pass'; seconds: number };

const steps = fc.array(
  fc.oneof<fc.Arbitrary<Step>[]>(
    fc.record({ kind: fc.constant('send' as const), group: fc.nat(2) }),
    fc.record({ kind: fc.constant('receive' as const), count: fc.integer({ min: 1, max: 5 }) }),
    fc.record({ kind: fc.constant('delete' as const), pick: fc.nat() }),
    fc.record({ kind: fc.constant('return' as const), pick: fc.nat() }),
    fc.record({ kind: fc.constant('pass' as const), seconds: fc.integer({ min: 1, max: 20 }) }),
  ),
  { maxLength: 80, size: 'max' },
);

interface Held {
  body: string;
  group: string;
  handle: string;
  until: number;
}

async function run(
  fifo: boolean,
  script: Step[],
  onReceive: (held: Held, others: Held[], deleted: string[], sent: string[]) => void,
) {
  const ctx = createFakeContext();
  const service = createSqsService(ctx);
  const QueueName = fifo ? 'q.fifo' : 'q';
  await createResource(service, 'AWS::SQS::Queue', 'Q', {
    QueueName,
    VisibilityTimeout: 10,
    ...(fifo && { FifoQueue: true }),
  });
  const queue: Queue = service.queue(QueueName);
  const sent: string[] = [];
  const deleted: string[] = [];
  let held: Held[] = [];
  const alive = () => {
    held = held.filter(({ until }) => until > ctx.clock.now());
    return held;
  };
  for (const step of script) {
    alive();
    if (step.kind === 'send') {
      const body = `${step.group}:${sent.length}`;
      queue.send({ body, ...(fifo && { groupId: `g${step.group}`, deduplicationId: body }) });
      sent.push(body);
    } else if (step.kind === 'receive') {
      const others = [...held];
      for (const { body, receiptHandle, visibleAt } of queue.receive(step.count)) {
        const message = { body, group: body.split(':')[0]!, handle: receiptHandle!, until: visibleAt };
        onReceive(message, others, deleted, sent);
        held.push(message);
      }
    } else if (step.kind === 'pass') ctx.clock.advance(step.seconds * 1000);
    else if (held.length > 0) {
      const [message] = held.splice(step.pick % held.length, 1);
      if (step.kind === 'delete') {
        expect(queue.delete([message!.handle])).toEqual([undefined]);
        deleted.push(message!.body);
      } else queue.changeVisibility([{ receiptHandle: message!.handle, timeoutMs: 0 }]);
    }
    const { visible, inFlight } = queue.counts();
    expect(visible + inFlight).toBe(sent.length - deleted.length);
    expect(inFlight).toBe(alive().length);
  }
  ctx.clock.advance(60_000);
  const rest = queue.receive(1000).map(({ body }) => body);
  expect([...rest, ...deleted].toSorted()).toEqual(sent.toSorted());
}

describe('any run of operations', () => {
  it('loses no message of a standard queue and hands none out twice at a time', async () => {
    await fc.assert(
      fc.asyncProperty(steps, (script) =>
        run(false, script, ({ body }, others, deleted) => {
          expect(others.map((other) => other.body)).not.toContain(body);
          expect(deleted).not.toContain(body);
        }),
      ),
      { numRuns: 200 },
    );
  });

  it('keeps the order of each FIFO group and locks groups in flight', async () => {
    await fc.assert(
      fc.asyncProperty(steps, (script) => {
        let receivedNow: string[] = [];
        let lastOthers: Held[] | undefined;
        return run(true, script, ({ body, group }, others, deleted, sent) => {
          if (others !== lastOthers) receivedNow = [];
          lastOthers = others;
          expect(others.map((other) => other.group)).not.toContain(group);
          // Everything sent earlier in the group is done with, or came just before in the same answer.
          const earlier = sent.slice(0, sent.indexOf(body)).filter((other) => other.startsWith(`${group}:`));
          for (const other of earlier) expect([...deleted, ...receivedNow]).toContain(other);
          receivedNow.push(body);
        });
      }),
      { numRuns: 200 },
    );
  });
});
