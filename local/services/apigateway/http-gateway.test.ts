import { connect } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { AwsError } from '../../runtime/types.ts';
import { httpApi, send, startGateway, type TestGateway } from './test-gateway.ts';

let gateway: TestGateway;
afterEach(() => gateway.stop());

const INTERNAL_ERROR = { status: 500, body: '{"message":"Internal Server Error"}' };

test('the function receives a payload 2.0 event', async () => {
  gateway = await startGateway(httpApi(['POST /meters/{id}'], { stage: { StageVariables: { tier: 'gold' } } }));
  const reply = await send(gateway.url, '/meters/ACR%20001?a=1&a=2&b=%D9%85&empty=', {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'X-Twice': ['one', 'two'],
      Cookie: 'session=1; theme=dark',
      'User-Agent': 'meter-reader/1',
      'X-Forwarded-For': '203.0.113.7',
    },
    body: '{"reading":1}',
  });

  expect(reply.status).toBe(200);
  const [event] = gateway.lambda.events('f0');
  expect(event).toMatchObject({
    version: '2.0',
    routeKey: 'POST /meters/{id}',
    rawPath: '/meters/ACR 001',
    rawQueryString: 'a=1&a=2&b=%D9%85&empty=',
    cookies: ['session=1', 'theme=dark'],
    queryStringParameters: { a: '1,2', b: 'م', empty: '' },
    pathParameters: { id: 'ACR 001' },
    stageVariables: { tier: 'gold' },
    body: '{"reading":1}',
    isBase64Encoded: false,
  });
  expect(event.headers).toMatchObject({
    'x-twice': 'one,two',
    'content-type': 'application/json',
    'x-forwarded-for': '203.0.113.7, 127.0.0.1',
    'x-forwarded-proto': 'http',
    'x-amzn-trace-id': expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/),
  });
  expect(event.headers).not.toHaveProperty('cookie');
  const apiId = gateway.created['Api']!.ref;
  expect(event.requestContext).toMatchObject({
    accountId: '000000000000',
    apiId,
    domainName: `${apiId}.execute-api.us-east-1.amazonaws.com`,
    domainPrefix: apiId,
    http: {
      method: 'POST',
      path: '/meters/ACR 001',
      protocol: 'HTTP/1.1',
      sourceIp: '127.0.0.1',
      userAgent: 'meter-reader/1',
    },
    routeKey: 'POST /meters/{id}',
    stage: '$default',
    time: expect.stringMatching(/^\d{2}\/[A-Z][a-z]{2}\/\d{4}:\d{2}:\d{2}:\d{2} \+0000$/),
  });
  expect(event.requestContext.requestId).toBe(reply.headers['apigw-requestid']);
  expect(Math.abs(event.requestContext.timeEpoch - gateway.clock.now())).toBeLessThan(5_000);
});

test('a request without body, query, cookies and path variables has no such fields', async () => {
  gateway = await startGateway(httpApi(['GET /health']));
  await send(gateway.url, '/health');
  const [event] = gateway.lambda.events('f0');
  for (const field of ['body', 'queryStringParameters', 'cookies', 'pathParameters', 'stageVariables'])
    expect(event).not.toHaveProperty(field);
  expect(event.isBase64Encoded).toBe(false);
});

test.each([
  ['application/json; charset=utf-8', false],
  ['text/csv', false],
  ['application/octet-stream', true],
  ['application/x-www-form-urlencoded', true],
  ['multipart/form-data; boundary=x', true],
  [undefined, true],
])('a body of type %s is base64-encoded: %s', async (type, isBase64Encoded) => {
  gateway = await startGateway(httpApi(['POST /']));
  const bytes = isBase64Encoded ? Buffer.from([0xff, 0x00, 0x80]) : Buffer.from('نص');
  await send(gateway.url, '/', { method: 'POST', body: bytes, headers: type ? { 'content-type': type } : {} });
  const [event] = gateway.lambda.events('f0');
  expect(event.isBase64Encoded).toBe(isBase64Encoded);
  expect(Buffer.from(event.body, isBase64Encoded ? 'base64' : 'utf8')).toEqual(bytes);
});

test('a response is formed from status, headers, cookies and body', async () => {
  gateway = await startGateway(httpApi(['GET /']));
  gateway.lambda.on('f0', () => ({
    statusCode: 201,
    headers: { 'Content-Type': 'application/json', 'X-Count': 3, Connection: 'close', 'Content-Length': '999' },
    cookies: ['a=1; HttpOnly', 'b=2'],
    body: '{"ok":true}',
  }));
  const reply = await send(gateway.url, '/');
  expect(reply).toMatchObject({ status: 201, body: '{"ok":true}' });
  expect(reply.headers).toMatchObject({
    'content-type': 'application/json',
    'x-count': '3',
    'set-cookie': ['a=1; HttpOnly', 'b=2'],
    'content-length': '11',
    'apigw-requestid': expect.stringMatching(/^[A-Za-z0-9+/]{15}=$/),
  });
});

test('a base64-encoded response body is sent as bytes', async () => {
  gateway = await startGateway(httpApi(['GET /']));
  gateway.lambda.on('f0', () => ({
    statusCode: 200,
    body: Buffer.from([1, 2, 255]).toString('base64'),
    isBase64Encoded: true,
  }));
  expect((await send(gateway.url, '/')).bytes).toEqual(Buffer.from([1, 2, 255]));
});

test.each([
  ['an object', { message: 'hi' }, '{"message":"hi"}'],
  ['a text', 'Hello from Lambda!', 'Hello from Lambda!'],
  ['an array', [1, 2], '[1,2]'],
  ['nothing', undefined, 'null'],
])('%s without statusCode becomes a 200 with JSON type', async (_what, answer, body) => {
  gateway = await startGateway(httpApi(['GET /']));
  gateway.lambda.on('f0', () => answer);
  const reply = await send(gateway.url, '/');
  expect(reply).toMatchObject({ status: 200, body });
  expect(reply.headers['content-type']).toBe('application/json');
});

test('a response without content type is plain text', async () => {
  gateway = await startGateway(httpApi(['GET /']));
  gateway.lambda.on('f0', () => ({ statusCode: 200, body: 'x' }));
  expect((await send(gateway.url, '/')).headers['content-type']).toBe('text/plain;charset=UTF-8');
});

test.each([
  ['a failing function', () => new Error('boom')],
  ['a status out of range', () => ({ statusCode: 99 })],
  ['a body that is no text', () => ({ statusCode: 200, body: { a: 1 } })],
  ['a header that is an object', () => ({ statusCode: 200, headers: { a: {} } })],
  ['a header with a line break', () => ({ statusCode: 200, headers: { a: 'x\r\ny: z' } })],
  [
    'an unknown function',
    () => {
      throw new AwsError('ResourceNotFoundException', 'no such function', 404);
    },
  ],
])('%s becomes a 500 with the gateway message', async (_what, run) => {
  gateway = await startGateway(httpApi(['GET /']));
  gateway.lambda.on('f0', run);
  expect(await send(gateway.url, '/')).toMatchObject(INTERNAL_ERROR);
  expect(gateway.logged.join()).not.toBe('');
});

test('an unknown path or method is a 404', async () => {
  gateway = await startGateway(httpApi(['GET /known']));
  const notFound = { status: 404, body: '{"message":"Not Found"}' };
  expect(await send(gateway.url, '/unknown')).toMatchObject(notFound);
  expect(await send(gateway.url, '/known', { method: 'POST', body: 'x' })).toMatchObject(notFound);
  expect(await send(gateway.url, '/known/')).toMatchObject(notFound);
});

test('a request target that is no path is a 404', async () => {
  gateway = await startGateway(httpApi(['ANY /', 'ANY /{proxy+}', '$default']));
  expect((await send(gateway.url, '*', { method: 'OPTIONS' })).status).toBe(404);
  expect(gateway.lambda.calls).toEqual([]);
});

test('a broken percent escape is a 400', async () => {
  gateway = await startGateway(httpApi(['ANY /{proxy+}']));
  expect((await send(gateway.url, '/%zz')).status).toBe(400);
});

test('a named stage is the first path segment and part of rawPath', async () => {
  gateway = await startGateway(httpApi(['GET /pets/{proxy+}'], { stage: { StageName: 'beta' } }));
  expect((await send(gateway.url, '/pets/1')).status).toBe(404);
  expect((await send(gateway.url, '/beta/pets/1/x')).status).toBe(200);
  const [event] = gateway.lambda.events('f0');
  expect(event).toMatchObject({ rawPath: '/beta/pets/1/x', pathParameters: { proxy: '1/x' } });
  expect(event.requestContext.stage).toBe('beta');
});

test('several HTTP APIs are one at the root and each alone by its prefix or host name', async () => {
  gateway = await startGateway({
    ...httpApi(['GET /', 'ANY /{proxy+}']),
    ...httpApi(['GET /', 'GET /meters/{id}'], { prefix: 'second-' }),
  });
  gateway.lambda.on('f0', () => 'first');
  gateway.lambda.on('f1', () => 'rest');
  gateway.lambda.on('second-f0', () => 'second');
  gateway.lambda.on('second-f1', () => 'meter');
  const { ref, attributes } = gateway.created['second-Api']!;
  const bodyOf = async (path: string, headers = {}) => (await send(gateway.url, path, { headers })).body;

  expect(await bodyOf('/')).toBe('first');
  expect(await bodyOf('/meters/1')).toBe('meter');
  expect(gateway.lambda.events('second-f1')[0].requestContext.apiId).toBe(ref);
  expect(await bodyOf('/other')).toBe('rest');

  expect(await bodyOf(`/_apis/${ref}`)).toBe('second');
  expect(await bodyOf(`/_apis/${ref}/other`)).toBe('{"message":"Not Found"}');
  expect(await bodyOf('/', { host: `${ref}.execute-api.us-east-1.amazonaws.com` })).toBe('second');
  expect(gateway.created['Api']!.attributes!['ApiEndpoint']).toBe(gateway.url);
  expect(attributes!['ApiEndpoint']).toBe(`${gateway.url}/_apis/${ref}`);
});

test('a body above 10 MB is a 413 and does not reach the function', async () => {
  gateway = await startGateway(httpApi(['POST /']));
  const body = Buffer.alloc(10 * 1024 * 1024 + 1, 'x');
  const tooLarge = { status: 413, body: '{"message":"Request Entity Too Large"}' };
  expect(await send(gateway.url, '/', { method: 'POST', body })).toMatchObject(tooLarge);
  const chunked = { method: 'POST', body, headers: { 'transfer-encoding': 'chunked' } };
  expect(await send(gateway.url, '/', chunked)).toMatchObject(tooLarge);
  expect(gateway.lambda.calls).toEqual([]);
  const largest = { method: 'POST', body: body.subarray(1), headers: { 'content-type': 'text/plain' } };
  expect((await send(gateway.url, '/', largest)).status).toBe(200);
});

test('a function that does not answer in time is a 503', async () => {
  gateway = await startGateway(httpApi(['GET /'], { integration: { TimeoutInMillis: 5_000 } }));
  gateway.lambda.on('f0', () => new Promise(() => gateway.clock.advance(5_000)));
  expect(await send(gateway.url, '/')).toMatchObject({ status: 503, body: '{"message":"Service Unavailable"}' });
});

test('a throttled function is a 503', async () => {
  gateway = await startGateway(httpApi(['GET /']));
  gateway.lambda.on('f0', () => {
    throw new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429);
  });
  expect((await send(gateway.url, '/')).status).toBe(503);
});

test("Lambda's payload quota is a 413", async () => {
  gateway = await startGateway(httpApi(['GET /']));
  gateway.lambda.on('f0', () => {
    throw new AwsError('RequestTooLargeException', 'Request must be smaller than 6291456 bytes', 413);
  });
  expect((await send(gateway.url, '/')).status).toBe(413);
});

test('default and route throttling answer 429 until the bucket refills', async () => {
  gateway = await startGateway(
    httpApi(['GET /slow', 'GET /fast'], {
      stage: {
        DefaultRouteSettings: { ThrottlingBurstLimit: 2, ThrottlingRateLimit: 1 },
        RouteSettings: { 'GET /fast': { ThrottlingBurstLimit: 4, ThrottlingRateLimit: 1 } },
      },
    }),
  );
  const burst = async (path: string, count: number) => {
    const statuses = [];
    for (let i = 0; i < count; i++) statuses.push((await send(gateway.url, path)).status);
    return statuses;
  };
  expect(await burst('/slow', 3)).toEqual([200, 200, 429]);
  expect(await burst('/fast', 5)).toEqual([200, 200, 200, 200, 429]);
  gateway.clock.advance(1_000);
  expect(await burst('/slow', 1)).toEqual([200]);
});

test('headers above 10240 bytes are refused', async () => {
  gateway = await startGateway(httpApi(['GET /']));
  expect((await send(gateway.url, '/', { headers: { big: 'x'.repeat(10_500) } })).status).toBe(431);
});

test('one connection serves many requests, also after a body nobody read', async () => {
  gateway = await startGateway(httpApi(['GET /']));
  const { port } = new URL(gateway.url);
  const socket = connect(Number(port), '127.0.0.1');
  let received = '';
  socket.on('data', (chunk) => {
    received += chunk;
  });
  socket.write(`POST /nowhere HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\nhelloGET / HTTP/1.1\r\nhost: x\r\n\r\n`);
  await expect.poll(() => received.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 404', 'HTTP/1.1 200']);
  socket.destroy();
});

test('HEAD and 204 answers carry no body', async () => {
  gateway = await startGateway(httpApi(['HEAD /', 'DELETE /']));
  gateway.lambda.on('f0', () => ({ statusCode: 200, body: 'abc' }));
  gateway.lambda.on('f1', () => ({ statusCode: 204 }));
  expect(await send(gateway.url, '/', { method: 'HEAD' })).toMatchObject({ status: 200, body: '' });
  const deleted = await send(gateway.url, '/', { method: 'DELETE' });
  expect(deleted).toMatchObject({ status: 204, body: '' });
  expect(deleted.headers['content-length']).toBeUndefined();
});

test('requests are metered per 512 KB of the larger of request and response', async () => {
  gateway = await startGateway(httpApi(['POST /']));
  const units = () => gateway.ctx.meter.units('apiGateway.httpRequestPerMillion');
  await send(gateway.url, '/', { method: 'POST', body: 'x' });
  expect(units()).toBe(1);
  await send(gateway.url, '/', { method: 'POST', body: Buffer.alloc(512 * 1024 + 1) });
  expect(units()).toBe(3);
  await send(gateway.url, '/nowhere');
  expect(units()).toBe(3);
  expect(gateway.ctx.meter.bill().totalUsd).toBeCloseTo(3e-6, 12);
});

test('the latency fault delays a route by modelled time', async () => {
  gateway = await startGateway(httpApi(['GET /slow', 'GET /fast']));
  gateway.ctx.faults.use([{ point: 'http.latency', probability: 1, resource: 'GET /slow', delayMs: 60_000 }]);
  const slow = send(gateway.url, '/slow');
  expect((await send(gateway.url, '/fast')).status).toBe(200);
  await expect.poll(() => gateway.ctx.faults.injected('http.latency')).toBe(1);
  expect(gateway.lambda.events('f0')).toEqual([]);
  gateway.clock.advance(60_000);
  expect((await slow).status).toBe(200);
});
