/**
 * The Lambda authorizer of the HTTP API (payload 2.0, simple response) and of the WebSocket API ($connect, IAM policy
 * response). It says who is calling; what they may do is decided per route in the function.
 *
 * A bad credential passes the HTTP API as nobody, and the function refuses nobody with 401 and a readable problem: an
 * HTTP API would answer 403 with a text that cannot be changed, and a client could not tell an expired token from a
 * missing permission. The WebSocket API refuses here.
 */
import { principalToContext } from '../../../layers/kernel/auth/principal.ts';
import { logger } from '../../../layers/kernel/observability/logger.ts';
import { authenticate } from './authenticate.ts';

interface AuthorizerEvent {
  version?: string;
  type: 'REQUEST';
  routeArn?: string;
  /** WebSocket and REST APIs name the invoked method here. */
  methodArn?: string;
  headers?: Record<string, string>;
  queryStringParameters?: Record<string, string>;
}

export async function handler(event: AuthorizerEvent): Promise<object> {
  const credential = credentialOf(event);
  const principal = credential === undefined ? undefined : await authenticate(credential, Date.now());
  if (principal === undefined)
    logger.info('credential refused', { kind: credential?.startsWith('mzn_') ? 'api_key' : 'token' });
  const context = principal && principalToContext(principal);
  if (event.version === '2.0') return { isAuthorized: true, context: context ?? {} };
  return {
    principalId: principal?.subject ?? 'anonymous',
    policyDocument: {
      Version: '2012-10-17',
      Statement: [
        { Action: 'execute-api:Invoke', Effect: principal ? 'Allow' : 'Deny', Resource: event.methodArn ?? '*' },
      ],
    },
    ...(context ? { context } : {}),
  };
}

/** Browsers cannot set headers on a WebSocket, so its token may come in the query string; for REST it may not (RFC 6750, section 2.3). */
function credentialOf(event: AuthorizerEvent): string | undefined {
  const header = Object.entries(event.headers ?? {}).find(([name]) => name.toLowerCase() === 'authorization')?.[1];
  return header ?? (event.version === '2.0' ? undefined : event.queryStringParameters?.['token']);
}
