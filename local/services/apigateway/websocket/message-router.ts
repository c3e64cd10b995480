/**
 * Takes a client's message to the route that its content selects and, for two-way routes, the function's
 * answer back.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-routes-integrations.html
 */
import type { LambdaInvoker, RuntimeContext } from '../../../runtime/types.ts';
import { newRequestId } from '../identifiers.ts';
import { errorMessageOf, invoke, routeArn } from '../invocation.ts';
import { admit } from '../throttle.ts';
import type { Connection } from './connection.ts';
import { messageEvent } from './websocket-event.ts';

export class MessageRouter {
  readonly #ctx: RuntimeContext;
  readonly #lambda: LambdaInvoker;

  constructor(ctx: RuntimeContext, lambda: LambdaInvoker) {
    this.#ctx = ctx;
    this.#lambda = lambda;
  }

  /** Messages of one connection run side by side, as on AWS: nothing keeps their order. Never rejects. */
  async route(connection: Connection, data: Buffer): Promise<void> {
    const { facts } = connection;
    const { api, stage } = facts;
    connection.billMessage(data.length);
    const body = data.toString('utf8');
    const key = api.selectRoute!(body);
    const route = (key === undefined ? undefined : selectable(key, api.routes)) ?? api.routes.get('$default');
    if (!route?.integration) return this.#sendError(connection, 'Forbidden');
    if (!admit(stage, route.key, this.#ctx.clock.now())) return this.#sendError(connection, 'Too Many Requests');

    const event = messageEvent(this.#ctx, facts, route.key, body);
    const result = await invoke(this.#ctx, this.#lambda, {
      functionName: route.integration.functionName,
      payload: JSON.stringify(event),
      timeoutMs: route.integration.timeoutMs,
      sourceArn: routeArn(this.#ctx, api.id, stage.name, route.key),
    });
    const { requestId } = event.requestContext;
    if (result.outcome === 'timed-out') return this.#sendError(connection, 'Endpoint request timed out', requestId);
    if (result.outcome !== 'answered') {
      const reason = result.outcome === 'failed' ? errorMessageOf(result.payload) : result.outcome;
      this.#ctx.log.error(`${api.name} ${route.key}: ${reason}`);
      return this.#sendError(connection, 'Internal server error', requestId);
    }
    if (!route.twoWay) return;
    const answer = responseBody(result.payload);
    if (answer === undefined) {
      this.#ctx.log.error(`${api.name} ${route.key}: the function's answer has no statusCode or no text body`);
      return this.#sendError(connection, 'Internal server error', requestId);
    }
    if (answer !== '') connection.send(Buffer.from(answer));
  }

  #sendError(connection: Connection, message: string, requestId = newRequestId()): void {
    connection.send(Buffer.from(JSON.stringify({ message, connectionId: connection.facts.id, requestId })));
  }
}

/** A message cannot select `$connect` or `$disconnect`. */
function selectable<R>(key: string, routes: Map<string, R>): R | undefined {
  return key.startsWith('$') ? undefined : routes.get(key);
}

/** Undefined when the answer is not a Lambda proxy response. */
function responseBody(payload: string): string | undefined {
  try {
    const answer = JSON.parse(payload);
    if (!Number.isInteger(answer?.statusCode)) return undefined;
    const { body = '' } = answer;
    return typeof body === 'string' ? body : undefined;
  } catch {
    return undefined;
  }
}
