import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { connectMeter } from '../support/meter-client.ts';
import { endSchedules, eventually, expectOk, type Mizan, startMizan, turningTime } from '../support/mizan.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

let mizan: Mizan;
const receivers: Receiver[] = [];
let stationCount = 0;

beforeAll(async () => {
  mizan = await startMizan({ meters: 0 });
  // Hours and days are turned here, with hundreds of invocations of what is of no concern.
  await endSchedules(mizan);
});
afterAll(() => mizan?.stop());
afterEach(async () => {
  for (const receiver of receivers.splice(0)) await receiver.close();
});

async function newReceiver(): Promise<Receiver> {
  const receiver = await startReceiver();
  receivers.push(receiver);
  return receiver;
}

/** An endpoint for station events and how to look at it. */
async function register(url: string, settings: object = {}) {
  const { api } = mizan.north;
  const { data } = expectOk(
    await api('POST', '/api/v1/developer/webhooks', {
      name: 'partner',
      url,
      subscribedEvents: ['station.created'],
      maxRetries: 11,
      ...settings,
    }),
  );
  const path = `/api/v1/developer/webhooks/${data.id}`;
  return {
    id: data.id as string,
    secret: data.secret as string,
    get: async () => expectOk(await api('GET', path)).data,
    deliveries: async (): Promise<any[]> => expectOk(await api('GET', `${path}/deliveries`)).data,
    post: async (action: string, body?: object) => expectOk(await api('POST', `${path}/${action}`, body ?? {})),
    remove: async () => expectOk(await api('DELETE', path)),
  };
}

/** Something happens: a station is created. Returns its code. */
async function something(): Promise<string> {
  const id = `HOOK-${++stationCount}`;
  expectOk(await mizan.north.api('POST', '/api/scada/stations', { id, name: id }));
  return id;
}

describe('an endpoint', () => {
  it('may not point into private networks', async () => {
    for (const url of [
      'http://169.254.169.254/x',
      'https://10.0.0.1/x',
      'https://192.168.1.1/',
      'https://[fd00:ec2::254]/',
      'ftp://example.com/',
      'https://user:pass@example.com/',
      'not a url',
    ]) {
      const answer = await mizan.north.api('POST', '/api/v1/developer/webhooks', {
        name: 'x',
        url,
        subscribedEvents: ['*'],
      });
      expect(answer.status, url).toBe(400);
    }
  });

  it('refuses patterns that no event can match', async () => {
    const answer = await mizan.north.api('POST', '/api/v1/developer/webhooks', {
      name: 'x',
      url: 'https://partner.example.com/',
      subscribedEvents: ['invoice.exploded'],
    });
    expect(answer).toMatchObject({ status: 400, json: { code: 'validation_failed' } });
  });

  it('may subscribe ahead to events that are announced', async () => {
    const receiver = await newReceiver();
    const endpoint = await register(receiver.url, {
      subscribedEvents: ['invoice.*', 'payment.received', 'work_order.*'],
    });
    expect((await endpoint.get()).subscribedEvents).toContain('invoice.*');
    await endpoint.remove();
  });

  it('gets of a fleet’s readings only those its filter asks for', async () => {
    const { north, platform } = mizan;
    const stations = ['PRUNE-A', 'PRUNE-B'];
    for (const id of stations) {
      expectOk(await north.api('POST', '/api/scada/stations', { id, name: id }));
      expectOk(await north.api('POST', '/api/billing/meters', { id: `${id}-M`, model: 'ADL200', stationId: id }));
    }
    const receiver = await newReceiver();
    const endpoint = await register(receiver.url, {
      subscribedEvents: ['meter.reading'],
      filter: { readings: { stationId: ['PRUNE-B'] } },
    });
    const meter = await connectMeter(platform.endpoints.mqttUrl, north.apiKey);
    await Promise.all(stations.map((id) => meter.publishReading(id, `${id}-M`, 5, Date.now() - 1000)));
    await eventually(
      async () => receiver.received.length,
      (count) => count === 1,
    );
    const rows = JSON.parse(receiver.received[0]!.body).data.readings;
    expect(rows.map(({ meterId }: any) => meterId)).toEqual(['PRUNE-B-M']);
    expect(() =>
      new Webhook(endpoint.secret).verify(receiver.received[0]!.body, receiver.received[0]!.headers),
    ).not.toThrow();
    const [shown] = await eventually(endpoint.deliveries, ([first]) => first?.status === 'success');
    const detail = await north.api('GET', `/api/v1/developer/webhooks/deliveries/${shown.id}`);
    expect(expectOk(detail).data.requestBody).toEqual(JSON.parse(receiver.received[0]!.body));
    await meter.close();
    await endpoint.remove();
  });

  it('shows its secret once, and accepts both secrets while one is rotated out', async () => {
    const receiver = await newReceiver();
    const endpoint = await register(receiver.url);
    expect(JSON.stringify(await endpoint.get())).not.toContain(endpoint.secret);
    const rotated = await endpoint.post('rotate-secret');
    await something();
    const [request] = await eventually(
      async () => receiver.received,
      (list) => list.length > 0,
    );
    for (const secret of [endpoint.secret, rotated.data.secret])
      expect(() => new Webhook(secret).verify(request!.body, request!.headers)).not.toThrow();
    await endpoint.remove();
  });

  it('can be tested with a sample', async () => {
    const receiver = await newReceiver();
    const endpoint = await register(receiver.url);
    const result = await endpoint.post('test', { eventType: 'station.created' });
    expect(result.data).toMatchObject({ responseStatus: 204 });
    expect(
      new Webhook(endpoint.secret).verify(receiver.received[0]!.body, receiver.received[0]!.headers),
    ).toMatchObject({ type: 'station.created' });
    await endpoint.remove();
  });

  it('gets only what its filter lets through', async () => {
    const receiver = await newReceiver();
    const endpoint = await register(receiver.url, { filter: { id: [{ prefix: 'VIP-' }] } });
    await something();
    expectOk(await mizan.north.api('POST', '/api/scada/stations', { id: 'VIP-1', name: 'x' }));
    await eventually(
      async () => receiver.received.length,
      (count) => count === 1,
    );
    expect(receiver.received[0]!.body).toContain('VIP-1');
    await endpoint.remove();
  });

  it('gets a range of events again on replay, marked as such', async () => {
    const receiver = await newReceiver();
    const from = new Date(Date.now() - 3 * hourMs).toISOString();
    const id = await something();
    await eventually(
      async () =>
        expectOk(await mizan.north.api('GET', `/api/v1/developer/events?aggregateType=station&aggregateId=${id}`)).data
          .length,
      (count) => count === 1,
    );
    const endpoint = await register(receiver.url);
    const to = new Date(Date.now() + hourMs).toISOString();
    expectOk(
      await mizan.north.api('POST', '/api/v1/developer/events/replay', {
        from,
        to,
        types: ['station.created'],
        webhookId: endpoint.id,
      }),
    );
    await eventually(async () => receiver.received.some(({ body }) => body.includes(`"${id}"`)), Boolean);
    await endpoint.remove();
  });
});

describe('a receiver that fails', () => {
  it('gets the same message again, later and later, until it answers', async () => {
    const receiver = await newReceiver();
    const endpoint = await register(receiver.url);
    receiver.behave((_, response, count) => void response.writeHead(count < 4 ? 500 : 204).end());
    await something();
    await turningTime(mizan, 10_000, endpoint.deliveries, ([first]) => first?.status === 'success');

    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    const [delivery] = await endpoint.deliveries();
    expect(delivery).toMatchObject({ attemptNumber: 4, responseStatus: 204 });
    // Published: 5 seconds, 30 seconds, 2 minutes; the time of sending is in every message.
    const sentAt = receiver.received.map(({ headers }) => Number(headers['webhook-timestamp']));
    const pauses = sentAt.slice(1).map((time, i) => time - sentAt[i]!);
    expect(pauses[1]).toBeGreaterThan(pauses[0]!);
    expect(pauses[2]).toBeGreaterThan(pauses[1]!);
    await endpoint.remove();
  });

  it('that hangs is given up on after its timeout and tried again', async () => {
    const receiver = await newReceiver();
    const endpoint = await register(receiver.url, { timeoutSeconds: 1 });
    receiver.behave((_, response, count) => {
      if (count > 1) response.writeHead(204).end();
    });
    await something();
    await eventually(
      async () => receiver.received.length,
      (count) => count === 1,
    );
    const failed = await eventually(
      async () => (await endpoint.deliveries())[0],
      (first) => first?.errorMessage != null,
    );
    expect(failed.errorMessage).toMatch(/time|late|1 s/i);
    await turningTime(mizan, 10_000, endpoint.deliveries, ([first]) => first?.status === 'success');
    await endpoint.remove();
  });

  it('that redirects to a metadata address is not followed', async () => {
    const receiver = await newReceiver();
    const endpoint = await register(receiver.url);
    receiver.behave(
      (_, response) => void response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data/' }).end(),
    );
    await something();
    const [delivery] = await eventually(endpoint.deliveries, ([first]) => first?.responseStatus === 302);
    expect(delivery.status).not.toBe('success');
    expect(delivery.errorMessage).toMatch(/redirect/i);
    await endpoint.remove();
  });

  it('that answers 410 is disabled at once, with an event that says so', async () => {
    const receiver = await newReceiver();
    const endpoint = await register(receiver.url);
    receiver.behave((_, response) => void response.writeHead(410).end());
    await something();
    await eventually(endpoint.get, ({ isActive }) => isActive === false);
    const events = await eventually(
      async () =>
        expectOk(await mizan.north.api('GET', '/api/v1/developer/events?type=webhook.endpoint_disabled')).data,
      (list) => list.some(({ aggregateId }: any) => aggregateId === endpoint.id),
    );
    expect(events[0].payload).toMatchObject({ webhookId: endpoint.id, reason: 'gone' });
    await something();
    expect(receiver.received).toHaveLength(1);
    await endpoint.remove();
  });

  it('and comes back after an hour gets everything it missed', async () => {
    const receiver = await newReceiver();
    const endpoint = await register(receiver.url);
    let isDown = true;
    receiver.behave((_, response) => void response.writeHead(isDown ? 503 : 204).end());
    const missed = [await something(), await something(), await something()];
    await eventually(
      async () => new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size,
      (count) => count === 3,
    );
    const downSince = mizan.platform.clock.now();
    await turningTime(
      mizan,
      2 * minuteMs,
      async () => mizan.platform.clock.now() - downSince,
      (elapsed) => elapsed >= hourMs,
    );

    isDown = false;
    await turningTime(
      mizan,
      5 * minuteMs,
      endpoint.deliveries,
      (list) => list.filter(({ status }) => status === 'success').length === 3,
    );
    const delivered = missed.filter((id) => receiver.received.some(({ body }) => body.includes(`"${id}"`)));
    expect(delivered).toEqual(missed);
    await endpoint.remove();
  });

  it('for days is disabled, and resumes with what it missed when it is enabled again', async () => {
    const receiver = await newReceiver();
    const endpoint = await register(receiver.url);
    receiver.behave((_, response) => void response.writeHead(500).end());
    const since = new Date(mizan.platform.clock.now() - hourMs).toISOString();
    const missed = await something();
    await eventually(
      async () => receiver.received.length,
      (count) => count >= 1,
    );
    await turningTime(
      mizan,
      hourMs,
      async () => (await endpoint.get()).isActive,
      (isActive) => isActive === false,
      200_000,
    );

    receiver.behave((_, response) => void response.writeHead(204).end());
    const before = receiver.received.length;
    await endpoint.post('enable');
    await endpoint.post('recover', { since });
    await turningTime(
      mizan,
      minuteMs,
      async () => receiver.received.slice(before),
      (list) => list.some(({ body }) => body.includes(missed)),
    );
    await endpoint.remove();
  }, 600_000);
});
