/**
 * The Lambda entry of a resource: binds its routes to operations and runs every request through one pipeline
 * (correlation, authorization, limits, validation, idempotency, answer, errors).
 */
import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { recordKeyOutcome } from '../auth/key-outcomes.ts';
import { isGranted } from '../auth/permissions.ts';
import { type Principal, principalFromContext } from '../auth/principal.ts';
import { countRequest, type RateLimit } from '../auth/rate-limit.ts';
import { beginIdempotent, type IdempotencyRecord, type StoredAnswer } from '../data/idempotency.ts';
import { openSession, type TenantSession } from '../data/session.ts';
import { AppError } from '../errors/app-error.ts';
import { toProblem } from '../errors/problem.ts';
import { type Locale, negotiateLocale } from '../i18n/locale.ts';
import { newId } from '../ids.ts';
import { logger, publishMetrics } from '../observability/logger.ts';
import { checkNetwork, clientNetwork } from './network.ts';
import {
  isCounted,
  isIdempotent,
  type Operation,
  type Operations,
  type ReceivedRequest,
  type Reply,
  type Request,
  type Resource,
  type Route,
  type Routes,
  statusOf,
} from './route.ts';
import { createRouter, loggedPath, type RouteMatch } from './router.ts';
import { validate } from './validate.ts';

export interface ServeOptions<R extends Routes = Routes> {
  /** Logical table that keeps idempotency records: the domain's own. Needed when a route is idempotent. */
  table?: string;
  /**
   * Lets a caller into the workspace that a path names with `{wsId}`, or refuses with `not_found`. Needed when a route has
   * one: operations then get a session bound to the workspace.
   */
  workspaces?: WorkspaceGate;
  /** Requests one address may make to a public route that is not GET. @default 30 a minute, 2,000 a day */
  publicLimits?: { [K in keyof R]?: RateLimit };
}

/** @param isWrite whether the method may change something; an archived workspace can only be read */
export type WorkspaceGate = (
  session: TenantSession,
  principal: Principal,
  workspaceId: string,
  isWrite: boolean,
) => Promise<void>;

type GatewayEvent = APIGatewayProxyEventV2 & { requestContext: { authorizer?: { lambda?: Record<string, unknown> } } };
type GatewayAnswer = APIGatewayProxyStructuredResultV2;

/** Larger bodies than this are refused before they are parsed; imports of files go through S3. */
const maxBodyBytes = 1024 * 1024;
const correlationPattern = /^[A-Za-z0-9._:-]{8,128}$/;

/**
 * What every answer carries unless an operation says otherwise: answers are the caller's alone (RFC 9111, section
 * 5.2.2.5) and nothing but what they say they are.
 */
const safeHeaders = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'strict-transport-security': 'max-age=31536000',
};

interface Call {
  event: GatewayEvent;
  correlationId: string;
  locale: Locale;
  startedMs: number;
  operationId: string | undefined;
  /** As it may be logged. */
  path: string;
  limitHeaders: Record<string, string>;
  idempotency: IdempotencyRecord | undefined;
}

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

function openCall(event: GatewayEvent, context: Context): Call {
  const given = event.headers['x-correlation-id'];
  const correlationId = given !== undefined && correlationPattern.test(given) ? given : newId('cor');
  logger.resetKeys();
  logger.appendKeys({ correlationId, requestId: context.awsRequestId });
  return {
    event,
    correlationId,
    locale: negotiateLocale(event.headers['accept-language']),
    startedMs: performance.now(),
    operationId: undefined,
    path: event.rawPath,
    limitHeaders: {},
    idempotency: undefined,
  };
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

/** The path parameter that names a workspace, wherever it stands. */
const workspaceParameter = 'wsId';

/** What would let somebody into a workspace unasked fails when the function starts, not when it is called. */
function checkWorkspaceRoutes({ base, routes }: Resource<Routes>, { workspaces }: ServeOptions): void {
  const inWorkspaces = Object.entries(routes).filter(([, { path }]) =>
    (base + path).includes(`{${workspaceParameter}}`),
  );
  const open = inWorkspaces.find(([, { access }]) => access === 'public');
  if (open) throw new Error(`The route ${open[0]} names a workspace and is public: nobody could be a member.`);
  if (inWorkspaces.length > 0 && workspaces === undefined)
    throw new Error(`${base} has routes with {${workspaceParameter}}: say who may enter in serve(…, { workspaces }).`);
}

/** Who may pass: permission, network and rate, in that order; returns the limit headers. */
async function admit(
  { route, operationId }: RouteMatch,
  principal: Principal | undefined,
  event: GatewayEvent,
  options: ServeOptions,
): Promise<Record<string, string>> {
  const clientIp = event.requestContext.http.sourceIp;
  if (!isCounted(route)) return {};
  if (route.access === 'public')
    return countRequest(
      'anonymous',
      `${clientNetwork(clientIp)} ${operationId}`,
      options.publicLimits?.[operationId] ?? { perMinute: 30, perDay: 2000 },
      Date.now(),
    );
  if (principal === undefined)
    throw new AppError('unauthenticated', undefined, { headers: { 'www-authenticate': 'Bearer' } });
  checkNetwork(principal, clientIp, event.headers['origin']);
  const headers = await countRequest(
    principal.tenantId,
    principal.subject,
    principal.limits,
    Date.now(),
    principal.kind === 'api_key' ? operationId : undefined,
  );
  if (route.access !== 'authenticated' && !isGranted(principal.permissions, route.access)) {
    throw new AppError('forbidden', undefined, { values: { permission: route.access }, headers });
  }
  return headers;
}

function toRequest(
  call: Call,
  input: ReturnType<typeof validate>,
  principal: Principal | undefined,
  workspaceId: string | undefined,
) {
  const { event, correlationId } = call;
  const clientIp = event.requestContext.http.sourceIp;
  const userAgent = event.headers['user-agent'] ?? '';
  return {
    ...input,
    principal,
    session:
      principal &&
      openSession(principal.tenantId, {
        actor: { id: principal.subject, kind: principal.kind, name: principal.name },
        correlationId,
        clientIp,
        userAgent,
        workspaceId,
        idempotency: call.idempotency,
      }),
    locale: call.locale,
    correlationId,
    clientIp,
    userAgent,
    headers: event.headers,
    expectedVersion: ifMatch(event.headers['if-match']),
    received: receivedRequest(event),
  };
}

function render(route: Route, reply: Reply, call: Call): GatewayAnswer {
  const headers = { ...safeHeaders, ...call.limitHeaders, 'x-correlation-id': call.correlationId, ...reply.headers };
  const statusCode = reply.status ?? statusOf(route);
  if (reply.raw)
    return {
      statusCode,
      headers: { ...headers, 'content-type': reply.raw.contentType },
      body: reply.raw.body,
      isBase64Encoded: reply.raw.base64 ?? false,
    };
  if (reply.data === undefined && !reply.pagination) return { statusCode, headers };
  const body =
    route.envelope === false
      ? reply.data
      : { success: true, data: reply.data, ...(reply.pagination ? { pagination: reply.pagination } : {}) };
  const version = (reply.data as { version?: unknown } | undefined)?.version;
  return {
    statusCode,
    headers: {
      ...headers,
      'content-type': 'application/json; charset=utf-8',
      'content-language': call.locale,
      ...(typeof version === 'number' ? { etag: `"${version}"` } : {}),
    },
    body: JSON.stringify(body),
  };
}

async function answerError(call: Call, thrown: unknown): Promise<GatewayAnswer> {
  const { problem, error } = toProblem(thrown, call.locale, call.correlationId);
  if (error.status >= 500) logger.error('request failed', { operation: call.operationId, error: thrown as Error });
  await call.idempotency
    ?.release()
    .catch((cause: unknown) => logger.warn('idempotency key not released', { error: cause as Error }));
  return {
    statusCode: error.status,
    headers: {
      ...safeHeaders,
      ...call.limitHeaders,
      ...error.headers,
      'x-correlation-id': call.correlationId,
      'content-type': 'application/problem+json; charset=utf-8',
      'content-language': call.locale,
    },
    body: JSON.stringify(problem),
  };
}

function receivedRequest(event: GatewayEvent): ReceivedRequest {
  const { rawPath, rawQueryString, headers } = event;
  let bytes: Uint8Array | undefined;
  return {
    method: event.requestContext.http.method,
    url: `https://${headers['host'] ?? ''}${rawPath}${rawQueryString ? `?${rawQueryString}` : ''}`,
    query: (event.queryStringParameters as Record<string, string> | undefined) ?? {},
    get rawBody() {
      bytes ??= Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
      return bytes;
    },
  };
}

function bodyText(event: GatewayEvent): string | undefined {
  if (event.body === undefined) return undefined;
  if (event.body.length > (event.isBase64Encoded ? (maxBodyBytes * 4) / 3 : maxBodyBytes))
    throw new AppError('payload_too_large');
  return event.isBase64Encoded ? Buffer.from(event.body, 'base64').toString('utf8') : event.body;
}

/** A tag that names no version of ours fits none (RFC 9110, section 13.1.1); to ignore it would lose an update. */
const noVersion = -1;

/** `If-Match: "3"`, `W/"3"` or `3`; `*` fits every version. */
function ifMatch(header: string | undefined): number | undefined {
  if (header === undefined || header.trim() === '*') return undefined;
  const digits = /^(?:(?:W\/)?"(\d{1,15})"|(\d{1,15}))$/.exec(header.trim())?.slice(1).find(Boolean);
  return digits === undefined ? noVersion : Number(digits);
}

function withHeaders(answer: StoredAnswer, headers: Record<string, string>): GatewayAnswer {
  return { statusCode: answer.status, headers: { ...answer.headers, ...headers }, body: answer.body };
}

function requiredTable(options: ServeOptions): string {
  if (options.table === undefined)
    throw new Error('A resource with idempotent routes must name its table in serve(…, { table }).');
  return options.table;
}
