import { afterEach, expect, test } from 'vitest';
import { startGateway, type TestGateway } from '../test-gateway.ts';
import { connectClient, webSocketApi } from './test-websocket.ts';

let gateway: TestGateway;
afterEach(() => gateway.stop());

const ROUTES = { $connect: 'connect', $default: 'fallback' };
const policy = (Effect: string, Resource: string, context: object = {}) => ({
  principalId: 'amal',
  policyDocument: { Statement: [{ Action: 'execute-api:Invoke', Effect, Resource }] },
  context,
});

async function start(IdentitySource = ['route.request.querystring.token']) {
  gateway = await startGateway(webSocketApi(ROUTES, { authorizer: { IdentitySource } }));
  return gateway.service.webSocketUrl;
}

test('without its identity source a client gets a 401 and the authorizer does not run', async () => {
  const url = await start();
  await expect(connectClient(url)).rejects.toThrow('401 {"message":"Unauthorized"}');
  await expect(connectClient(`${url}?token=`)).rejects.toThrow('401');
  expect(gateway.lambda.calls).toEqual([]);
});

test('a header can be the identity source, whatever its case', async () => {
  const url = await start(['route.request.header.Authorization']);
  gateway.lambda.on('authorizer', ({ methodArn }) => policy('Allow', methodArn));
  await expect(connectClient(url)).rejects.toThrow('401');
  await connectClient(url, { headers: { authorization: 'secret' } });
});

test('the authorizer sees the upgrade request and its context reaches every event as text', async () => {
  const url = await start();
  gateway.lambda.on('authorizer', ({ methodArn }) =>
    policy('Allow', methodArn, { tenantId: 't1', count: 2, on: true }),
  );
  const { socket } = await connectClient(`${url}?token=abc`);
  const apiId = gateway.created['Live']!.ref;
  expect(gateway.lambda.events('authorizer')[0]).toMatchObject({
    type: 'REQUEST',
    methodArn: `arn:aws:execute-api:us-east-1:000000000000:${apiId}/live/$connect`,
    headers: { Upgrade: 'websocket' },
    queryStringParameters: { token: 'abc' },
    requestContext: { routeKey: '$connect', eventType: 'CONNECT', connectionId: expect.any(String) },
  });
  const authorizer = { principalId: 'amal', tenantId: 't1', count: '2', on: 'true' };
  expect(gateway.lambda.events('connect')[0].requestContext.authorizer).toEqual(authorizer);
  socket.send('x');
  await expect.poll(() => gateway.lambda.events('fallback')).toHaveLength(1);
  expect(gateway.lambda.events('fallback')[0].requestContext.authorizer).toEqual(authorizer);
});

test.each([
  ['denies', ({ methodArn }: any) => policy('Deny', methodArn), '403 {"message":"Forbidden"}'],
  ['allows something else', () => policy('Allow', 'arn:aws:execute-api:*:*:*/other/*'), '403'],
  ['fails with "Unauthorized"', () => new Error('Unauthorized'), '401'],
  ['fails otherwise', () => new Error('boom'), '500'],
  ['returns no policy', () => ({ isAuthorized: true }), '500'],
  ['returns an object in its context', ({ methodArn }: any) => policy('Allow', methodArn, { a: {} }), '500'],
])('an authorizer that %s', async (_what, run, refusal) => {
  const url = await start();
  gateway.lambda.on('authorizer', run);
  await expect(connectClient(`${url}?token=abc`)).rejects.toThrow(refusal);
  expect(gateway.lambda.events('connect')).toEqual([]);
});

test('answers are not cached', async () => {
  const url = await start();
  gateway.lambda.on('authorizer', ({ methodArn }) => policy('Allow', methodArn));
  await connectClient(`${url}?token=abc`);
  await connectClient(`${url}?token=abc`);
  expect(gateway.lambda.events('authorizer')).toHaveLength(2);
});
