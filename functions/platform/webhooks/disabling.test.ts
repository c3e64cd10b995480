import { describe, expect, it } from 'vitest';
import {
  bus,
  call,
  callEvents,
  create,
  deliveriesOf,
  emitted,
  ids,
  own,
  receiver,
  stack,
  tenantId,
  work,
  workReplays,
} from '../test-support/webhook-scene.ts';
import { webhookHealthEntity } from '../webhooks/webhook-entity.ts';

describe('an endpoint that keeps failing', () => {
  it('is disabled at once by 410, with an event and an alert', async () => {
    const { id } = await create();
    receiver.answers.push(410);
    await bus(own());
    await work();
    expect((await call('GET', `/${id}`)).data).toMatchObject({ isActive: false, disabledReason: 'gone' });
    expect(emitted().map(({ type }) => type)).toEqual(
      expect.arrayContaining(['webhook.endpoint_disabled', 'system.alert', 'webhook.delivery_exhausted']),
    );
    await bus(own());
    await work();
    expect(receiver.received).toHaveLength(1);
  });

  it('is disabled after three days without one success, and not a moment before', async () => {
    const { id } = await create({ maxRetries: 0 });
    for (let hour = 0; hour < 72; hour += 6) {
      receiver.answers.push(500);
      await bus(own());
      await work();
      expect((await call('GET', `/${id}`)).data.isActive, `hour ${hour}`).toBe(true);
      stack.advance(6 * 3_600_000);
    }
    receiver.answers.push(500);
    await bus(own());
    await work();
    expect((await call('GET', `/${id}`)).data).toMatchObject({ isActive: false, disabledReason: 'failing_for_days' });
  });

  it('is not disabled when a success comes in between, or when its failures are far apart', async () => {
    const { id } = await create({ maxRetries: 0 });
    for (const answer of [500, 500, 500, 500, 500, 200, 500]) {
      receiver.answers.push(answer);
      await bus(own());
      await work();
      stack.advance(15 * 3_600_000);
    }
    expect((await call('GET', `/${id}`)).data).toMatchObject({ isActive: true, consecutiveFailures: 1 });
    stack.advance(10 * 86_400_000);
    receiver.answers.push(500);
    await bus(own());
    await work();
    const health = await stack.session(tenantId).require(webhookHealthEntity, { id });
    expect(health).toMatchObject({ consecutiveFailures: 1, failingSince: new Date(stack.now()).toISOString() });
  });

  it('comes back by enable, and recover sends what it missed, once', async () => {
    const { id } = await create({ maxRetries: 0 });
    const [delivered, failed, missed] = [own(), own(), own()];
    await bus(delivered);
    await work();
    stack.advance(1000);
    const since = new Date(stack.now() - 5000).toISOString();
    receiver.answers.push(410);
    await bus({ ...failed, occurredAt: new Date(stack.now()).toISOString() });
    await work();
    await bus({ ...missed, occurredAt: new Date(stack.now()).toISOString() });
    expect((await call('POST', `/${id}/recover`, { since })).status).toBe(422);
    expect((await call('POST', `/${id}/enable`)).data).toMatchObject({ isActive: true, consecutiveFailures: 0 });
    expect(emitted().map(({ type }) => type)).toContain('webhook.endpoint_enabled');
    receiver.received.length = 0;
    const { status, data: job } = await call('POST', `/${id}/recover`, { since });
    expect(status).toBe(202);
    await workReplays();
    await work();
    expect(ids().sort()).toEqual([failed.id, missed.id].sort());
    expect((await callEvents('GET', `/replays/${job.id}`)).data).toMatchObject({
      status: 'completed',
      mode: 'recover',
      eventsQueued: 2,
    });
    await call('POST', `/${id}/recover`, { since });
    await workReplays();
    await work();
    expect(receiver.received).toHaveLength(2);
  });

  it('never hears about itself, and two failing endpoints do not feed each other', async () => {
    const { id } = await create({ maxRetries: 0 });
    const { id: other } = await create({ maxRetries: 0 });
    receiver.answers.push(...Array.from({ length: 50 }, () => 500));
    await bus(own());
    await work();
    for (let round = 0; round < 5; round++) {
      const events = stack.takeOutbox(tenantId).filter(({ type }) => type === 'webhook.delivery_exhausted');
      await bus(
        ...events.map((event) =>
          own({ ...event, payload: JSON.parse(event['payload']!), schemaVersion: 1, metadata: {} }),
        ),
      );
      await work();
    }
    // One message each about the station, and one each about the failure of the other.
    expect(receiver.received).toHaveLength(4);
    expect((await deliveriesOf(id)).length + (await deliveriesOf(other)).length).toBe(4);
  });
});
