/** `$disconnect`: forgets the connection. API Gateway calls it at best once, so pushes and the sweep clean up as well. */
import { closeConnection } from './presence.ts';
import type { WebSocketAnswer, WebSocketEvent } from './websocket-event.ts';

export async function handler(event: WebSocketEvent): Promise<WebSocketAnswer> {
  await closeConnection(event.requestContext.connectionId);
  return { statusCode: 200 };
}
