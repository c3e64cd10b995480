/** What API Gateway gives the functions of the WebSocket API. */
import { type Principal, principalFromContext } from '../../../layers/kernel/auth/principal.ts';

export interface WebSocketEvent {
  requestContext: {
    connectionId: string;
    eventType: 'CONNECT' | 'MESSAGE' | 'DISCONNECT';
    connectedAt: number;
    identity: { sourceIp: string; userAgent?: string };
    authorizer?: Record<string, unknown>;
  };
  queryStringParameters?: Record<string, string>;
  headers?: Record<string, string>;
  body?: string;
}

export interface WebSocketAnswer {
  statusCode: number;
  body?: string;
}

export function principalOf(event: WebSocketEvent): Principal | undefined {
  return principalFromContext(event.requestContext.authorizer);
}
