/** `$connect`: notes the connection, and subscribes it at once when the address names a channel. */
import { toProblem } from '../../../layers/kernel/errors/problem.ts';
import { logger } from '../../../layers/kernel/observability/logger.ts';
import { clientMessage } from './channels.ts';
import { openConnection } from './presence.ts';
import { subscribe } from './subscribe.ts';
import { principalOf, type WebSocketAnswer, type WebSocketEvent } from './websocket-event.ts';

export async function handler(event: WebSocketEvent): Promise<WebSocketAnswer> {
  const { connectionId, connectedAt, identity } = event.requestContext;
  const principal = principalOf(event);
  if (principal === undefined) return { statusCode: 401 };
  const time = new Date(connectedAt).toISOString();
  await openConnection({
    connectionId,
    tenantId: principal.tenantId,
    userId: principal.subject,
    rooms: [],
    clientIp: identity.sourceIp,
    userAgent: identity.userAgent ?? '',
    connectedAt: time,
    lastActivityAt: time,
    messagesReceived: 0,
    messagesSent: 0,
  });
  const { channel, station_id: stationId } = event.queryStringParameters ?? {};
  if (channel === undefined) return { statusCode: 200 };
  const asked = clientMessage.safeParse({ action: 'subscribe', channel, stationId });
  if (!asked.success || asked.data.action !== 'subscribe') return { statusCode: 400 };
  try {
    await subscribe(principal, connectionId, { channel: asked.data.channel as never, stationId: asked.data.stationId });
    return { statusCode: 200 };
  } catch (error) {
    const { problem } = toProblem(error, 'en', connectionId);
    logger.info('connection refused', { connectionId, code: problem.code });
    return { statusCode: problem.status };
  }
}
