/**
 * Cross-origin answers that an HTTP API gives itself when it has a CORS configuration.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
 */
import type { IncomingMessage } from 'node:http';
import type { Cors } from './model.ts';

/** "For the OPTIONS method, your request must contain an origin header and an Access-Control-Request-Method header." */
export function isPreflight(request: IncomingMessage): boolean {
  return (
    request.method === 'OPTIONS' &&
    request.headers.origin !== undefined &&
    request.headers['access-control-request-method'] !== undefined
  );
}

export function preflightHeaders(cors: Cors, origin: string): Record<string, string> {
  const headers = originHeaders(cors, origin);
  if (!headers) return {};
  if (cors.allowMethods !== undefined) headers['access-control-allow-methods'] = cors.allowMethods;
  if (cors.allowHeaders !== undefined) headers['access-control-allow-headers'] = cors.allowHeaders;
  if (cors.maxAge !== undefined) headers['access-control-max-age'] = cors.maxAge;
  return headers;
}

/** Replaces CORS headers of the integration: "API Gateway ignores CORS headers returned from your backend integration." */
export function applyCors(cors: Cors, origin: string | undefined, headers: Record<string, string>): void {
  for (const name of Object.keys(headers)) if (name.startsWith('access-control-')) delete headers[name];
  if (origin === undefined) return;
  Object.assign(headers, originHeaders(cors, origin));
  if (cors.exposeHeaders !== undefined && headers['access-control-allow-origin'] !== undefined)
    headers['access-control-expose-headers'] = cors.exposeHeaders;
}

function originHeaders(cors: Cors, origin: string): Record<string, string> | undefined {
  const allowed = cors.allowOrigins.find((pattern) => covers(pattern, origin));
  if (allowed === undefined) return undefined;
  const headers: Record<string, string> = { 'access-control-allow-origin': allowed === '*' ? '*' : origin };
  if (cors.allowCredentials) headers['access-control-allow-credentials'] = 'true';
  return headers;
}

/** Patterns are an origin, `*`, `https://*` or `http://*`. */
function covers(pattern: string, origin: string): boolean {
  if (pattern.endsWith('*')) return origin.toLowerCase().startsWith(pattern.slice(0, -1));
  return pattern.toLowerCase() === origin.toLowerCase();
}
