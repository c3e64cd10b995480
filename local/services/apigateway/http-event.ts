/**
 * Builds the event of payload format 2.0 from an HTTP request.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html#http-api-develop-integrations-lambda.proxy-format-structure
 */
import type { IncomingMessage } from 'node:http';
import type { RuntimeContext } from '../../runtime/types.ts';
import { newTraceId } from './identifiers.ts';
import type { Stage } from './model.ts';
import { clfTime } from './request-time.ts';
import type { RouteMatch } from './route-table.ts';

/** The event without its body, which the authorizer sees as well. */
export interface HttpEvent {
  version: '2.0';
  routeKey: string;
  rawPath: string;
  rawQueryString: string;
  cookies: string[] | undefined;
  headers: Record<string, string>;
  queryStringParameters: Record<string, string> | undefined;
  requestContext: HttpRequestContext;
  pathParameters: Record<string, string> | undefined;
  stageVariables: Record<string, string> | undefined;
}

export interface HttpRequestContext {
  accountId: string;
  apiId: string;
  authorizer?: { lambda: unknown };
  domainName: string;
  domainPrefix: string;
  http: { method: string; path: string; protocol: string; sourceIp: string; userAgent: string };
  requestId: string;
  routeKey: string;
  stage: string;
  time: string;
  timeEpoch: number;
}

export interface HttpEventSource {
  ctx: RuntimeContext;
  stage: Stage;
  request: IncomingMessage;
  match: RouteMatch;
  requestId: string;
  /**
   * Decoded, with the stage in front unless it is `$default`. HTTP APIs hand out a decoded `rawPath`, unlike
   * REST APIs and function URLs.
   */
  path: string;
  /** As the client sent it. */
  rawQueryString: string;
}

export function httpEvent(source: HttpEventSource): HttpEvent {
  const { ctx, stage, request, match, path, rawQueryString } = source;
  const { api } = match.route;
  const now = Math.floor(ctx.clock.now());
  const sourceIp = sourceIpOf(request);
  const { headers, cookies } = combineHeaders(request.rawHeaders);
  addProxyHeaders(headers, request, sourceIp, now);
  return {
    version: '2.0',
    routeKey: match.route.key,
    rawPath: path,
    rawQueryString,
    cookies,
    headers,
    queryStringParameters: rawQueryString === '' ? undefined : combineQuery(rawQueryString),
    requestContext: {
      accountId: ctx.accountId,
      apiId: api.id,
      domainName: `${api.id}.execute-api.${ctx.region}.amazonaws.com`,
      domainPrefix: api.id,
      http: {
        method: request.method!,
        path,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp,
        userAgent: request.headers['user-agent'] ?? '',
      },
      requestId: source.requestId,
      routeKey: match.route.key,
      stage: stage.name,
      time: clfTime(now),
      timeEpoch: now,
    },
    pathParameters: match.pathParameters,
    stageVariables: stage.variables,
  };
}

/** Names in lower case, duplicates combined with commas, cookies apart. */
export function combineHeaders(rawHeaders: string[]) {
  const headers: Record<string, string> = Object.create(null);
  let cookies: string[] | undefined;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!.toLowerCase();
    const value = rawHeaders[i + 1]!;
    if (name === 'cookie') {
      cookies ??= [];
      for (const cookie of value.split(';')) {
        const trimmed = cookie.trim();
        if (trimmed !== '') cookies.push(trimmed);
      }
    } else {
      const earlier = headers[name];
      headers[name] = earlier === undefined ? value : `${earlier},${value}`;
    }
  }
  return { headers, cookies };
}

/** Decoded values, duplicates combined with commas. */
function combineQuery(rawQueryString: string): Record<string, string> {
  const combined: Record<string, string> = Object.create(null);
  for (const [name, value] of new URLSearchParams(rawQueryString)) {
    const earlier = combined[name];
    combined[name] = earlier === undefined ? value : `${earlier},${value}`;
  }
  return combined;
}

/** The address of the TCP connection, IPv4 without its IPv6 mapping. */
export function sourceIpOf(request: IncomingMessage): string {
  const address = request.socket.remoteAddress ?? '';
  return address.startsWith('::ffff:') ? address.slice(7) : address;
}

function addProxyHeaders(headers: Record<string, string>, request: IncomingMessage, sourceIp: string, now: number) {
  const earlier = headers['x-forwarded-for'];
  headers['x-forwarded-for'] = earlier === undefined ? sourceIp : `${earlier}, ${sourceIp}`;
  headers['x-forwarded-port'] = String(request.socket.localPort);
  headers['x-forwarded-proto'] = 'http';
  headers['x-amzn-trace-id'] ??= newTraceId(now);
}
