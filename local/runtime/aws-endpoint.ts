/**
 * The one address all AWS SDK calls go to (`AWS_ENDPOINT_URL`): finds the service by the credential
 * scope of the request's signature and writes its answer. Signatures are not verified, only required;
 * everything here is on the path of every SDK call, so it parses no more than it needs.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { errorProtocol, renderError } from './aws-errors.ts';
import { AwsError, type AwsRequest, type AwsResponse, type AwsService, type Clock, type Logger } from './types.ts';

export interface AwsEndpointOptions {
  port: number;
  clock: Clock;
  log: Logger;
  service(signingName: string): AwsService | undefined;
  /** Throws AwsError when the credentials do not allow the request. @default everything is allowed */
  checkAccess?(accessKeyId: string, signingName: string, request: AwsRequest): void;
  /** Answers what is below `/_runtime`, which is no AWS API. */
  control(request: AwsRequest): Promise<AwsResponse>;
}

export interface AwsEndpoint {
  readonly port: number;
  /** `http://127.0.0.1:<port>`: an IP address, so that no SDK call waits for a name lookup and S3 addresses by path. */
  readonly url: string;
  close(): Promise<void>;
}

const controlPath = '/_runtime';

/** More than any AWS API takes in one request, except S3 uploads, which are better sent in parts. */
const longestBodyBytes = 256 * 1024 * 1024;

export async function startAwsEndpoint(options: AwsEndpointOptions): Promise<AwsEndpoint> {
  const server = createServer((request, response) => {
    answer(request, response, options).catch((error: Error) => {
      options.log.error('A local AWS answer could not be written', { error: error.stack });
      response.destroy();
    });
  });
  // SDK clients keep sockets open; a server that closed an idle one would fail the call that is just being sent on it.
  server.keepAliveTimeout = 0;
  server.requestTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(message: IncomingMessage, response: ServerResponse, options: AwsEndpointOptions): Promise<void> {
  const requestId = nextRequestId();
  const contentType = message.headers['content-type'] ?? '';
  let signingName = '';
  let result: AwsResponse;
  try {
    const request = parseTarget(message);
    if (request.path.startsWith(controlPath)) {
      request.body = await readBody(message);
      result = await options.control(request);
    } else {
      const scope = credentialScope(request);
      signingName = scope.service;
      request.region = scope.region;
      const service = options.service(signingName);
      if (!service?.handle)
        throw new AwsError(
          'UnknownOperationException',
          `The local runtime has no API of the service "${signingName}".`,
        );
      request.body = await readBody(message);
      options.checkAccess?.(scope.accessKeyId, signingName, request);
      result = await service.handle(request);
    }
  } catch (error) {
    result = failure(error, signingName, contentType, requestId, options.log);
  }
  send(message, response, result, contentType, requestId, options.clock);
}

function parseTarget(message: IncomingMessage): AwsRequest {
  const url = message.url ?? '/';
  const mark = url.indexOf('?');
  const rawPath = mark < 0 ? url : url.slice(0, mark);
  const target = message.headers['x-amz-target'] as string | undefined;
  return {
    method: message.method ?? 'GET',
    path: rawPath.includes('%') ? decodePath(rawPath) : rawPath,
    query: new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1)),
    headers: message.headers as Record<string, string>,
    body: emptyBody,
    operation: target?.slice(target.lastIndexOf('.') + 1),
    region: '',
  };
}

const emptyBody = Buffer.alloc(0);

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch (cause) {
    throw new AwsError('InvalidURI', `Couldn't parse the specified URI: ${(cause as Error).message}`);
  }
}

const scopePattern = /^([^/]+)\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request/;

interface CredentialScope {
  accessKeyId: string;
  region: string;
  service: string;
}

function credentialScope({ headers, query, method }: AwsRequest): CredentialScope {
  const authorization = headers['authorization'] ?? '';
  const start = authorization.indexOf('Credential=');
  const credential = start < 0 ? query.get('X-Amz-Credential') : authorization.slice(start + 'Credential='.length);
  const [, accessKeyId = '', region, service] = scopePattern.exec(credential ?? '') ?? [];
  if (region !== undefined && service !== undefined) return { accessKeyId, region, service };
  // S3 alone has unsigned requests: its POST forms are signed inside, browsers' preflights not at all.
  const isForm = method === 'POST' && headers['content-type']?.startsWith('multipart/form-data');
  if (isForm || method === 'OPTIONS') return { accessKeyId: '', region: '', service: 's3' };
  throw new AwsError('MissingAuthenticationTokenException', 'Request is missing Authentication Token', 403);
}

function readBody(message: IncomingMessage): Buffer | Promise<Buffer> {
  if (message.headers['content-length'] === '0') return emptyBody;
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    message.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > longestBodyBytes) reject(new AwsError('EntityTooLarge', 'The request is larger than 256 MiB.', 413));
      else chunks.push(chunk);
    });
    message.on('end', () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, bytes)));
    message.on('error', reject);
  });
}

function failure(
  error: unknown,
  signingName: string,
  contentType: string,
  requestId: string,
  log: Logger,
): AwsResponse {
  if (!(error instanceof AwsError))
    log.error('A local AWS service failed', { service: signingName, error: (error as Error).stack ?? String(error) });
  const modelled =
    error instanceof AwsError
      ? error
      : new AwsError('InternalFailure', `The local ${signingName} service failed: ${(error as Error).message}`, 500);
  const rendered = renderError(modelled, errorProtocol(signingName, contentType), contentType, requestId);
  return {
    status: modelled.status,
    headers: { 'content-type': rendered.contentType, ...rendered.headers },
    body: rendered.body,
  };
}

function send(
  message: IncomingMessage,
  response: ServerResponse,
  { status, headers, body }: AwsResponse,
  contentType: string,
  requestId: string,
  clock: Clock,
): void {
  // The SDK corrects its own clock by this header, so it must tell modelled time.
  const outgoing: Record<string, string | number> = { date: httpDate(clock.now()), 'x-amzn-requestid': requestId };
  let payload: string | Buffer = '';
  if (typeof body === 'string' || Buffer.isBuffer(body)) payload = body;
  else if (body !== undefined) {
    payload = JSON.stringify(body);
    outgoing['content-type'] = contentType.startsWith('application/x-amz-json-') ? contentType : 'application/json';
  }
  if (message.method !== 'HEAD' && status !== 204 && status !== 304)
    outgoing['content-length'] = Buffer.byteLength(payload);
  for (const name in headers) outgoing[name.toLowerCase()] = headers[name]!;
  response.on('error', () => response.destroy());
  response.writeHead(status, outgoing);
  response.end(message.method === 'HEAD' ? undefined : payload);
  // What was refused before its body was read must still drain, or the socket cannot be used again.
  if (!message.complete) message.resume();
}

let dateSecond = 0;
let dateText = '';

function httpDate(now: number): string {
  const second = Math.floor(now / 1000);
  if (second !== dateSecond) {
    dateSecond = second;
    dateText = new Date(now).toUTCString();
  }
  return dateText;
}

let requestCount = 0;

/** Unique within the process and shaped like a UUID; a random one would cost more than the rest of the parsing. */
function nextRequestId(): string {
  requestCount += 1;
  return `00000000-0000-4000-8000-${requestCount.toString(16).padStart(12, '0')}`;
}
