/**
 * The smallest AWS endpoint that lets a real SDK client talk to one service in its unit tests;
 * the platform's own endpoint does the same for all services.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AwsError, type AwsRequest, type AwsResponse, type AwsService } from '../../runtime/types.ts';
import type { DirectService } from './direct-calls.ts';
import { answerDirectly, type DirectAnswer, type DirectRequest } from './without-sockets.ts';

export interface TestEndpoint {
  url: string;
  close(): Promise<void>;
}

/** Settings of an SDK client that asks the endpoint and takes its first answer. */
export const clientSettings = ({ url }: TestEndpoint) => ({
  endpoint: url,
  region: 'us-east-1',
  credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  maxAttempts: 1,
});

export async function serveForTest(service: AwsService): Promise<TestEndpoint> {
  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const headers = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]));
    const { method = 'GET', url: path = '/' } = incoming;
    const answer = await answerOf(service, { method, path, headers, body: Buffer.concat(chunks) });
    outgoing.writeHead(answer.status, answer.headers).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const endDirectAnswers = answerDirectly(port, ({ body, ...request }) =>
    answerOf(service, { ...request, body: writtenBytes(body) }),
  );
  globalThis.directCalls?.services.set(port, { call: (operation, input) => callOf(service, operation, input) });
  const close = (): Promise<void> => {
    endDirectAnswers();
    globalThis.directCalls?.services.delete(port);
    return closeServer(server);
  };
  return { url: `http://localhost:${port}`, close };
}

async function callOf(service: AwsService, operation: string, input: object): ReturnType<DirectService['call']> {
  const request = { method: 'POST', path: '/', query: new URLSearchParams(), headers: {}, body: Buffer.alloc(0) };
  try {
    const answer = await service.handle!({ ...request, operation, region: 'us-east-1', input });
    if (answer.status === 200) return { output: answer.body as object };
    return { written: () => written(answer) };
  } catch (error) {
    return { error, written: () => errorAnswer(error, service.signingName) };
  }
}

/** @param headers by names in lower case */
async function answerOf(
  service: AwsService,
  { method, path, headers, body: content }: DirectRequest & { body: Buffer },
): Promise<DirectAnswer> {
  const url = new URL(path, 'http://localhost');
  const request: AwsRequest = {
    method,
    path: decodeURIComponent(url.pathname),
    query: url.searchParams,
    headers,
    body: content,
    operation: headers['x-amz-target']?.split('.').pop(),
    region: 'us-east-1',
  };
  try {
    return written(await service.handle!(request), headers['content-type']);
  } catch (error) {
    return errorAnswer(error, service.signingName);
  }
}

function written({ status, headers = {}, body }: AwsResponse, contentType = 'application/json'): DirectAnswer {
  const structured = typeof body === 'object' && !Buffer.isBuffer(body);
  const type: Record<string, string> = structured ? { 'content-type': contentType } : {};
  return { status, headers: { ...type, ...headers }, body: bytesOf(structured ? JSON.stringify(body) : body) };
}

/** The SDK's bytes as they are: a copy by `Buffer.from` would have it make a text of them, of which it warns. */
const writtenBytes = (body: string | Uint8Array = ''): Buffer =>
  typeof body === 'string' ? Buffer.from(body) : Buffer.from(body.buffer, body.byteOffset, body.byteLength);

const bytesOf = (body: string | Buffer | undefined): Buffer =>
  typeof body === 'string' ? Buffer.from(body) : (body ?? Buffer.alloc(0));

function errorAnswer(error: unknown, signingName: string): DirectAnswer {
  const { code, message, status, extra } =
    error instanceof AwsError ? error : new AwsError('InternalFailure', String(error), 500);
  if (signingName === 's3') {
    const parts = Object.entries({ Code: code, Message: message, ...extra });
    const text = `<Error>${parts.map(([name, value]) => `<${name}>${value}</${name}>`).join('')}</Error>`;
    return { status, headers: { 'content-type': 'application/xml' }, body: Buffer.from(text) };
  }
  return {
    status,
    headers: { 'content-type': 'application/json', 'x-amzn-errortype': code },
    body: Buffer.from(JSON.stringify({ __type: code, message, ...extra })),
  };
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
