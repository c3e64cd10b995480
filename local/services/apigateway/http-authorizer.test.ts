import { afterEach, expect, test } from 'vitest';
import { httpApi, send, startGateway, type TestGateway } from './test-gateway.ts';

let gateway: TestGateway;
afterEach(() => gateway.stop());

const BY_HEADER = { IdentitySource: ['$request.header.Authorization'], EnableSimpleResponses: true };
const asUser = (name: string) => ({ headers: { Authorization: name } });
const UNAUTHORIZED = { status: 401, body: '{"message":"Unauthorized"}' };
const FORBIDDEN = { status: 403, body: '{"message":"Forbidden"}' };

async function start(authorizer: object, routes = ['GET /a', 'GET /b/{id}']) {
  gateway = await startGateway(httpApi(routes, { authorizer }));
  return gateway;
}

test('without its identity source a request is a 401 and the authorizer does not run', async () => {
  await start(BY_HEADER);
  expect(await send(gateway.url, '/a')).toMatchObject(UNAUTHORIZED);
  expect(await send(gateway.url, '/a', asUser(''))).toMatchObject(UNAUTHORIZED);
  expect(gateway.lambda.calls).toEqual([]);
});

test('the authorizer receives the request in payload 2.0', async () => {
  await start({
    IdentitySource: ['$request.header.authorization', '$request.querystring.key', '$context.routeKey'],
    EnableSimpleResponses: true,
  });
  await send(gateway.url, '/b/7?key=k', asUser('amal'));
  const [event] = gateway.lambda.events('authorizer');
  const apiId = gateway.created['Api']!.ref;
  expect(event).toMatchObject({
    version: '2.0',
    type: 'REQUEST',
    routeArn: `arn:aws:execute-api:us-east-1:000000000000:${apiId}/$default/GET/b/7`,
    identitySource: ['amal', 'k', 'GET /b/{id}'],
    routeKey: 'GET /b/{id}',
    rawPath: '/b/7',
    rawQueryString: 'key=k',
    headers: { authorization: 'amal' },
    queryStringParameters: { key: 'k' },
    pathParameters: { id: '7' },
    requestContext: { http: { method: 'GET', path: '/b/7' }, stage: '$default' },
  });
  expect(event).not.toHaveProperty('body');
});

test('the context of a simple answer reaches the function as it is', async () => {
  await start(BY_HEADER);
  const context = { tenantId: 't1', count: 2, active: true, scopes: ['a', 'b'], nested: { x: 1 } };
  gateway.lambda.on('authorizer', () => ({ isAuthorized: true, context }));
  expect((await send(gateway.url, '/a', asUser('amal'))).status).toBe(200);
  expect(gateway.lambda.events('f0')[0].requestContext.authorizer).toEqual({ lambda: context });
});

test('a denial is a 403', async () => {
  await start(BY_HEADER);
  gateway.lambda.on('authorizer', () => ({ isAuthorized: false }));
  expect(await send(gateway.url, '/a', asUser('amal'))).toMatchObject(FORBIDDEN);
  expect(gateway.lambda.events('f0')).toEqual([]);
});

test.each([
  ['fails', () => new Error('Unauthorized')],
  ['answers without isAuthorized', () => ({ ok: true })],
  ['answers nothing', () => undefined],
])('an authorizer that %s is a 500', async (_what, run) => {
  await start(BY_HEADER);
  gateway.lambda.on('authorizer', run);
  expect(await send(gateway.url, '/a', asUser('amal'))).toMatchObject({
    status: 500,
    body: '{"message":"Internal Server Error"}',
  });
  expect(gateway.logged.join()).toContain('Authorizer');
});

test('an authorizer that takes longer than ten seconds is a 500', async () => {
  await start(BY_HEADER);
  gateway.lambda.on('authorizer', () => new Promise(() => gateway.clock.advance(10_000)));
  expect((await send(gateway.url, '/a', asUser('amal'))).status).toBe(500);
});

test('answers are cached by identity sources, across routes, for the time to live', async () => {
  await start({ ...BY_HEADER, AuthorizerResultTtlInSeconds: 60 });
  gateway.lambda.on('authorizer', ({ identitySource: [user] }) => ({
    isAuthorized: user !== 'eve',
    context: { user },
  }));
  const asked = () => gateway.lambda.events('authorizer').length;

  await send(gateway.url, '/a', asUser('amal'));
  await send(gateway.url, '/b/1', asUser('amal'));
  expect(asked()).toBe(1);
  expect(gateway.lambda.events('f1')[0].requestContext.authorizer.lambda).toEqual({ user: 'amal' });

  expect((await send(gateway.url, '/a', asUser('eve'))).status).toBe(403);
  expect((await send(gateway.url, '/a', asUser('eve'))).status).toBe(403);
  expect(asked()).toBe(2);

  gateway.clock.advance(60_000);
  await send(gateway.url, '/a', asUser('amal'));
  expect(asked()).toBe(3);
});

test('with $context.routeKey answers are cached per route', async () => {
  const IdentitySource = ['$request.header.Authorization', '$context.routeKey'];
  await start({ IdentitySource, EnableSimpleResponses: true, AuthorizerResultTtlInSeconds: 60 });
  gateway.lambda.on('authorizer', () => ({ isAuthorized: true }));
  for (const path of ['/a', '/b/1', '/b/2']) await send(gateway.url, path, asUser('amal'));
  expect(gateway.lambda.events('authorizer')).toHaveLength(2);
});

test('failures are not cached, and neither is anything with a time to live of 0', async () => {
  await start({ ...BY_HEADER, AuthorizerResultTtlInSeconds: 60 });
  gateway.lambda.on('authorizer', () => new Error('down'));
  await send(gateway.url, '/a', asUser('amal'));
  gateway.lambda.on('authorizer', () => ({ isAuthorized: true }));
  expect((await send(gateway.url, '/a', asUser('amal'))).status).toBe(200);
  await gateway.stop();

  await start({ ...BY_HEADER, AuthorizerResultTtlInSeconds: 0 });
  gateway.lambda.on('authorizer', () => ({ isAuthorized: true }));
  await send(gateway.url, '/a', asUser('amal'));
  await send(gateway.url, '/a', asUser('amal'));
  expect(gateway.lambda.events('authorizer')).toHaveLength(2);
});

test('a cached policy is evaluated for each route', async () => {
  await start({ IdentitySource: ['$request.header.Authorization'], AuthorizerResultTtlInSeconds: 60 });
  gateway.lambda.on('authorizer', ({ routeArn }) => {
    const base = routeArn.slice(0, routeArn.indexOf('/GET/'));
    const statement = (Effect: string, path: string) => ({
      Action: 'execute-api:Invoke',
      Effect,
      Resource: `${base}${path}`,
    });
    return {
      principalId: 'amal',
      policyDocument: {
        Version: '2012-10-17',
        Statement: [statement('Allow', '/*/b/*'), statement('Deny', '/GET/b/9')],
      },
      context: { user: 'amal' },
    };
  });
  expect(await send(gateway.url, '/a', asUser('amal'))).toMatchObject(FORBIDDEN);
  expect((await send(gateway.url, '/b/1', asUser('amal'))).status).toBe(200);
  expect(await send(gateway.url, '/b/9', asUser('amal'))).toMatchObject(FORBIDDEN);
  expect(gateway.lambda.events('authorizer')).toHaveLength(1);
  expect(gateway.lambda.events('f1')[0].requestContext.authorizer).toEqual({ lambda: { user: 'amal' } });
});

test('a policy with a condition is refused rather than half evaluated', async () => {
  await start({ IdentitySource: ['$request.header.Authorization'] });
  gateway.lambda.on('authorizer', () => ({
    principalId: 'amal',
    policyDocument: { Statement: [{ Action: '*', Effect: 'Allow', Resource: '*', Condition: {} }] },
  }));
  expect((await send(gateway.url, '/a', asUser('amal'))).status).toBe(500);
  expect(gateway.logged.join()).toContain('Condition');
});

test('an unprotected route does not ask', async () => {
  gateway = await startGateway(httpApi(['GET /open', 'GET /a'], { authorizer: BY_HEADER, unprotected: ['GET /open'] }));
  expect((await send(gateway.url, '/open')).status).toBe(200);
  expect(gateway.lambda.events('authorizer')).toEqual([]);
  expect(gateway.lambda.events('f0')[0].requestContext).not.toHaveProperty('authorizer');
});
