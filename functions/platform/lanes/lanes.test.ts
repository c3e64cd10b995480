import { describe, expect, it } from 'vitest';
import {
  bus,
  call,
  create,
  deliveriesOf,
  ids,
  own,
  receiver,
  stack,
  workLanes,
  workReplays,
} from '../test-support/webhook-scene.ts';

describe('an ordered endpoint', () => {
  const at = (ms: number): string => new Date(stack.now() + ms).toISOString();

  it('gets the events of an aggregate in order of time, though the bus brought them in disorder', async () => {
    await create({ ordering: 'aggregate' });
    const events = Array.from({ length: 12 }, (_, i) => own({ occurredAt: at(-100 + i) }));
    await bus(...events.toReversed());
    await workLanes();
    expect(receiver.received).toHaveLength(0);
    stack.advance(2000);
    await workLanes();
    expect(ids()).toEqual(events.map(({ id }) => id));
  });

  it('holds up a lane behind a failing message, and no other lane', async () => {
    await create({ ordering: 'aggregate' });
    const [a1, a2] = [own({ occurredAt: at(0) }), own({ occurredAt: at(1) })];
    const b1 = own({ aggregateId: 'ST-002', occurredAt: at(2) });
    await bus(a1, a2);
    stack.advance(2000);
    receiver.answers.push(500);
    await workLanes();
    expect(ids()).toEqual([a1.id]);
    await bus(b1);
    stack.advance(2000);
    await workLanes();
    expect(ids()).toEqual([a1.id, b1.id]);
    stack.advance(5000);
    await workLanes();
    expect(ids()).toEqual([a1.id, b1.id, a1.id, a2.id]);
  });

  it('goes on behind a message that is given up', async () => {
    await create({ ordering: 'aggregate', maxRetries: 0 });
    const [first, second] = [own({ occurredAt: at(0) }), own({ occurredAt: at(1) })];
    receiver.answers.push(500);
    await bus(first, second);
    stack.advance(2000);
    await workLanes();
    expect(ids()).toEqual([first.id, second.id]);
  });

  it('has one message of a lane in flight, though many workers look at it', async () => {
    await create({ ordering: 'aggregate' });
    let inFlight = 0;
    let most = 0;
    for (let i = 0; i < 20; i++)
      receiver.answers.push((_, outgoing) => {
        most = Math.max(most, ++inFlight);
        setImmediate(() => {
          inFlight--;
          outgoing.end();
        });
      });
    const events = Array.from({ length: 20 }, (_, i) => own({ occurredAt: at(i) }));
    for (const event of events) await bus(event);
    stack.advance(2000);
    await Promise.all([workLanes(), workLanes(), workLanes(), workLanes()]);
    await workLanes();
    expect(most).toBe(1);
    expect(ids()).toEqual(events.map(({ id }) => id));
  });

  it('is spread over time by its rate limit too', async () => {
    await create({ ordering: 'aggregate', rateLimitPerSecond: 0.2 });
    const events = Array.from({ length: 3 }, (_, i) => own({ occurredAt: at(i) }));
    await bus(...events);
    for (let second = 0; second < 25; second++) {
      stack.advance(1000);
      await workLanes();
    }
    expect(ids()).toEqual(events.map(({ id }) => id));
  });

  it('keeps what waited when it is disabled, for recover', async () => {
    const { id } = await create({ ordering: 'aggregate' });
    const events = Array.from({ length: 3 }, (_, i) => own({ occurredAt: at(i) }));
    const since = at(-1000);
    await bus(...events);
    await call('POST', `/${id}/disable`);
    stack.advance(2000);
    await workLanes();
    expect(receiver.received).toHaveLength(0);
    expect(await deliveriesOf(id, '?status=failed')).toHaveLength(3);
    await call('POST', `/${id}/enable`);
    await call('POST', `/${id}/recover`, { since });
    await workReplays();
    await workLanes();
    expect(ids()).toEqual(events.map((event) => event.id));
  });
});
