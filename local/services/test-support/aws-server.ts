/**
 * The smallest AWS endpoint that lets a real SDK client talk to one service in its unit tests;
 * the platform's own endpoint does the same for all services.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AwsError, type AwsRequest, type AwsService } from '../../runtime/types.ts';

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
    const url = new URL(incoming.url ?? '/', 'http://localhost');
    const headers = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]));
    const request: AwsRequest = {
      method: incoming.method ?? 'GET',
      path: decodeURIComponent(url.pathname),
      query: url.searchParams,
      headers,
      body: Buffer.concat(chunks),
      operation: headers['x-amz-target']?.split('.').pop(),
      region: 'us-east-1',
    };
    try {
      const { status, headers: answerHeaders = {}, body } = await service.handle!(request);
      const structured = typeof body === 'object' && !Buffer.isBuffer(body);
      outgoing.writeHead(status, {
        ...(structured ? { 'content-type': headers['content-type'] ?? 'application/json' } : {}),
        ...answerHeaders,
      });
      outgoing.end(structured ? JSON.stringify(body) : body);
    } catch (error) {
      answerError(outgoing, error, service.signingName);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://localhost:${(server.address() as AddressInfo).port}`, close: () => closeServer(server) };
}

function answerError(outgoing: import('node:http').ServerResponse, error: unknown, signingName: string): void {
  const { code, message, status, extra } =
    error instanceof AwsError ? error : new AwsError('InternalFailure', String(error), 500);
  if (signingName === 's3') {
    const parts = Object.entries({ Code: code, Message: message, ...extra });
    outgoing.writeHead(status, { 'content-type': 'application/xml' });
    outgoing.end(`<Error>${parts.map(([name, value]) => `<${name}>${value}</${name}>`).join('')}</Error>`);
    return;
  }
  outgoing.writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': code });
  outgoing.end(JSON.stringify({ __type: code, message, ...extra }));
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
