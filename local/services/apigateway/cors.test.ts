import { afterEach, expect, test } from 'vitest';
import { httpApi, send, startGateway, type TestGateway } from './test-gateway.ts';

let gateway: TestGateway;
afterEach(() => gateway.stop());

const ORIGIN = 'https://console.example.com';
const CORS = {
  AllowOrigins: [ORIGIN, 'http://*'],
  AllowMethods: ['GET', 'POST'],
  AllowHeaders: ['authorization', 'content-type'],
  ExposeHeaders: ['x-request-id'],
  MaxAge: 300,
  AllowCredentials: true,
};

const preflight = (path: string, origin = ORIGIN) =>
  send(gateway.url, path, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'GET' } });

async function start(routes: string[], cors: object = CORS, extra: Parameters<typeof httpApi>[1] = {}) {
  gateway = await startGateway(httpApi(routes, { ...extra, api: { CorsConfiguration: cors } }));
}

test('the gateway answers a preflight without an OPTIONS route', async () => {
  await start(['GET /meters']);
  const reply = await preflight('/meters');
  expect(reply.status).toBe(204);
  expect(reply.headers).toMatchObject({
    'access-control-allow-origin': ORIGIN,
    'access-control-allow-methods': 'GET,POST',
    'access-control-allow-headers': 'authorization,content-type',
    'access-control-allow-credentials': 'true',
    'access-control-max-age': '300',
  });
  expect(gateway.lambda.calls).toEqual([]);
});

test('origins match exactly, by scheme or by *', async () => {
  await start(['GET /meters']);
  const allowed = async (origin: string) => (await preflight('/meters', origin)).headers['access-control-allow-origin'];
  expect(await allowed('http://localhost:5173')).toBe('http://localhost:5173');
  expect(await allowed('https://evil.example')).toBeUndefined();
  await gateway.stop();

  await start(['GET /meters'], { AllowOrigins: ['*'] });
  expect(await allowed('https://evil.example')).toBe('*');
});

test('configured headers replace those of the function, on gateway errors too', async () => {
  await start(['GET /meters']);
  gateway.lambda.on('f0', () => ({
    statusCode: 200,
    headers: { 'Access-Control-Allow-Origin': '*', 'Access-Control-Allow-Methods': 'DELETE' },
  }));
  const reply = await send(gateway.url, '/meters', { headers: { origin: ORIGIN } });
  expect(reply.headers['access-control-allow-origin']).toBe(ORIGIN);
  expect(reply.headers['access-control-expose-headers']).toBe('x-request-id');
  expect(reply.headers).not.toHaveProperty('access-control-allow-methods');
  expect((await send(gateway.url, '/meters')).headers).not.toHaveProperty('access-control-allow-origin');
  const missing = await send(gateway.url, '/nowhere', { headers: { origin: ORIGIN } });
  expect(missing).toMatchObject({ status: 404, headers: { 'access-control-allow-origin': ORIGIN } });
});

test('an ANY route takes the preflight, whose missing credentials its authorizer refuses; an open OPTIONS route lets it through', async () => {
  const authorizer = { IdentitySource: ['$request.header.Authorization'], EnableSimpleResponses: true };
  await start(['ANY /meters', 'ANY /open/{proxy+}', 'OPTIONS /open/{proxy+}'], CORS, {
    authorizer,
    unprotected: ['OPTIONS /open/{proxy+}'],
  });
  expect((await preflight('/meters')).status).toBe(401);
  expect((await preflight('/open/1')).status).toBe(204);
  expect(gateway.lambda.calls).toEqual([]);
});

test("without a CORS configuration OPTIONS is a method like any other and CORS headers are the function's", async () => {
  gateway = await startGateway(httpApi(['OPTIONS /own', 'GET /other']));
  gateway.lambda.on('f0', () => ({ statusCode: 200, headers: { 'Access-Control-Allow-Origin': 'x' } }));
  expect((await preflight('/own')).headers['access-control-allow-origin']).toBe('x');
  expect((await preflight('/other')).status).toBe(404);
});
