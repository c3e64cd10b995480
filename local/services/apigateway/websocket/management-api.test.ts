import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  GetConnectionCommand,
  GoneException,
  PayloadTooLargeException,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { AwsError } from '../../../runtime/types.ts';
import { startGateway, type TestGateway } from '../test-gateway.ts';
import { connectClient, type TestClient, webSocketApi } from './test-websocket.ts';

let gateway: TestGateway;
let client: TestClient;
let ConnectionId: string;
let endpoint: string;
let sdk: ApiGatewayManagementApiClient;
let closeEndpoint: () => void;

const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };

beforeEach(async () => {
  gateway = await startGateway(webSocketApi({ $disconnect: 'disconnect' }));
  client = await connectClient(gateway.service.webSocketUrl, { headers: { 'User-Agent': 'console' } });
  ConnectionId = gateway.service.connections()[0]!.connectionId;
  ({ endpoint, close: closeEndpoint } = await awsEndpoint(gateway));
  sdk = new ApiGatewayManagementApiClient({ region: 'us-east-1', endpoint, credentials, maxAttempts: 1 });
});
afterEach(async () => {
  closeEndpoint();
  await gateway.stop();
});

/** The part of the AWS endpoint that this service needs: path decoded, errors named in `x-amzn-errortype`. */
async function awsEndpoint({ service }: TestGateway) {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const url = new URL(request.url!, 'http://x');
    try {
      const answer = await service.handle!({
        method: request.method!,
        path: decodeURIComponent(url.pathname),
        query: url.searchParams,
        headers: request.headers as Record<string, string>,
        body: Buffer.concat(chunks),
        operation: undefined,
        region: 'us-east-1',
      });
      response.writeHead(answer.status, answer.headers);
      response.end(answer.body === undefined ? undefined : JSON.stringify(answer.body));
    } catch (error) {
      const { status, code, message } = error as AwsError;
      response.writeHead(status, { 'x-amzn-errortype': code, 'content-type': 'application/json' });
      response.end(JSON.stringify({ message }));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

test('a function posts a message to a client', async () => {
  await sdk.send(new PostToConnectionCommand({ ConnectionId, Data: 'إنذار' }));
  await expect.poll(() => client.received).toEqual(['إنذار']);
});

test('a stage may stand in front of the path', async () => {
  const staged = new ApiGatewayManagementApiClient({ region: 'us-east-1', endpoint: `${endpoint}/live`, credentials });
  await staged.send(new PostToConnectionCommand({ ConnectionId, Data: 'x' }));
  await expect.poll(() => client.received).toEqual(['x']);
});

test('a long message arrives whole, in frames of at most 32 KB, and is billed by size', async () => {
  const before = gateway.ctx.meter.units('apiGateway.webSocketMessagePerMillion32KB');
  const frames: number[] = [];
  const receiver = (client.socket as any)._receiver;
  const original = receiver.getData.bind(receiver);
  receiver.getData = (callback: unknown) => {
    frames.push(receiver._payloadLength);
    return original(callback);
  };
  const Data = 'x'.repeat(128 * 1024);
  await sdk.send(new PostToConnectionCommand({ ConnectionId, Data }));
  await expect.poll(() => client.received).toEqual([Data]);
  expect(Math.max(...frames)).toBeLessThanOrEqual(32 * 1024);
  expect(gateway.ctx.meter.units('apiGateway.webSocketMessagePerMillion32KB') - before).toBe(4);
});

test('a message above 128 KB is refused', async () => {
  const post = sdk.send(new PostToConnectionCommand({ ConnectionId, Data: 'x'.repeat(128 * 1024 + 1) }));
  await expect(post).rejects.toBeInstanceOf(PayloadTooLargeException);
});

test('a connection can be looked up', async () => {
  gateway.clock.advance(60_000);
  await sdk.send(new PostToConnectionCommand({ ConnectionId, Data: 'x' }));
  const found = await sdk.send(new GetConnectionCommand({ ConnectionId }));
  expect(found).toMatchObject({ Identity: { SourceIp: '127.0.0.1', UserAgent: 'console' } });
  expect(found.LastActiveAt!.getTime() - found.ConnectedAt!.getTime()).toBeGreaterThanOrEqual(60_000);
});

test('a function disconnects a client', async () => {
  await sdk.send(new DeleteConnectionCommand({ ConnectionId }));
  expect((await client.closed).code).toBe(1000);
  await expect.poll(() => gateway.lambda.events('disconnect')).toHaveLength(1);
});

test('a connection that closed is gone, for every command', async () => {
  client.socket.close();
  await client.closed;
  await expect.poll(() => gateway.service.connections()).toEqual([]);
  for (const command of [PostToConnectionCommand, GetConnectionCommand, DeleteConnectionCommand])
    await expect(sdk.send(new command({ ConnectionId, Data: 'x' }) as any)).rejects.toBeInstanceOf(GoneException);
});

test('an id that is none is a bad request', async () => {
  const post = sdk.send(new PostToConnectionCommand({ ConnectionId: 'nope', Data: 'x' }));
  await expect(post).rejects.toMatchObject({ name: 'BadRequestException' });
});

test('a client that does not read makes senders wait with LimitExceededException', async () => {
  client.socket.pause();
  const Data = Buffer.alloc(128 * 1024, 'x');
  const flood = async () => {
    for (let i = 0; i < 200; i++) await sdk.send(new PostToConnectionCommand({ ConnectionId, Data }));
  };
  await expect(flood()).rejects.toMatchObject({ name: 'LimitExceededException' });
  client.socket.resume();
});
