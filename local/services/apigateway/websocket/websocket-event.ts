/**
 * The events that functions behind a WebSocket API receive.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-mapping-template-reference.html
 */
import type { RuntimeContext } from '../../../runtime/types.ts';
import { newRequestId } from '../identifiers.ts';
import { clfTime } from '../request-time.ts';
import type { ConnectionFacts } from './connection.ts';

export type EventType = 'CONNECT' | 'MESSAGE' | 'DISCONNECT';

/** `requestContext` without what only one event type has. */
export function webSocketContext(ctx: RuntimeContext, facts: ConnectionFacts, eventType: EventType, routeKey: string) {
  const now = Math.floor(ctx.clock.now());
  const requestId = newRequestId();
  return {
    routeKey,
    eventType,
    extendedRequestId: requestId,
    requestTime: clfTime(now),
    messageDirection: 'IN' as const,
    stage: facts.stage.name,
    connectedAt: facts.connectedAt,
    requestTimeEpoch: now,
    identity: facts.identity,
    requestId,
    domainName: `${facts.api.id}.execute-api.${ctx.region}.amazonaws.com`,
    connectionId: facts.id,
    apiId: facts.api.id,
    accountId: ctx.accountId,
    authorizer: facts.authorizer,
  };
}

export function messageEvent(ctx: RuntimeContext, facts: ConnectionFacts, routeKey: string, body: string) {
  return {
    requestContext: { ...webSocketContext(ctx, facts, 'MESSAGE', routeKey), messageId: newRequestId() },
    stageVariables: facts.stage.variables,
    body,
    isBase64Encoded: false,
  };
}

export function disconnectEvent(ctx: RuntimeContext, facts: ConnectionFacts, code: number, reason: string) {
  return {
    headers: { Host: facts.host, 'x-api-key': '', 'X-Forwarded-For': '', 'x-restapi': '' },
    multiValueHeaders: { Host: [facts.host], 'x-api-key': [''], 'X-Forwarded-For': [''], 'x-restapi': [''] },
    requestContext: {
      ...webSocketContext(ctx, facts, 'DISCONNECT', '$disconnect'),
      disconnectStatusCode: code,
      disconnectReason: reason,
    },
    stageVariables: facts.stage.variables,
    isBase64Encoded: false,
  };
}

/** Headers and query string of an upgrade request, single and multi-valued, header names as the client wrote them. */
export function upgradeParameters(rawHeaders: string[], rawQueryString: string) {
  const multiValueHeaders = group(pairs(rawHeaders));
  const query = rawQueryString === '' ? undefined : group(new URLSearchParams(rawQueryString));
  return {
    headers: lastValues(multiValueHeaders),
    multiValueHeaders,
    queryStringParameters: query && lastValues(query),
    multiValueQueryStringParameters: query,
  };
}

function* pairs(flat: string[]): Iterable<[string, string]> {
  for (let i = 0; i < flat.length; i += 2) yield [flat[i]!, flat[i + 1]!];
}

function group(entries: Iterable<[string, string]>): Record<string, string[]> {
  const grouped: Record<string, string[]> = Object.create(null);
  for (const [name, value] of entries) {
    const values = grouped[name];
    if (values) values.push(value);
    else grouped[name] = [value];
  }
  return grouped;
}

function lastValues(grouped: Record<string, string[]>): Record<string, string> {
  const last: Record<string, string> = Object.create(null);
  for (const name in grouped) last[name] = grouped[name]!.at(-1)!;
  return last;
}
