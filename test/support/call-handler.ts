/** Calls a resource's Lambda the way the HTTP API does (payload 2.0), for tests of domains that need no platform around them. */
import { type Principal, principalToContext } from '../../layers/kernel/auth/principal.ts';

export type HttpHandler = (event: any, context: any) => Promise<unknown>;

export interface HandlerCall {
  method: string;
  /** Without the query. */
  path: string;
  query?: Record<string, string> | undefined;
  /** Sent as JSON. */
  body?: unknown;
  headers?: Record<string, string> | undefined;
  /** @default an address of the documentation range */
  ip?: string | undefined;
  /** Who calls; nobody when left out. */
  as?: Principal | undefined;
}

export interface HandlerAnswer {
  status: number;
  headers: Record<string, string>;
  text: string;
  /** Parsed JSON; undefined without a body or when it is something else. */
  body: any;
}

export async function callHandler(
  handler: HttpHandler,
  { method, path, query, body, headers, ip = '192.0.2.1', as }: HandlerCall,
): Promise<HandlerAnswer> {
  const answer = (await handler(
    {
      rawPath: path,
      headers: { 'content-type': 'application/json', ...headers },
      queryStringParameters: query,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      isBase64Encoded: false,
      requestContext: {
        http: { method, path, sourceIp: ip },
        ...(as ? { authorizer: { lambda: principalToContext(as) } } : {}),
      },
    },
    { awsRequestId: 'request' },
  )) as { statusCode: number; headers: Record<string, string>; body?: string };
  const text = answer.body ?? '';
  return {
    status: answer.statusCode,
    headers: answer.headers,
    text,
    body: /^[[{]/.test(text) ? JSON.parse(text) : undefined,
  };
}

/** Somebody of a tenant whom no limit stops. */
export const testPrincipal = (tenantId: string, changes: Partial<Principal> = {}): Principal => ({
  tenantId,
  subject: 'usr_1',
  kind: 'user',
  name: 'tester',
  permissions: [],
  workspaces: [],
  limits: { perMinute: 1_000_000, perDay: 10_000_000 },
  allowedIps: [],
  allowedOrigins: [],
  ...changes,
});
