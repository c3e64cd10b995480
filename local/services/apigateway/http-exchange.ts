/** One request under way: what becomes known of it step by step, and how it is answered. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ServedRequest } from './access-log.ts';
import { applyCors, preflightHeaders } from './cors.ts';
import { type HttpEvent, sourceIpOf } from './http-event.ts';
import type { HttpAnswer } from './http-response.ts';
import { newRequestId } from './identifiers.ts';
import type { Api, Cors, Stage } from './model.ts';
import { clfTime } from './request-time.ts';

export class HttpExchange {
  readonly request: IncomingMessage;
  readonly requestId = newRequestId();
  /** Milliseconds of modelled time. */
  readonly receivedAt: number;
  /** Known once the request found its API; decides about CORS headers. */
  api: Api | undefined;
  stage: Stage | undefined;
  path: string;
  event: HttpEvent | undefined;
  integrationLatencyMs: number | undefined;
  integrationError: string | undefined;
  authorizerError: string | undefined;
  readonly #response: ServerResponse;
  #status = 0;
  #responseBytes = 0;

  constructor(request: IncomingMessage, response: ServerResponse, receivedAt: number) {
    this.request = request;
    this.#response = response;
    this.receivedAt = receivedAt;
    this.path = request.url!;
  }

  /** An answer of the gateway itself. */
  sendMessage(status: number, message: string): void {
    const headers: Record<string, string> = { 'content-type': 'application/json' };
    this.#applyCors(headers);
    this.#send(status, headers, [], JSON.stringify({ message }));
  }

  sendAnswer({ status, headers, cookies, body }: HttpAnswer): void {
    this.#applyCors(headers);
    this.#send(status, headers, cookies, body);
  }

  sendPreflight(cors: Cors): void {
    this.#send(204, preflightHeaders(cors, this.request.headers.origin!), [], '');
  }

  /** Undefined while no answer was sent or no stage is known to have served it. */
  served(now: number): ServedRequest | undefined {
    const { request, api, stage, event } = this;
    if (this.#status === 0 || !api || !stage) return undefined;
    return {
      requestId: this.requestId,
      method: request.method!,
      event,
      apiId: api.id,
      stageName: stage.name,
      path: this.path,
      sourceIp: event?.requestContext.http.sourceIp ?? sourceIpOf(request),
      userAgent: request.headers['user-agent'],
      protocol: `HTTP/${request.httpVersion}`,
      status: this.#status,
      responseBytes: this.#responseBytes,
      requestTime: clfTime(this.receivedAt),
      requestTimeEpoch: Math.floor(this.receivedAt),
      latencyMs: Math.round(now - this.receivedAt),
      integrationLatencyMs: this.integrationLatencyMs,
      integrationError: this.integrationError,
      authorizerError: this.authorizerError,
    };
  }

  #applyCors(headers: Record<string, string>): void {
    if (this.api?.cors) applyCors(this.api.cors, this.request.headers.origin, headers);
  }

  #send(status: number, headers: Record<string, string>, cookies: string[], body: string | Buffer): void {
    const { request, requestId } = this;
    const response = this.#response;
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
    } else {
      this.#responseBytes = Buffer.byteLength(body);
      raw.push('content-length', String(this.#responseBytes));
      response.writeHead(status, raw);
      response.end(request.method === 'HEAD' ? undefined : body);
    }
    this.#status = status;
  }
}
