import { createHash, randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startGateway, type TestGateway } from '../test-gateway.ts';
import { connectClient, type TestClient, webSocketApi } from './test-websocket.ts';

let gateway: TestGateway;
let client: TestClient;

beforeEach(async () => {
  gateway = await startGateway(webSocketApi({ $default: 'fallback', $disconnect: 'disconnect' }));
  client = await connectClient(gateway.service.webSocketUrl);
});
afterEach(() => gateway.stop());

const MINUTE_MS = 60_000;
const messages = () => gateway.ctx.meter.units('apiGateway.webSocketMessagePerMillion32KB');
const minutes = () => gateway.ctx.meter.units('apiGateway.webSocketConnectionMinutePerMillion');

test('a frame of 32 KB passes and a larger one closes the connection with 1009', async () => {
  client.socket.send('x'.repeat(32 * 1024));
  await expect.poll(() => gateway.lambda.events('fallback')).toHaveLength(1);
  client.socket.send('x'.repeat(32 * 1024 + 1));
  expect((await client.closed).code).toBe(1009);
  expect(gateway.lambda.events('fallback')).toHaveLength(1);
  await expect.poll(() => gateway.lambda.events('disconnect')).toHaveLength(1);
});

test('a message of 128 KB in frames passes and a larger one closes the connection with 1009', async () => {
  const frame = 'x'.repeat(32 * 1024);
  for (let i = 0; i < 4; i++) client.socket.send(frame, { fin: i === 3 });
  await expect.poll(() => gateway.lambda.events('fallback')).toHaveLength(1);
  expect(gateway.lambda.events('fallback')[0].body).toHaveLength(128 * 1024);
  for (let i = 0; i < 5; i++) client.socket.send(frame, { fin: i === 4 });
  expect((await client.closed).code).toBe(1009);
  expect(gateway.lambda.events('fallback')).toHaveLength(1);
});

test('a binary message closes the connection with 1003', async () => {
  client.socket.send(Buffer.from([1]));
  expect((await client.closed).code).toBe(1003);
  expect(gateway.lambda.events('fallback')).toEqual([]);
});

test('a connection that is idle for ten minutes is closed', async () => {
  gateway.clock.advance(9 * MINUTE_MS);
  client.socket.send('still here');
  await expect.poll(() => gateway.lambda.events('fallback')).toHaveLength(1);
  gateway.clock.advance(9 * MINUTE_MS);
  expect(client.socket.readyState).toBe(client.socket.OPEN);
  gateway.clock.advance(MINUTE_MS);
  expect(await client.closed).toEqual({ code: 1001, reason: 'Going away' });
  await expect.poll(() => gateway.lambda.events('disconnect')).toHaveLength(1);
  expect(gateway.lambda.events('disconnect')[0].requestContext).toMatchObject({ disconnectStatusCode: 1001 });
});

test('a connection ends after two hours however busy it is', async () => {
  for (let i = 1; i <= 24; i++) {
    client.socket.send('busy');
    await expect.poll(() => gateway.lambda.events('fallback')).toHaveLength(i);
    expect(client.socket.readyState).toBe(client.socket.OPEN);
    gateway.clock.advance(5 * MINUTE_MS);
  }
  expect((await client.closed).code).toBe(1001);
});

test('messages of both directions are billed in 32 KB steps', async () => {
  client.socket.send('x');
  await expect.poll(messages).toBe(1);
  client.socket.send('x'.repeat(32 * 1024), { fin: false });
  client.socket.send('x');
  await expect.poll(messages).toBe(3);
});

test('every begun minute of a connection is billed, also before it closes', async () => {
  expect(minutes()).toBe(1);
  gateway.clock.advance(2.5 * MINUTE_MS);
  expect(minutes()).toBe(2);
  client.socket.close();
  await client.closed;
  await expect.poll(minutes).toBe(3);
  expect(gateway.ctx.meter.bill().totalUsd).toBeGreaterThan(0);
});

test('random content arrives unchanged in any fragmentation', async () => {
  const text = randomBytes(40_000).toString('hex');
  for (let at = 0; at < text.length; ) {
    const size = 1 + Math.floor(Math.random() * 32_000);
    client.socket.send(text.slice(at, at + size), { fin: at + size >= text.length });
    at += size;
  }
  await expect.poll(() => gateway.lambda.events('fallback')).toHaveLength(1);
  const digest = (value: string) => createHash('sha256').update(value).digest('hex');
  expect(digest(gateway.lambda.events('fallback')[0].body)).toBe(digest(text));
});
