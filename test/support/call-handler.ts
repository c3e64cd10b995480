/** Calls a resource's Lambda the way the HTTP API does (payload 2.0), for tests of domains that need no platform around them. */
import { randomUUID } from 'node:crypto';
import { type Principal, principalToContext } from '../../layers/kernel/auth/principal.ts';
import { earlyMarkers } from '../../layers/kernel/data/idempotency.ts';

export type HttpHandler = (event: any, context: any) => Promise<unknown>;

export interface HandlerCall {
  method: string;
  /** Without the query. */
  path: string;
  query?: Record<string, string> | undefined;
  /** Sent as JSON. */
  body?: unknown;
  /** Who posts sends an `Idempotency-Key`, unless it is given as undefined. */
  headers?: Record<string, string | undefined> | undefined;
  /** @default an address of the documentation range */
  ip?: string | undefined;
  /** Who calls; nobody when left out. */
  as?: Principal | undefined;
}

/** For tests that count the calls to AWS which a request makes by itself. */
export const withoutKey = { 'idempotency-key': undefined };

export interface HandlerAnswer {
  status: number;
  headers: Record<string, string>;
  text: string;
  /** Parsed JSON; undefined without a body or when it is something else. */
  body: any;
}

/** @throws Error for an operation that marks its key as done before it is: see `beforehand` of the session */
export async function callHandler(handler: HttpHandler, call: HandlerCall): Promise<HandlerAnswer> {
  const early: unknown[] = [];
  const note = (operationId: unknown) => void early.push(operationId);
  earlyMarkers.subscribe(note);
  const answer = await callOnce(handler, call).finally(() => earlyMarkers.unsubscribe(note));
  if (early.length > 0)
    throw new Error(`${early} committed again after its key was done: say beforehand or afterwards.`);
  return answer;
}

async function callOnce(
  handler: HttpHandler,
  { method, path, query, body, headers, ip = '192.0.2.1', as }: HandlerCall,
): Promise<HandlerAnswer> {
  const answer = (await handler(
    {
      rawPath: path,
      headers: {
        'content-type': 'application/json',
        ...(method === 'POST' ? { 'idempotency-key': randomUUID() } : {}),
        ...headers,
      },
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
