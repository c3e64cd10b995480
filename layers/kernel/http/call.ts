/** One request on its way through the pipeline, and what is known of it before anything else. */
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import type { IdempotencyRecord } from '../data/idempotency.ts';
import { type Locale, negotiateLocale } from '../i18n/locale.ts';
import { newId } from '../ids.ts';
import { logger } from '../observability/logger.ts';

export type GatewayEvent = APIGatewayProxyEventV2 & {
  requestContext: { authorizer?: { lambda?: Record<string, unknown> } };
};
export type GatewayAnswer = APIGatewayProxyStructuredResultV2;

export interface Call {
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

const correlationPattern = /^[A-Za-z0-9._:-]{8,128}$/;

export function openCall(event: GatewayEvent, context: Context): Call {
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
