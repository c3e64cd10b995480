import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:net';
import { Aedes } from 'aedes';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createClock, type TurnableClock } from '../runtime/clock.ts';
import { type Fleet, startFleet } from './fleet.ts';
import { planFleet } from './fleet-plan.ts';

let broker: Aedes;
let server: Server;
let clock: TurnableClock;
let fleet: Fleet | undefined;
let mqttUrl: string;
const received: { topic: string; payload: string }[] = [];

beforeEach(async () => {
  received.length = 0;
  fleet = undefined;
  clock = createClock();
  broker = await Aedes.createBroker();
  broker.authenticate = (_client, username, password, done) =>
    done(null, username === 'gateway' && password?.toString() === 'secret');
  broker.on('publish', ({ topic, payload }, client) => {
    if (client) received.push({ topic, payload: payload.toString() });
  });
  server = createServer(broker.handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  mqttUrl = `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  await fleet?.stop();
  clock.stop();
  await new Promise<void>((resolve) => broker.close(resolve));
  await new Promise((resolve) => server.close(resolve));
});

const start = (settings: object = {}) =>
  startFleet({
    mqttUrl,
    username: 'gateway',
    password: 'secret',
    stations: planFleet(30, 1, 10),
    speedUp: 60,
    intervalMs: 900_000,
    clock,
    ...settings,
  });

test('a fleet publishes its readings at the chosen speed', async () => {
  fleet = await start();
  clock.advance(15_100);
  await expect.poll(() => fleet!.stats().published.reading).toBeGreaterThanOrEqual(30);
  const { meters, simulatedMs, published, failed, bytes } = fleet.stats();
  expect(meters).toBe(30);
  expect(simulatedMs).toBeGreaterThanOrEqual(15_000 * 60);
  expect(published.infrastructure).toBeGreaterThanOrEqual(3);
  expect(failed).toBe(0);
  expect(bytes).toBeGreaterThan(30 * 150);
  const topics = new Set(received.map(({ topic }) => topic).filter((topic) => topic.endsWith('/data')));
  expect(topics.size).toBe(33);
});

test('a relay command from the platform is obeyed and confirmed', async () => {
  fleet = await start();
  const topic = 'acrel/ST-0001/meter/ACR-000001';
  const command = (payload: object | string) =>
    broker.publish(
      {
        cmd: 'publish',
        topic: `${topic}/command`,
        payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
        qos: 1,
        dup: false,
        retain: false,
      },
      () => undefined,
    );
  command({ command: 'relay_off', source: 'billing_system' });
  await expect.poll(() => received.filter((message) => message.topic === `${topic}/status`)).toHaveLength(1);
  expect(JSON.parse(received.find((message) => message.topic === `${topic}/status`)!.payload)).toMatchObject({
    meter_id: 'ACR-000001',
    new_status: 'disconnected',
    reason: 'remote_command',
  });
  command('not json');
  command({ command: 'set_tariff', tariff_id: 't1' });
  command({ command: 'relay_on' });
  await expect.poll(() => received.filter((message) => message.topic === `${topic}/status`)).toHaveLength(2);
  expect(fleet.stats().commands).toBe(4);
});

test('simulated time stops at the present and goes on at real speed', async () => {
  fleet = await start({ startMs: clock.now() - 3_600_000 });
  clock.advance(50_000);
  expect(fleet.stats().simulatedMs).toBeLessThan(3_600_000);
  clock.advance(50_000);
  const caughtUp = fleet.stats().simulatedMs;
  expect(caughtUp).toBeGreaterThanOrEqual(3_600_000 + 99_000);
  clock.advance(10_000);
  expect(fleet.stats().simulatedMs - caughtUp).toBeLessThan(12_000);
  await expect.poll(() => fleet!.stats().inFlight).toBe(0);
  const newest = Math.max(...received.map(({ payload }) => Date.parse(JSON.parse(payload).timestamp)));
  expect(newest).toBeLessThanOrEqual(clock.now());
});

test('a large fleet spreads over connections that keep to the limits of AWS IoT', async () => {
  const requests: number[] = [];
  broker.authorizeSubscribe = (_client, subscription, done) => done(null, subscription);
  broker.on('subscribe', (subscriptions) => requests.push(subscriptions.length));
  const clients: string[] = [];
  broker.on('clientReady', ({ id }) => clients.push(id));
  fleet = await start({ stations: planFleet(120, 1, 1), clientId: 'gateway' });
  expect(clients).toEqual(['gateway', 'gateway-2', 'gateway-3']);
  expect(requests.reduce((sum, length) => sum + length, 0)).toBe(120);
  expect(Math.max(...requests)).toBeLessThanOrEqual(8);
  clock.advance(15_100);
  await expect.poll(() => fleet!.stats().published.reading).toBeGreaterThanOrEqual(120);
});

test('a refused subscription is an error that names the topic and leaves no connection', async () => {
  broker.authorizeSubscribe = (_client, _subscription, done) => done(null, null);
  await expect(start()).rejects.toThrow('refused to let the fleet listen to acrel/ST-0001/meter/+/command');
  await expect.poll(() => broker.connectedClients).toBe(0);
});

test('a refused log-in and settings without sense are errors', async () => {
  await expect(start({ password: 'wrong' })).rejects.toThrow(/[Nn]ot authorized|Bad user/);
  await expect(start({ speedUp: 0 })).rejects.toThrow('speedUp is 0');
  await expect(start({ intervalMs: 10 })).rejects.toThrow('intervalMs is 10');
  await expect(start({ startMs: clock.now() + 60_000 })).rejects.toThrow('in the future');
  await expect(start({ stations: [] })).rejects.toThrow('no stations');
  const twice = [...planFleet(1, 1), ...planFleet(1, 1)];
  await expect(start({ stations: twice })).rejects.toThrow('two meters "ST-0001/ACR-000001"');
});

test('a broker that acknowledges nothing is waited for as long as is said', async () => {
  fleet = await start();
  broker.authorizePublish = () => {};
  clock.advance(15_100);
  expect(fleet.stats().inFlight).toBeGreaterThan(0);
  await fleet.stop(0);
  expect(fleet.stats().published.reading).toBe(0);
  fleet = undefined;
});

test('after stop nothing is published', async () => {
  fleet = await start();
  await fleet.stop();
  const before = received.length;
  clock.advance(60_000);
  expect(clock.pendingTimers).toBe(0);
  expect(received).toHaveLength(before);
});
