import { Agent, request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AwsEndpoint, startAwsEndpoint } from './aws-endpoint.ts';
import { createClock } from './clock.ts';
import { createControlApi } from './control-api.ts';
import { CostMeter } from './cost-meter.ts';
import { FaultInjector } from './faults.ts';
import { LogBuffer } from './log-buffer.ts';
import { AwsError, type AwsRequest, type AwsResponse, type AwsService } from './types.ts';

const errors: unknown[] = [];
const seen: AwsRequest[] = [];
let respond: (request: AwsRequest) => AwsResponse = () => ({ status: 200 });
const clock = createClock();
const faults = new FaultInjector();
const meter = new CostMeter();
const logs = new LogBuffer(3);
let endpoint: AwsEndpoint;

const service: AwsService = {
  signingName: 'any',
  resources: {},
  async handle(request) {
    seen.push(request);
    return respond(request);
  },
};

beforeAll(async () => {
  endpoint = await startAwsEndpoint({
    port: 0,
    clock,
    log: { debug() {}, info() {}, warn() {}, error: (_message, fields) => errors.push(fields) },
    service: (name) => (['dynamodb', 's3', 'sns', 'scheduler'].includes(name) ? service : undefined),
    control: createControlApi({
      clock,
      meter,
      faults,
      logs,
      describe: () => ({ resources: [] }),
      messages: () => ({}),
    }),
  });
});
afterAll(() => endpoint.close());

function call(signingName: string, path: string, init: RequestInit = {}) {
  const authorization = `AWS4-HMAC-SHA256 Credential=AKID/20260101/me-south-1/${signingName}/aws4_request, SignedHeaders=host, Signature=0`;
  return fetch(endpoint.url + path, { method: 'POST', ...init, headers: { authorization, ...init.headers } });
}

const dynamoDb = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'DynamoDB_20120810.PutItem' };

describe('the AWS endpoint', () => {
  it('hands a JSON-protocol call to the service of the credential scope', async () => {
    respond = () => ({ status: 200, body: { Attributes: {} } });
    const answer = await call('dynamodb', '/', { headers: dynamoDb, body: '{"TableName":"t"}' });
    expect(await answer.json()).toEqual({ Attributes: {} });
    expect(answer.headers.get('content-type')).toBe('application/x-amz-json-1.0');
    expect(seen.at(-1)).toMatchObject({ operation: 'PutItem', region: 'me-south-1', path: '/', method: 'POST' });
    expect(seen.at(-1)!.body.toString()).toBe('{"TableName":"t"}');
  });

  it('decodes paths and takes presigned queries', async () => {
    respond = () => ({ status: 200, headers: { ETag: '"1"' }, body: Buffer.from([1, 2]) });
    const query = `X-Amz-Credential=${encodeURIComponent('AKID/20260101/us-east-1/s3/aws4_request')}&partNumber=2`;
    const answer = await fetch(`${endpoint.url}/bucket/a%20b/%C3%A9?${query}`, { method: 'PUT', body: 'data' });
    expect(new Uint8Array(await answer.arrayBuffer())).toEqual(new Uint8Array([1, 2]));
    expect(answer.headers.get('etag')).toBe('"1"');
    expect(seen.at(-1)).toMatchObject({ path: '/bucket/a b/é' });
    expect(seen.at(-1)!.query.get('partNumber')).toBe('2');
  });

  it('tells modelled time, by which SDK clients set their own clock', async () => {
    const answer = await call('dynamodb', '/', { headers: dynamoDb });
    expect(Math.abs(Date.parse(answer.headers.get('date')!) - clock.now())).toBeLessThan(3_000);
  });

  it('keeps a socket open for the next call', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const send = () =>
      new Promise<boolean>((resolve, reject) => {
        const headers = { authorization: 'AWS4-HMAC-SHA256 Credential=A/20260101/r/nobody/aws4_request' };
        const request = httpRequest(endpoint.url, { agent, method: 'POST', headers }, (response) => {
          response.resume().on('end', () => setImmediate(resolve, request.reusedSocket));
        });
        request.on('error', reject).end('a body that nobody reads');
      });
    expect([await send(), await send()]).toEqual([false, true]);
    agent.destroy();
  });

  it.each([
    ['dynamodb', dynamoDb, 'application/x-amz-json-1.0', '{"__type":"Conflict","message":"<no>","Reasons":[1]}'],
    ['scheduler', {}, 'application/json', '{"message":"<no>","Reasons":[1]}'],
    [
      'sns',
      { 'content-type': 'application/x-www-form-urlencoded' },
      'text/xml',
      '<Code>Conflict</Code><Message>&#60;no&#62;</Message>',
    ],
    ['s3', {}, 'application/xml', '<Error><Code>Conflict</Code><Message>&#60;no&#62;</Message>'],
  ])('writes an error of %s in its protocol', async (name, headers, contentType, body) => {
    respond = () => {
      throw new AwsError('Conflict', '<no>', 409, { Reasons: [1] });
    };
    const answer = await call(name, '/x', { headers });
    expect(answer.status).toBe(409);
    expect(answer.headers.get('content-type')).toBe(contentType);
    if (name === 'scheduler') expect(answer.headers.get('x-amzn-errortype')).toBe('Conflict');
    expect(await answer.text()).toContain(body);
  });

  it('answers 500 for a failure of a service, and logs it', async () => {
    respond = () => {
      throw new Error('broken');
    };
    const answer = await call('dynamodb', '/', { headers: dynamoDb });
    expect(answer.status).toBe(500);
    expect(await answer.json()).toMatchObject({ __type: 'InternalFailure' });
    expect(errors).toHaveLength(1);
  });

  it('refuses unsigned calls, unknown services and broken paths', async () => {
    const unsigned = await fetch(endpoint.url, { method: 'POST' });
    expect([unsigned.status, await unsigned.text()]).toEqual([
      403,
      expect.stringContaining('missing Authentication Token'),
    ]);
    const unknown = await call('quantum', '/');
    expect([unknown.status, await unknown.text()]).toEqual([
      400,
      expect.stringContaining('no API of the service \\"quantum\\"'),
    ]);
    expect((await call('s3', '/%E0%A4%A')).status).toBe(400);
  });
});

describe('the control API', () => {
  const control = async (method: string, path: string, body?: unknown) => {
    const answer = await fetch(`${endpoint.url}/_runtime${path}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: (await answer.json()) as any };
  };

  it('turns the clock', async () => {
    const before = clock.now();
    const { body } = await control('POST', '/clock', { advanceMs: 60_000 });
    expect(clock.now() - before).toBeGreaterThanOrEqual(60_000);
    expect(body.offsetMs).toBe(60_000);
    expect((await control('POST', '/clock', { advanceMs: -1 })).status).toBe(400);
  });

  it('shows and clears the bill', async () => {
    meter.count('lambda.requestPerMillion', 1_000_000);
    expect((await control('GET', '/cost')).body).toMatchObject({
      totalUsd: 0.2,
      lines: [{ key: 'lambda.requestPerMillion' }],
    });
    expect((await control('DELETE', '/cost')).body.totalUsd).toBe(0);
  });

  it('injects faults and checks their rules', async () => {
    const rule = { point: 'sqs.duplicate', probability: 1, limit: 1 };
    expect((await control('POST', '/faults', { rules: [rule], seed: 7 })).status).toBe(200);
    expect(faults.strike('sqs.duplicate', 'any')).toEqual(rule);
    expect((await control('GET', '/faults')).body.injected['sqs.duplicate']).toBe(1);
    expect((await control('DELETE', '/faults')).status).toBe(200);
    for (const rules of [{}, [{ point: 'x', probability: 1 }], [{ ...rule, probability: 2 }], [{ ...rule, often: 1 }]])
      expect((await control('POST', '/faults', { rules })).status).toBe(400);
  });

  it('shows the last lines of the functions', async () => {
    for (const line of ['1', '2', '3', '4'])
      logs.add({ functionName: line === '3' ? 'other' : 'meters-list', at: 0, line });
    expect((await control('GET', '/logs')).body.lines.map(({ line }: any) => line)).toEqual(['2', '3', '4']);
    expect((await control('GET', '/logs?function=meters&limit=1')).body.lines).toMatchObject([{ line: '4' }]);
  });

  it('says what there is for a path that is not', async () => {
    expect((await control('GET', '/nothing')).status).toBe(404);
    expect((await control('GET', '')).body.routes).toContain('GET /_runtime/resources');
  });
});
