import { connect } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { httpApi, send, startGateway, type TestGateway } from '../test-gateway.ts';
import { connectClient, webSocketApi } from './test-websocket.ts';

let gateway: TestGateway;
afterEach(() => gateway.stop());

const LIFECYCLE = { $connect: 'connect', $disconnect: 'disconnect', $default: 'fallback' };

async function start(...args: Parameters<typeof webSocketApi>) {
  gateway = await startGateway({ ...httpApi(['GET /health']), ...webSocketApi(...args) });
  return gateway.service.webSocketUrl;
}

test('a client connects, speaks and leaves, and the functions hear of it', async () => {
  const url = await start(LIFECYCLE);
  const { socket, closed } = await connectClient(`${url}?station=a&station=b`, {
    headers: { 'X-Auth': 'me', 'User-Agent': 'console' },
  });
  const [connected] = gateway.lambda.events('connect');
  const apiId = gateway.created['Live']!.ref;
  const { connectionId } = gateway.service.connections()[0]!;
  expect(connected).toMatchObject({
    headers: { 'X-Auth': 'me', Upgrade: 'websocket' },
    multiValueHeaders: { 'X-Auth': ['me'] },
    queryStringParameters: { station: 'b' },
    multiValueQueryStringParameters: { station: ['a', 'b'] },
    requestContext: {
      routeKey: '$connect',
      eventType: 'CONNECT',
      messageDirection: 'IN',
      stage: 'live',
      apiId,
      connectionId,
      domainName: `${apiId}.execute-api.us-east-1.amazonaws.com`,
      connectedAt: expect.any(Number),
      requestTimeEpoch: expect.any(Number),
      requestTime: expect.stringMatching(/\+0000$/),
      identity: { sourceIp: '127.0.0.1', userAgent: 'console' },
    },
    isBase64Encoded: false,
  });
  expect(connected.requestContext.extendedRequestId).toBe(connected.requestContext.requestId);

  socket.send('hello');
  await expect.poll(() => gateway.lambda.events('fallback')).toHaveLength(1);
  const [message] = gateway.lambda.events('fallback');
  expect(message).toMatchObject({
    requestContext: {
      routeKey: '$default',
      eventType: 'MESSAGE',
      connectionId,
      messageId: expect.stringMatching(/=$/),
      connectedAt: connected.requestContext.connectedAt,
    },
    body: 'hello',
    isBase64Encoded: false,
  });

  socket.close(4001, 'bye');
  await closed;
  await expect.poll(() => gateway.lambda.events('disconnect')).toHaveLength(1);
  expect(gateway.lambda.events('disconnect')[0].requestContext).toMatchObject({
    routeKey: '$disconnect',
    eventType: 'DISCONNECT',
    connectionId,
    disconnectStatusCode: 4001,
    disconnectReason: 'bye',
  });
  expect(gateway.service.connections()).toEqual([]);
});

test('the built-in WebSocket of browsers and Node connects as well', async () => {
  const socket = new WebSocket(await start({ ...LIFECYCLE, echo: 'echo' }, { twoWay: ['echo'] }));
  gateway.lambda.on('echo', ({ body }) => ({ statusCode: 200, body: JSON.parse(body).text }));
  await new Promise((resolve) => socket.addEventListener('open', resolve));
  const heard = new Promise((resolve) => socket.addEventListener('message', ({ data }) => resolve(data)));
  socket.send('{"action":"echo","text":"مرحبا"}');
  expect(await heard).toBe('مرحبا');
  socket.close();
});

test('messages go to the route their content selects', async () => {
  const url = await start({ ...LIFECYCLE, subscribe: 'subscribe' });
  const { socket } = await connectClient(url);
  for (const message of ['{"action":"subscribe"}', '{"action":"other"}', '[]', 'not json', '{"action":"$connect"}'])
    socket.send(message);
  await expect.poll(() => gateway.lambda.calls.length).toBe(6);
  expect(gateway.lambda.events('subscribe').map(({ body }) => body)).toEqual(['{"action":"subscribe"}']);
  expect(gateway.lambda.events('fallback')).toHaveLength(4);
  expect(gateway.lambda.events('connect')).toHaveLength(1);
});

test('a two-way route answers, a one-way route does not, errors always do', async () => {
  const url = await start({ ask: 'ask', tell: 'tell', fail: 'fail' }, { twoWay: ['ask'] });
  gateway.lambda.on('ask', () => ({ statusCode: 200, body: 'answer' }));
  gateway.lambda.on('tell', () => ({ statusCode: 200, body: 'unheard' }));
  gateway.lambda.on('fail', () => new Error('boom'));
  const { socket, received } = await connectClient(url);
  const { connectionId } = gateway.service.connections()[0]!;
  for (const action of ['tell', 'ask', 'fail', 'unknown']) {
    const before = received.length;
    socket.send(JSON.stringify({ action }));
    if (action !== 'tell') await expect.poll(() => received.length).toBe(before + 1);
  }
  const requestId = expect.any(String);
  expect(received[0]).toBe('answer');
  expect(received.slice(1).map((text) => JSON.parse(text))).toEqual([
    { message: 'Internal server error', connectionId, requestId },
    { message: 'Forbidden', connectionId, requestId },
  ]);
});

test('a function that does not answer in 29 seconds is reported to the client', async () => {
  const url = await start({ $default: 'slow' });
  gateway.lambda.on('slow', () => new Promise(() => gateway.clock.advance(29_000)));
  const { socket, received } = await connectClient(url);
  socket.send('x');
  await expect.poll(() => received.map((text) => JSON.parse(text).message)).toEqual(['Endpoint request timed out']);
});

test.each([
  ['refuses', () => ({ statusCode: 403, body: 'no entry' }), '403 no entry'],
  ['fails', () => new Error('boom'), '502 {"message":"Internal server error"}'],
  ['answers without status', () => ({}), '502 {"message":"Internal server error"}'],
])('when $connect %s the client is not connected', async (_what, run, refusal) => {
  const url = await start(LIFECYCLE);
  gateway.lambda.on('connect', run);
  await expect(connectClient(url)).rejects.toThrow(refusal);
  expect(gateway.service.connections()).toEqual([]);
  expect(gateway.lambda.events('disconnect')).toEqual([]);
});

test('until $connect has answered, the connection does not exist', async () => {
  const url = await start(LIFECYCLE);
  let pending: object[] = [];
  gateway.lambda.on('connect', () => {
    pending = gateway.service.connections();
    return { statusCode: 200 };
  });
  await connectClient(url);
  expect(pending).toEqual([]);
  expect(gateway.service.connections()).toHaveLength(1);
});

test('a client that gave up during $connect still has its $disconnect', async () => {
  const url = new URL(await start(LIFECYCLE));
  const socket = connect(Number(url.port), '127.0.0.1');
  let answer: (value: object) => void = () => undefined;
  gateway.lambda.on(
    'connect',
    () =>
      new Promise((resolve) => {
        answer = resolve;
      }),
  );
  socket.write(
    'GET /live HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
  );
  await expect.poll(() => gateway.lambda.events('connect')).toHaveLength(1);
  socket.resetAndDestroy();
  await new Promise((resolve) => socket.once('close', resolve));
  await new Promise((resolve) => setImmediate(resolve));
  answer({ statusCode: 200 });
  await expect.poll(() => gateway.lambda.events('disconnect')).toHaveLength(1);
  expect(gateway.service.connections()).toEqual([]);
});

test('$connect chooses the subprotocol', async () => {
  const url = await start(LIFECYCLE);
  gateway.lambda.on('connect', ({ headers }) => ({
    statusCode: headers['Sec-WebSocket-Protocol']?.split(',').includes('mizan.v1') ? 200 : 400,
    headers: { 'Sec-WebSocket-Protocol': 'mizan.v1' },
  }));
  const { socket } = await connectClient(url, { protocols: ['other', 'mizan.v1'] });
  expect(socket.protocol).toBe('mizan.v1');
  await expect(connectClient(url, { protocols: ['other'] })).rejects.toThrow('400');
});

test('an upgrade elsewhere, or one that is no WebSocket, is refused', async () => {
  const url = await start(LIFECYCLE);
  await expect(connectClient(url.replace('/live', '/nowhere'))).rejects.toThrow('403 {"message":"Forbidden"}');
  const upgrade = { connection: 'upgrade', upgrade: 'h2c' };
  expect((await send(gateway.url, '/live', { headers: upgrade })).status).toBe(400);
  expect(gateway.lambda.calls).toEqual([]);
});

test('a path below the stage and the tagged path prefix reach the API', async () => {
  const url = await start(LIFECYCLE, { api: { Tags: { 'mizan:websocket-path-prefix': '/api/scada/ws' } } });
  const channels = url.replace('/live', '/api/scada/ws');
  await connectClient(`${url}/below?channel=own`);
  await connectClient(`${channels}/alarms?station=s1&channel=forged`);
  expect(gateway.lambda.events('connect').map((event) => event.queryStringParameters)).toEqual([
    { channel: 'own' },
    { station: 's1', channel: 'alarms' },
  ]);
  await expect(connectClient(`${channels}/`)).rejects.toThrow('403');
  await expect(connectClient(`${channels}/a/b`)).rejects.toThrow('403');
});

test('new connections are throttled by the stage', async () => {
  const url = await start(LIFECYCLE, {
    stage: { DefaultRouteSettings: { ThrottlingBurstLimit: 1, ThrottlingRateLimit: 1 } },
  });
  await connectClient(url);
  await expect(connectClient(url)).rejects.toThrow('429');
});

test('stopping closes every connection and waits for $disconnect', async () => {
  const url = await start(LIFECYCLE);
  const { closed } = await connectClient(url);
  await gateway.service.stop!();
  expect(await closed).toEqual({ code: 1001, reason: 'Going away' });
  expect(gateway.lambda.events('disconnect')).toHaveLength(1);
});
