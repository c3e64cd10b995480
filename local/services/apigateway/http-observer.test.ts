import { afterEach, expect, test } from 'vitest';
import { compileAccessLog } from './access-log.ts';
import { httpApi, send, startGateway, type TestGateway } from './test-gateway.ts';

let gateway: TestGateway;
afterEach(() => gateway.stop());

const DestinationArn = 'arn:aws:logs:us-east-1:000000000000:log-group:access:*';
const FORMAT = JSON.stringify({
  requestId: '$context.requestId',
  ip: '$context.identity.sourceIp',
  agent: '$context.identity.userAgent',
  method: '$context.httpMethod',
  path: '$context.path',
  routeKey: '$context.routeKey',
  status: '$context.status',
  responseLength: '$context.responseLength',
  latencyMs: '$context.responseLatency',
  integrationError: '$context.integrationErrorMessage',
  authorizerError: '$context.authorizer.error',
  tenantId: '$context.authorizer.tenantId',
});

async function start(extra: Parameters<typeof httpApi>[1] = {}) {
  gateway = await startGateway(
    httpApi(['GET /meters/{id}'], { ...extra, stage: { AccessLogSettings: { DestinationArn, Format: FORMAT } } }),
  );
}

const lines = () => gateway.delivered.map(({ payload }) => JSON.parse(payload));
const metric = (name: string) =>
  gateway.metrics.values[`AWS/ApiGateway ${name} ${JSON.stringify({ ApiId: gateway.created['Api']!.ref })}`];

test('every request writes a line in the format of the stage', async () => {
  await start({ authorizer: { IdentitySource: ['$request.header.Authorization'], EnableSimpleResponses: true } });
  gateway.lambda.on('authorizer', () => ({ isAuthorized: true, context: { tenantId: 't1' } }));
  gateway.lambda.on('f0', () => ({ statusCode: 200, body: 'abc' }));
  const headers = { authorization: 'x', 'user-agent': 'a "quoted" agent' };
  const reply = await send(gateway.url, '/meters/7?token=secret', { headers });
  await send(gateway.url, '/nowhere');
  expect(gateway.delivered[0]!.arn).toBe(DestinationArn);
  expect(lines()).toEqual([
    {
      requestId: reply.headers['apigw-requestid'],
      ip: '127.0.0.1',
      agent: 'a "quoted" agent',
      method: 'GET',
      path: '/meters/7',
      routeKey: 'GET /meters/{id}',
      status: '200',
      responseLength: '3',
      latencyMs: expect.stringMatching(/^\d+$/),
      integrationError: '-',
      authorizerError: '-',
      tenantId: 't1',
    },
    expect.objectContaining({ path: '/nowhere', status: '404', routeKey: '-', tenantId: '-' }),
  ]);
});

test('failures of function and authorizer are in the line', async () => {
  await start();
  gateway.lambda.on('f0', () => new Error('boom'));
  await send(gateway.url, '/meters/7');
  expect(lines()[0]).toMatchObject({ status: '500', integrationError: 'The function failed: boom' });
  await gateway.stop();

  await start({ authorizer: { EnableSimpleResponses: true } });
  gateway.lambda.on('authorizer', () => new Error('no key'));
  await send(gateway.url, '/meters/7');
  expect(lines()[0]).toMatchObject({ status: '500', authorizerError: 'it did not answer: no key' });
});

test('CloudWatch counts requests, errors and latencies by API', async () => {
  await start();
  gateway.lambda.on('f0', ({ pathParameters: { id } }) => {
    if (id === 'slow') gateway.clock.advance(2_000);
    return id === 'bad' ? new Error('boom') : { statusCode: 200 };
  });
  for (const path of ['/meters/1', '/meters/slow', '/meters/bad', '/nowhere']) await send(gateway.url, path);
  expect(metric('Count')).toEqual([1, 1, 1, 1]);
  expect(metric('4xx')).toEqual([0, 0, 0, 1]);
  expect(metric('5xx')).toEqual([0, 0, 1, 0]);
  expect(metric('Latency')![1]).toBeGreaterThanOrEqual(2_000);
  expect(metric('IntegrationLatency')).toHaveLength(3);
});

test('a format may hold plain text, unknown variables and adjacent ones', async () => {
  await start();
  const served = { status: 200, method: 'GET', event: undefined } as Parameters<ReturnType<typeof compileAccessLog>>[0];
  expect(compileAccessLog('$context.httpMethod $context.status. $context.nope|$context.authorizer.x')(served)).toBe(
    'GET 200. -|-',
  );
});
