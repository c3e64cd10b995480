/** CORS per bucket, so that a browser can use presigned URLs. @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/cors.html */
import { AwsError, type AwsRequest, type AwsResponse } from '../../runtime/types.ts';
import type { CorsRule } from './buckets.ts';

/** Headers for the answer to a request with an Origin; none when no rule allows it. */
export function corsHeaders(rules: CorsRule[], { headers, method }: AwsRequest): Record<string, string> {
  const origin = headers['origin'];
  const rule = origin === undefined ? undefined : findRule(rules, origin, method);
  if (rule === undefined) return {};
  return {
    'access-control-allow-origin': rule.AllowedOrigins.includes('*') ? '*' : origin!,
    'access-control-allow-methods': rule.AllowedMethods.join(', '),
    ...(rule.ExposedHeaders?.length ? { 'access-control-expose-headers': rule.ExposedHeaders.join(', ') } : {}),
    vary: 'Origin',
  };
}

export function preflight(rules: CorsRule[], request: AwsRequest): AwsResponse {
  const method = request.headers['access-control-request-method'] ?? '';
  const asked = (request.headers['access-control-request-headers'] ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  const rule = findRule(rules, request.headers['origin'] ?? '', method);
  const allowed = asked.every((name) =>
    rule?.AllowedHeaders?.some((pattern) => matches(pattern.toLowerCase(), name.toLowerCase())),
  );
  if (rule === undefined || !allowed)
    throw new AwsError('AccessForbidden', 'CORSResponse: This CORS request is not allowed.', 403);
  return {
    status: 200,
    headers: {
      ...corsHeaders(rules, { ...request, method }),
      ...(asked.length > 0 ? { 'access-control-allow-headers': asked.join(', ') } : {}),
      ...(rule.MaxAge === undefined ? {} : { 'access-control-max-age': String(rule.MaxAge) }),
    },
  };
}

function findRule(rules: CorsRule[], origin: string, method: string): CorsRule | undefined {
  return rules.find(
    ({ AllowedOrigins, AllowedMethods }) =>
      AllowedMethods.includes(method) && AllowedOrigins.some((pattern) => matches(pattern, origin)),
  );
}

/** At most one `*` in a pattern. */
function matches(pattern: string, text: string): boolean {
  const star = pattern.indexOf('*');
  if (star < 0) return pattern === text;
  return (
    text.length >= pattern.length - 1 &&
    text.startsWith(pattern.slice(0, star)) &&
    text.endsWith(pattern.slice(star + 1))
  );
}
