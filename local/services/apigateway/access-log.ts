/**
 * Access log lines of an HTTP API stage: the format's `$context` variables filled in for each request.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html
 */
import type { HttpEvent } from './http-event.ts';

/** A request that was answered, as far as logs and metrics ask. */
export interface ServedRequest {
  requestId: string;
  method: string;
  /** Undefined when no route took the request. */
  event: HttpEvent | undefined;
  apiId: string;
  stageName: string;
  /** Decoded, or as sent when it cannot be decoded. */
  path: string;
  sourceIp: string;
  userAgent: string | undefined;
  protocol: string;
  status: number;
  responseBytes: number;
  /** Common Log Format. */
  requestTime: string;
  requestTimeEpoch: number;
  latencyMs: number;
  integrationLatencyMs: number | undefined;
  integrationError: string | undefined;
  authorizerError: string | undefined;
}

export type AccessLogFormat = (served: ServedRequest) => string;

type Variable = (served: ServedRequest) => unknown;

const VARIABLES: Record<string, Variable> = {
  apiId: ({ apiId }) => apiId,
  'authorizer.error': ({ authorizerError }) => authorizerError,
  domainName: ({ event }) => event?.requestContext.domainName,
  extendedRequestId: ({ requestId }) => requestId,
  httpMethod: ({ method }) => method,
  'identity.sourceIp': ({ sourceIp }) => sourceIp,
  'identity.userAgent': ({ userAgent }) => userAgent,
  'integration.error': ({ integrationError }) => integrationError,
  'integration.latency': ({ integrationLatencyMs }) => integrationLatencyMs,
  integrationErrorMessage: ({ integrationError }) => integrationError,
  integrationLatency: ({ integrationLatencyMs }) => integrationLatencyMs,
  path: ({ path }) => path,
  protocol: ({ protocol }) => protocol,
  requestId: ({ requestId }) => requestId,
  requestTime: ({ requestTime }) => requestTime,
  requestTimeEpoch: ({ requestTimeEpoch }) => requestTimeEpoch,
  responseLatency: ({ latencyMs }) => latencyMs,
  responseLength: ({ responseBytes }) => responseBytes,
  routeKey: ({ event }) => event?.routeKey,
  stage: ({ stageName }) => stageName,
  status: ({ status }) => status,
};

const AUTHORIZER_PREFIX = 'authorizer.';

export function compileAccessLog(format: string): AccessLogFormat {
  const parts = format.split(/\$context\.([A-Za-z][A-Za-z0-9_.]*[A-Za-z0-9_])/);
  const variables = parts.map((part, i) => (i % 2 === 1 ? variableOf(part) : undefined));
  return (served) => {
    let line = '';
    for (let i = 0; i < parts.length; i++) {
      const variable = variables[i];
      line += variable ? escaped(variable(served)) : parts[i]!;
    }
    return line;
  };
}

/** Properties of the authorizer's context have no fixed names; a variable without value is logged as `-`. */
function variableOf(name: string): Variable {
  const known = VARIABLES[name];
  if (known) return known;
  if (!name.startsWith(AUTHORIZER_PREFIX)) return () => undefined;
  const property = name.slice(AUTHORIZER_PREFIX.length);
  return ({ event }) => (event?.requestContext.authorizer?.lambda as Record<string, unknown> | null)?.[property];
}

/** What clients send must not break a JSON format. */
function escaped(value: unknown): string {
  if (value === undefined || value === null || value === '') return '-';
  if (typeof value === 'number') return String(value);
  return JSON.stringify(String(value)).slice(1, -1);
}
