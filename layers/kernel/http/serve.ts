/**
 * The Lambda entry of a resource: binds its routes to operations and runs every request through one pipeline
 * (correlation, authorization, limits, validation, idempotency, answer, errors).
 */
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { recordKeyOutcome } from '../auth/key-outcomes.ts';
import { principalFromContext } from '../auth/principal.ts';
import { beginIdempotent } from '../data/idempotency.ts';
import { openSession } from '../data/session.ts';
import { AppError } from '../errors/app-error.ts';
import { logger, publishMetrics } from '../observability/logger.ts';
import { admit, checkWorkspaceRoutes, type ServeOptions, workspaceParameter } from './admit.ts';
import { type Call, type GatewayAnswer, type GatewayEvent, openCall } from './call.ts';
import { bodyText, toRequest } from './read-request.ts';
import { answerError, render, withHeaders } from './render-answer.ts';
import {
  isIdempotent,
  type Operation,
  type Operations,
  type Request,
  type Resource,
  type Route,
  type Routes,
} from './route.ts';
import { createRouter, loggedPath, type RouteMatch } from './router.ts';
import { validate } from './validate.ts';

/** @returns the function API Gateway invokes for every route of the resource */
export function serve<R extends Routes>(
  resource: Resource<R>,
  operations: Operations<R>,
  options: ServeOptions<R> = {},
) {
  const match = createRouter(resource as unknown as Resource<Routes>);
  const hasSecretPaths = Object.values<Route>(resource.routes).some(({ secretParams }) => secretParams !== undefined);
  checkWorkspaceRoutes(resource as unknown as Resource<Routes>, options as ServeOptions);

  const answerCall = async (event: GatewayEvent, context: Context): Promise<GatewayAnswer> => {
    const call = openCall(event, context);
    // A path that fits no route may still hold what such a route keeps secret.
    if (hasSecretPaths) call.path = resource.base;
    try {
      const found = match(event.requestContext.http.method, event.rawPath);
      if (found === undefined) throw new AppError('no_such_address');
      if ('allowedMethods' in found)
        throw new AppError('method_not_allowed', undefined, { headers: { allow: found.allowedMethods.join(', ') } });
      call.operationId = found.operationId;
      call.path = loggedPath(resource.base, event.rawPath, found);
      const operation = operations[found.operationId] as unknown as Operation<Route>;
      return await finish(call, await runOperation(call, found, operation, options as ServeOptions));
    } catch (thrown) {
      return await finish(call, await answerError(call, thrown));
    } finally {
      publishMetrics();
    }
  };
  return middy<GatewayEvent, GatewayAnswer>().handler(answerCall);
}

/** The line of the request, and what becomes a statistic of its key. */
async function finish(call: Call, answer: GatewayAnswer): Promise<GatewayAnswer> {
  const { http, authorizer } = call.event.requestContext;
  const { operationId } = call;
  const { headers } = call.event;
  const status = answer.statusCode ?? 200;
  const durationMs = Math.round(performance.now() - call.startedMs);
  const principal = principalFromContext(authorizer?.lambda);
  const isKey = principal?.kind === 'api_key';
  logger.info('request', {
    operation: operationId,
    method: http.method,
    path: call.path,
    status,
    durationMs,
    // Names alone: what people search for may be their customers' numbers.
    ...(isKey
      ? {
          clientIp: http.sourceIp,
          userAgent: headers['user-agent']?.slice(0, 200),
          origin: headers['origin']?.slice(0, 200),
          queryNames: Object.keys(call.event.queryStringParameters ?? {}).slice(0, 20),
        }
      : {}),
  });
  if (isKey && operationId !== undefined) {
    const { tenantId, subject } = principal;
    // The request is done: a statistic that is missed changes nothing of that.
    await recordKeyOutcome({ tenantId, subject, operationId, status, durationMs }, Date.now()).catch((cause: unknown) =>
      logger.warn('outcome not counted', { error: cause as Error }),
    );
  }
  return answer;
}

async function runOperation(
  call: Call,
  found: RouteMatch,
  operation: Operation<Route>,
  options: ServeOptions,
): Promise<GatewayAnswer> {
  const { event } = call;
  const { route } = found;
  const principal = principalFromContext(event.requestContext.authorizer?.lambda);
  // Whose line it is decides who may read it: a tenant searches the lines of its own alone.
  if (principal) logger.appendKeys({ tenantId: principal.tenantId, userId: principal.subject });
  call.limitHeaders = await admit(found, principal, event, options);
  const workspaceId = found.params[workspaceParameter];
  if (workspaceId !== undefined && principal)
    await options.workspaces!(openSession(principal.tenantId), principal, workspaceId, route.method !== 'GET');
  const text = bodyText(event);
  const input = validate(
    route,
    {
      params: found.params,
      query: (event.queryStringParameters as Record<string, string>) ?? {},
      body: text,
      contentType: event.headers['content-type'],
    },
    call.locale,
  );
  const key = event.headers['idempotency-key'];
  if (key !== undefined && isIdempotent(route) && principal) {
    if (key.length < 1 || key.length > 255)
      throw new AppError('validation_failed', undefined, {
        details: [{ in: 'header', path: '/idempotency-key', message: 'Use 1 to 255 characters.' }],
      });
    const begun = await beginIdempotent({
      table: requiredTable(options),
      tenantId: principal.tenantId,
      subject: principal.subject,
      operationId: found.operationId,
      key,
      body: `${event.rawPath}\n${text ?? ''}`,
      nowMs: Date.now(),
    });
    if ('answer' in begun)
      return withHeaders(begun.answer, {
        ...call.limitHeaders,
        'x-correlation-id': call.correlationId,
        'idempotency-replayed': 'true',
      });
    call.idempotency = begun.record;
  }
  const reply = await operation(toRequest(call, input, principal, workspaceId) as Request<Route>);
  const answer = render(route, reply, call);
  // It took effect: an answer that cannot be kept is still an answer, and repetitions hear that it was lost.
  await call.idempotency
    ?.complete({
      status: answer.statusCode ?? 200,
      headers: answer.headers as Record<string, string>,
      body: answer.body ?? '',
    })
    .catch((cause: unknown) => logger.warn('answer not kept for repetitions', { error: cause as Error }));
  return answer;
}

function requiredTable(options: ServeOptions): string {
  if (options.table === undefined)
    throw new Error('A resource with idempotent routes must name its table in serve(…, { table }).');
  return options.table;
}
