/** Answers as API Gateway sends them: what an operation replied, what went wrong, what was answered before. */
import type { StoredAnswer } from '../data/idempotency.ts';
import { toProblem } from '../errors/problem.ts';
import { logger } from '../observability/logger.ts';
import type { Call, GatewayAnswer } from './call.ts';
import { type Reply, type Route, statusOf } from './route.ts';

/**
 * What every answer carries unless an operation says otherwise: answers are the caller's alone (RFC 9111, section
 * 5.2.2.5) and nothing but what they say they are.
 */
const safeHeaders = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'strict-transport-security': 'max-age=31536000',
};

export function render(route: Route, reply: Reply, call: Call): GatewayAnswer {
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

export async function answerError(call: Call, thrown: unknown): Promise<GatewayAnswer> {
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

export function withHeaders(answer: StoredAnswer, headers: Record<string, string>): GatewayAnswer {
  return { statusCode: answer.status, headers: { ...answer.headers, ...headers }, body: answer.body };
}
