/**
 * The path of one HTTP API request: stage, route, CORS, throttling, authorizer, function, response.
 * Gateway-made answers carry the bodies that API Gateway itself sends.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { LambdaInvoker, RuntimeContext } from '../../runtime/types.ts';
import type { ApiRegistry, HttpTarget } from './api-registry.ts';
import { applyCors, isPreflight, preflightHeaders } from './cors.ts';
import { HttpAuthorizers } from './http-authorizer.ts';
import { encodeBody, hasBody, PAYLOAD_LIMIT_BYTES, PayloadTooLarge, RequestAborted, readBody } from './http-body.ts';
import { type HttpEvent, httpEvent } from './http-event.ts';
import { type HttpAnswer, interpretAnswer } from './http-response.ts';
import { newRequestId } from './identifiers.ts';
import { errorMessageOf, invoke } from './invocation.ts';
import type { Api, Route } from './model.ts';
import { splitPath } from './route-table.ts';
import { admit } from './throttle.ts';

/** "HTTP APIs are metered in 512 KB increments." @see https://aws.amazon.com/api-gateway/pricing/ */
const METERED_BYTES = 512 * 1024;

export class HttpGateway {
  readonly #ctx: RuntimeContext;
  readonly #lambda: LambdaInvoker;
  readonly #apis: ApiRegistry;
  readonly #authorizers: HttpAuthorizers;

  constructor(ctx: RuntimeContext, lambda: LambdaInvoker, apis: ApiRegistry) {
    this.#ctx = ctx;
    this.#lambda = lambda;
    this.#apis = apis;
    this.#authorizers = new HttpAuthorizers(ctx, lambda);
  }

  /** Answers every request; never rejects. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const exchange: Exchange = { request, response, requestId: newRequestId(), api: undefined };
    try {
      await this.#answer(exchange);
    } catch (error) {
      if (error instanceof RequestAborted) return;
      if (error instanceof PayloadTooLarge) return sendMessage(exchange, 413, 'Request Entity Too Large');
      this.#ctx.log.error(`${request.method} ${request.url} failed in the gateway: ${(error as Error).stack}`);
      sendMessage(exchange, 500, 'Internal Server Error');
    }
  }

  async #answer(exchange: Exchange): Promise<void> {
    const { request } = exchange;
    const url = request.url!;
    const queryAt = url.indexOf('?');
    const rawPath = queryAt < 0 ? url : url.slice(0, queryAt);
    const target = this.#apis.httpTarget(request.headers.host, rawPath);
    if (!target) return sendMessage(exchange, 404, 'Not Found');
    exchange.api = target.api;

    const segments = decodeSegments(target.path);
    if (!segments) return sendMessage(exchange, 400, 'Bad Request');
    const match = target.routes.match(request.method!, segments);
    if (!match) return this.#answerUnrouted(exchange, target, segments);
    const { api } = match.route;
    const stage = api.stages.get(target.stageName)!;
    exchange.api = api;
    const preflight = api.cors !== undefined && isPreflight(request);

    if (!admit(stage, match.route.key, this.#ctx.clock.now())) return sendMessage(exchange, 429, 'Too Many Requests');

    const latency = this.#ctx.faults.strike('http.latency', `${api.name} ${match.route.key}`);
    if (latency?.delayMs) await this.#ctx.clock.sleep(latency.delayMs);

    const event = httpEvent({
      ctx: this.#ctx,
      api,
      stage,
      request,
      match,
      requestId: exchange.requestId,
      path: fullPath(target, segments),
      rawQueryString: queryAt < 0 ? '' : url.slice(queryAt + 1),
    });
    if (!(await this.#authorize(exchange, match.route, event))) return;
    if (preflight) return sendPreflight(exchange, api);
    await this.#integrate(exchange, match.route, event);
  }

  /** Of what no route takes, a preflight is answered from the CORS configuration; the rest is unknown. */
  #answerUnrouted(exchange: Exchange, target: HttpTarget, segments: string[]): void {
    const { request } = exchange;
    const wantedMethod = isPreflight(request) ? request.headers['access-control-request-method'] : undefined;
    const wanted = wantedMethod === undefined ? undefined : target.routes.match(wantedMethod, segments);
    const api = wanted?.route.api ?? target.api;
    if (wantedMethod !== undefined && api.cors) sendPreflight(exchange, api);
    else sendMessage(exchange, 404, 'Not Found');
  }

  /**
   * A preflight of a path whose route takes OPTIONS (by name, `ANY` or `$default`) passes that route's
   * authorizer like any other request, and so fails for want of credentials; an `OPTIONS` route without
   * authorizer is what lets it through.
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html#http-api-cors-default-route
   */
  async #authorize(exchange: Exchange, route: Route, event: HttpEvent): Promise<boolean> {
    if (!route.authorizer) return true;
    const decision = await this.#authorizers.decide(route.authorizer, event);
    switch (decision.kind) {
      case 'allowed':
        event.requestContext.authorizer = { lambda: decision.context ?? null };
        return true;
      case 'unauthorized':
        sendMessage(exchange, 401, 'Unauthorized');
        return false;
      case 'forbidden':
        sendMessage(exchange, 403, 'Forbidden');
        return false;
      case 'failed':
        sendMessage(exchange, 500, 'Internal Server Error');
        return false;
      default:
        return decision satisfies never;
    }
  }

  async #integrate(exchange: Exchange, route: Route, event: HttpEvent): Promise<void> {
    const { request } = exchange;
    const bytes = hasBody(request) ? await readBody(request) : undefined;
    const body = bytes ? encodeBody(bytes, request.headers['content-type']) : { isBase64Encoded: false };
    const { integration } = route;
    const result = await invoke(this.#ctx, this.#lambda, {
      functionName: integration!.functionName,
      payload: JSON.stringify({ ...event, ...body }),
      timeoutMs: integration!.timeoutMs,
    });
    switch (result.outcome) {
      case 'answered': {
        const answer = parseAnswer(result.payload);
        this.#meter(bytes?.length ?? 0, answer ? Buffer.byteLength(answer.body) : 0);
        if (answer) return sendAnswer(exchange, answer);
        this.#ctx.log.error(`${route.key}: the function's answer is not a payload format 2.0 response`, {
          payload: result.payload.slice(0, 500),
        });
        return sendMessage(exchange, 500, 'Internal Server Error');
      }
      case 'failed':
        this.#meter(bytes?.length ?? 0, 0);
        this.#ctx.log.error(`${route.key}: the function failed: ${errorMessageOf(result.payload)}`);
        return sendMessage(exchange, 500, 'Internal Server Error');
      case 'unavailable':
        this.#ctx.log.error(`${route.key}: the function could not be run: ${result.error.message}`);
        return sendMessage(exchange, 500, 'Internal Server Error');
      case 'too-large':
        return sendMessage(exchange, 413, 'Request Entity Too Large');
      case 'throttled':
      case 'timed-out':
        this.#meter(bytes?.length ?? 0, 0);
        return sendMessage(exchange, 503, 'Service Unavailable');
      default:
        return result satisfies never;
    }
  }

  #meter(requestBytes: number, responseBytes: number): void {
    const units = Math.max(1, Math.ceil(Math.max(requestBytes, responseBytes) / METERED_BYTES));
    this.#ctx.meter.count('apiGateway.httpRequestPerMillion', units);
  }
}

interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  requestId: string;
  /** Known once the request found its API; decides about CORS headers. */
  api: Api | undefined;
}

/** Undefined when the path has a broken percent escape. */
function decodeSegments(path: string): string[] | undefined {
  if (!path.includes('%')) return splitPath(path);
  try {
    return splitPath(path).map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

function fullPath({ stageName, path }: HttpTarget, segments: string[]): string {
  const decoded = path.includes('%') ? `/${segments.join('/')}` : path;
  return stageName === '$default' ? decoded : `/${stageName}${decoded}`;
}

function parseAnswer(payload: string): HttpAnswer | undefined {
  try {
    const answer = interpretAnswer(payload);
    return answer && Buffer.byteLength(answer.body) <= PAYLOAD_LIMIT_BYTES ? answer : undefined;
  } catch {
    return undefined;
  }
}

function sendPreflight(exchange: Exchange, api: Api): void {
  send(exchange, 204, preflightHeaders(api.cors!, exchange.request.headers.origin!), [], '');
}

function sendMessage(exchange: Exchange, status: number, message: string): void {
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  const { api, request } = exchange;
  if (api?.cors) applyCors(api.cors, request.headers.origin, headers);
  send(exchange, status, headers, [], JSON.stringify({ message }));
}

function sendAnswer(exchange: Exchange, { status, headers, cookies, body }: HttpAnswer): void {
  const { api, request } = exchange;
  if (api?.cors) applyCors(api.cors, request.headers.origin, headers);
  send(exchange, status, headers, cookies, body);
}

function send(
  { request, response, requestId }: Exchange,
  status: number,
  headers: Record<string, string>,
  cookies: string[],
  body: string | Buffer,
): void {
  if (response.headersSent || response.destroyed) return;
  // A body that nobody reads would block the next request on a kept-alive connection, and closing it
  // instead would reset the connection before the client has seen the answer.
  if (!request.complete) request.resume();
  const raw: string[] = ['apigw-requestid', requestId];
  for (const name in headers) raw.push(name, headers[name]!);
  for (const cookie of cookies) raw.push('set-cookie', cookie);
  if (status === 204 || status === 304) {
    response.writeHead(status, raw);
    response.end();
    return;
  }
  raw.push('content-length', String(Buffer.byteLength(body)));
  response.writeHead(status, raw);
  response.end(request.method === 'HEAD' ? undefined : body);
}
