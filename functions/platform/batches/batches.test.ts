import { Webhook as Verifier } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import type { Receiver } from '../test-support/fixtures.ts';
import {
  bus,
  call,
  create,
  deliveriesOf,
  flushBatches,
  ids,
  own,
  receiver,
  stack,
  work,
} from '../test-support/webhook-scene.ts';

describe('a batched endpoint', () => {
  it('gets full batches at once and the rest after the wait', async () => {
    const { id, secret } = await create({ batch: { maxEvents: 4, maxWaitSeconds: 30 } });
    const events = Array.from({ length: 10 }, (_, i) => own({ occurredAt: new Date(stack.now() + i).toISOString() }));
    await bus(...events);
    await flushBatches();
    await work();
    expect(receiver.received).toHaveLength(2);
    stack.advance(30_000);
    await flushBatches();
    await work();
    const bodies = receiver.received.map(
      ({ body, headers }) =>
        new Verifier(secret).verify(body, {
          ...(headers as Record<string, string>),
          ...fresh(secret, body, headers),
        }) as any,
    );
    expect(bodies.map(({ type, data }) => [type, data.length])).toEqual([
      ['batch', 4],
      ['batch', 4],
      ['batch', 2],
    ]);
    expect(bodies.flatMap(({ data }) => data.map((event: any) => event.id))).toEqual(events.map((event) => event.id));
    const [newest] = await deliveriesOf(id);
    expect((await call('GET', `/deliveries/${newest.id}`)).data).toMatchObject({
      eventType: 'batch',
      eventIds: expect.any(Array),
      requestBody: { type: 'batch' },
    });
  });

  it('repeats a batch with the same events under the same id', async () => {
    await create({ batch: { maxEvents: 2, maxWaitSeconds: 5 } });
    receiver.answers.push(500);
    await bus(own(), own());
    await flushBatches();
    await work();
    stack.advance(7000);
    await work();
    expect(receiver.received).toHaveLength(2);
    expect(receiver.received[0]!.body).toBe(receiver.received[1]!.body);
    expect(ids()[0]).toBe(ids()[1]);
  });
});

/** The library refuses old messages; the clock of these tests runs ahead of the message's own time. */
function fresh(secret: string, body: string, headers: Receiver['received'][number]['headers']): Record<string, string> {
  const id = String(headers['webhook-id']);
  const now = new Date(stack.now());
  expect(new Verifier(secret).sign(id, new Date(Number(headers['webhook-timestamp']) * 1000), body)).toBe(
    headers['webhook-signature'],
  );
  return {
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': new Verifier(secret).sign(id, now, body),
  };
}
