/** Every message of a client: subscribe, unsubscribe, ping. The answer goes back over the same connection. */
import { countRequest } from '../../../layers/kernel/auth/rate-limit.ts';
import { AppError, type ErrorDetail } from '../../../layers/kernel/errors/app-error.ts';
import { toProblem } from '../../../layers/kernel/errors/problem.ts';
import { type Audience, type ClientMessage, clientMessage, roomOf } from './channels.ts';
import { leaveRoom, touch } from './presence.ts';
import { subscribe } from './subscribe.ts';
import { principalOf, type WebSocketAnswer, type WebSocketEvent } from './websocket-event.ts';

export async function handler(event: WebSocketEvent): Promise<WebSocketAnswer> {
  const { connectionId } = event.requestContext;
  let id: string | undefined;
  try {
    const message = parse(event.body);
    id = message.id;
    return answer({ ...(await react(event, message)), id });
  } catch (error) {
    const { problem } = toProblem(error, 'en', connectionId);
    return answer({
      type: 'error',
      code: problem.code,
      message: problem.detail,
      ...(problem.errors ? { errors: problem.errors } : {}),
      id,
    });
  }
}

async function react(event: WebSocketEvent, message: ClientMessage): Promise<object> {
  const { connectionId } = event.requestContext;
  const principal = principalOf(event);
  if (principal === undefined) throw new AppError('unauthenticated');
  // Messages count like requests: a credential has one limit, whichever way it comes in.
  await countRequest(principal.tenantId, principal.subject, principal.limits, Date.now());
  if (message.action === 'ping') {
    await touch(connectionId);
    return { type: 'pong', timestamp: new Date().toISOString() };
  }
  const audience = { channel: message.channel, stationId: message.stationId } as Audience;
  if (message.action === 'subscribe') await subscribe(principal, connectionId, audience);
  else await leaveRoom(connectionId, roomOf(audience));
  return { type: `${message.action}d`, ...audience };
}

function parse(body: string | undefined): ClientMessage {
  let value: unknown;
  try {
    value = JSON.parse(body ?? '');
  } catch (cause) {
    throw new AppError('malformed_request', 'Send JSON such as {"action":"subscribe","channel":"readings"}.', {
      cause,
    });
  }
  const parsed = clientMessage.safeParse(value);
  if (parsed.success) return parsed.data;
  const details: ErrorDetail[] = parsed.error.issues.map((issue) => ({
    in: 'body',
    path: issue.path.map((step) => `/${String(step)}`).join(''),
    message: issue.message,
  }));
  throw new AppError('validation_failed', 'Use action "subscribe", "unsubscribe" or "ping".', { details });
}

function answer(body: object): WebSocketAnswer {
  return { statusCode: 200, body: JSON.stringify(body) };
}
