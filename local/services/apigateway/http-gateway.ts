/**
 * The path of one HTTP API request: stage, route, CORS, throttling, authorizer, function, response.
 * Gateway-made answers carry the bodies that API Gateway itself sends.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { LambdaInvoker, RuntimeContext } from '../../runtime/types.ts';
import type { ApiRegistry, HttpTarget } from './api-registry.ts';
import { isPreflight } from './cors.ts';
import { HttpAuthorizers } from './http-authorizer.ts';
import { encodeBody, hasBody, PAYLOAD_LIMIT_BYTES, PayloadTooLarge, RequestAborted, readBody } from './http-body.ts';
import { type HttpEvent, httpEvent } from './http-event.ts';
import { HttpExchange } from './http-exchange.ts';
import { HttpObserver } from './http-observer.ts';
import { type HttpAnswer, interpretAnswer } from './http-response.ts';
import { errorMessageOf, type Invocation, invoke, routeArn } from './invocation.ts';
import type { Route } from './model.ts';
import { splitPath } from './route-table.ts';
import { admit } from './throttle.ts';

/** "HTTP APIs are metered in 512 KB increments." @see https://aws.amazon.com/api-gateway/pricing/ */
const METERED_BYTES = 512 * 1024;

export class HttpGateway {
  readonly #ctx: RuntimeContext;
  readonly #lambda: LambdaInvoker;
  readonly #apis: ApiRegistry;
  readonly #authorizers: HttpAuthorizers;
  readonly #observer: HttpObserver;

  constructor(ctx: RuntimeContext, lambda: LambdaInvoker, apis: ApiRegistry) {
    this.#ctx = ctx;
    this.#lambda = lambda;
    this.#apis = apis;
    this.#authorizers = new HttpAuthorizers(ctx, lambda);
    this.#observer = new HttpObserver(ctx);
  }

  /** Answers every request; never rejects. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const exchange = new HttpExchange(request, response, this.#ctx.clock.now());
    try {
      await this.#answer(exchange);
    } catch (error) {
      this.#answerError(exchange, error);
    }
    const served = exchange.served(this.#ctx.clock.now());
    if (served) this.#observer.served(exchange.stage!, served);
  }

  #answerError(exchange: HttpExchange, error: unknown): void {
    if (error instanceof RequestAborted) return;
    if (error instanceof PayloadTooLarge) {
      exchange.sendMessage(413, 'Request Entity Too Large');
      return;
    }
    const { method, url } = exchange.request;
    this.#ctx.log.error(`${method} ${url} failed in the gateway: ${(error as Error).stack}`);
    exchange.sendMessage(500, 'Internal Server Error');
  }

  async #answer(exchange: HttpExchange): Promise<void> {
    const { request } = exchange;
    const url = request.url!;
    const queryAt = url.indexOf('?');
    exchange.path = queryAt < 0 ? url : url.slice(0, queryAt);
    const target = this.#apis.httpTarget(request.headers.host, exchange.path);
    if (!target) return exchange.sendMessage(404, 'Not Found');
    exchange.api = target.api;
    exchange.stage = target.api.stages.get(target.stageName)!;

    const segments = decodeSegments(target.path);
    if (!segments) return exchange.sendMessage(400, 'Bad Request');
    exchange.path = fullPath(target, segments);
    const match = target.routes.match(request.method!, segments);
    if (!match) return answerUnrouted(exchange, target, segments);
    const { route } = match;
    const stage = route.api.stages.get(target.stageName)!;
    exchange.api = route.api;
    exchange.stage = stage;

    if (!admit(stage, route.key, exchange.receivedAt)) return exchange.sendMessage(429, 'Too Many Requests');
    const latency = this.#ctx.faults.strike('http.latency', `${route.api.name} ${route.key}`);
    if (latency?.delayMs) await this.#ctx.clock.sleep(latency.delayMs);

    const { requestId, path } = exchange;
    const rawQueryString = queryAt < 0 ? '' : url.slice(queryAt + 1);
    const event = httpEvent({ ctx: this.#ctx, stage, request, match, requestId, path, rawQueryString });
    exchange.event = event;
    if (!(await this.#authorize(exchange, route, event))) return;
    if (route.api.cors && isPreflight(request)) exchange.sendPreflight(route.api.cors);
    else await this.#integrate(exchange, route, event);
  }

  /**
   * A preflight of a path whose route takes OPTIONS (by name, `ANY` or `$default`) passes that route's
   * authorizer like any other request, and so fails for want of credentials; an `OPTIONS` route without
   * authorizer is what lets it through.
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html#http-api-cors-default-route
   */
  async #authorize(exchange: HttpExchange, route: Route, event: HttpEvent): Promise<boolean> {
    if (!route.authorizer) return true;
    const decision = await this.#authorizers.decide(route.authorizer, event);
    switch (decision.kind) {
      case 'allowed':
        event.requestContext.authorizer = { lambda: decision.context ?? null };
        return true;
      case 'unauthorized':
        exchange.sendMessage(401, 'Unauthorized');
        return false;
      case 'forbidden':
        exchange.sendMessage(403, 'Forbidden');
        return false;
      case 'failed':
        exchange.authorizerError = decision.error;
        exchange.sendMessage(500, 'Internal Server Error');
        return false;
      default:
        return decision satisfies never;
    }
  }

  async #integrate(exchange: HttpExchange, route: Route, event: HttpEvent): Promise<void> {
    const { request } = exchange;
    const bytes = hasBody(request) ? await readBody(request) : undefined;
    const body = bytes ? encodeBody(bytes, request.headers['content-type']) : { isBase64Encoded: false };
    const invokedAt = this.#ctx.clock.now();
    const result = await invoke(this.#ctx, this.#lambda, {
      functionName: route.integration!.functionName,
      payload: JSON.stringify({ ...event, ...body }),
      timeoutMs: route.integration!.timeoutMs,
      sourceArn: routeArn(this.#ctx, route.api.id, exchange.stage!.name, httpResource(request.method!, route)),
    });
    exchange.integrationLatencyMs = Math.round(this.#ctx.clock.now() - invokedAt);
    const answer = result.outcome === 'answered' ? parseAnswer(result.payload) : undefined;
    this.#meter(bytes?.length ?? 0, answer ? Buffer.byteLength(answer.body) : 0);
    if (answer) exchange.sendAnswer(answer);
    else this.#answerFailure(exchange, route, result);
  }

  #answerFailure(exchange: HttpExchange, route: Route, result: Invocation): void {
    const [status, message, reason] = failureOf(result);
    exchange.integrationError = reason;
    this.#ctx.log.error(`${route.key}: ${reason}`);
    exchange.sendMessage(status, message);
  }

  #meter(requestBytes: number, responseBytes: number): void {
    const units = Math.max(1, Math.ceil(Math.max(requestBytes, responseBytes) / METERED_BYTES));
    this.#ctx.meter.count('apiGateway.httpRequestPerMillion', units);
  }
}

/** What the client is told, and why. */
function failureOf(result: Invocation): [status: number, message: string, reason: string] {
  switch (result.outcome) {
    case 'answered': {
      const start = result.payload.slice(0, 200);
      return [500, 'Internal Server Error', `The answer is not a payload format 2.0 response: ${start}`];
    }
    case 'failed':
      return [500, 'Internal Server Error', `The function failed: ${errorMessageOf(result.payload)}`];
    case 'unavailable':
      return [500, 'Internal Server Error', `The function could not be run: ${result.error.message}`];
    case 'too-large':
      return [413, 'Request Entity Too Large', 'The event is above the payload quota of Lambda.'];
    case 'throttled':
      return [503, 'Service Unavailable', 'The function is throttled.'];
    case 'timed-out':
      return [503, 'Service Unavailable', 'The function did not answer within the integration timeout.'];
    default:
      return result satisfies never;
  }
}

/** Of what no route takes, a preflight is answered from the CORS configuration; the rest is unknown. */
function answerUnrouted(exchange: HttpExchange, target: HttpTarget, segments: string[]): void {
  const { request } = exchange;
  const wantedMethod = isPreflight(request) ? request.headers['access-control-request-method'] : undefined;
  const wanted = wantedMethod === undefined ? undefined : target.routes.match(wantedMethod, segments);
  const { cors } = wanted?.route.api ?? target.api;
  if (wantedMethod !== undefined && cors) exchange.sendPreflight(cors);
  else exchange.sendMessage(404, 'Not Found');
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

/** `GET/pets/{id}`: the path as the route declares it; the route `$default` stands for itself. */
function httpResource(method: string, { key }: Route): string {
  const path = key.slice(key.indexOf(' ') + 1);
  return path.startsWith('/') ? `${method}${path}` : path;
}
