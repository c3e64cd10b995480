/** `$connect`: notes the connection, and subscribes it at once when the address names a channel. */
import { countRequest } from '../../../layers/kernel/auth/rate-limit.ts';
import { toProblem } from '../../../layers/kernel/errors/problem.ts';
import { checkNetwork } from '../../../layers/kernel/http/network.ts';
import { logger } from '../../../layers/kernel/observability/logger.ts';
import { type Audience, clientMessage } from './channels.ts';
import { closeConnection, openConnection } from './presence.ts';
import { subscribe } from './subscribe.ts';
import { principalOf, type WebSocketAnswer, type WebSocketEvent } from './websocket-event.ts';

export async function handler(event: WebSocketEvent): Promise<WebSocketAnswer> {
  const { connectionId, connectedAt, identity } = event.requestContext;
  const principal = principalOf(event);
  if (principal === undefined) return { statusCode: 401 };
  const { channel, station_id: stationId } = event.queryStringParameters ?? {};
  const asked =
    channel === undefined ? undefined : clientMessage.safeParse({ action: 'subscribe', channel, stationId });
  if (asked && (!asked.success || asked.data.action !== 'subscribe')) return { statusCode: 400 };
  try {
    checkNetwork(principal, identity.sourceIp, originOf(event));
    await countRequest(principal.tenantId, principal.subject, principal.limits, Date.now());
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
    if (asked) await subscribe(principal, connectionId, asked.data as Audience);
    return { statusCode: 200 };
  } catch (error) {
    const { problem } = toProblem(error, 'en', connectionId);
    if (problem.status >= 500) logger.error('connection failed', { connectionId, error: error as Error });
    else logger.info('connection refused', { connectionId, code: problem.code });
    // There is no `$disconnect` for what never was connected.
    await closeConnection(connectionId);
    return { statusCode: problem.status };
  }
}

/** Header names come as the client wrote them. */
function originOf({ headers = {} }: WebSocketEvent): string | undefined {
  return Object.entries(headers).find(([name]) => name.toLowerCase() === 'origin')?.[1];
}
