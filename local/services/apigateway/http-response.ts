/**
 * Turns what a function returned into an HTTP response by the rules of payload format 2.0.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html#http-api-develop-integrations-lambda.v2
 */

export interface HttpAnswer {
  status: number;
  /** Lower-case names. */
  headers: Record<string, string>;
  cookies: string[];
  body: string | Buffer;
}

/** Headers that describe the connection to the client, which the gateway itself keeps. */
const CONNECTION_HEADERS = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'proxy-authenticate',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** @returns undefined when the function's answer breaks the format, which clients see as a 500 */
export function interpretAnswer(payload: string): HttpAnswer | undefined {
  const value: unknown = JSON.parse(payload);
  if (!isObject(value) || value['statusCode'] === undefined) return inferred(value, payload);

  const status = Number(value['statusCode']);
  if (!Number.isInteger(status) || status < 200 || status > 599) return undefined;
  const { body, cookies } = value;
  if (body !== undefined && body !== null && typeof body !== 'string') return undefined;
  if (cookies !== undefined && cookies !== null && !isTextList(cookies)) return undefined;
  const headers = answerHeaders(value['headers']);
  if (!headers) return undefined;
  headers['content-type'] ??= 'text/plain;charset=UTF-8';
  return {
    status,
    headers,
    cookies: cookies ?? [],
    body: value['isBase64Encoded'] === true ? Buffer.from(body ?? '', 'base64') : (body ?? ''),
  };
}

/** "If your Lambda function returns valid JSON and doesn't return a statusCode": 200, JSON, the answer as it is. */
function inferred(value: unknown, payload: string): HttpAnswer {
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    cookies: [],
    body: typeof value === 'string' ? value : payload,
  };
}

function answerHeaders(declared: unknown): Record<string, string> | undefined {
  const headers: Record<string, string> = Object.create(null);
  if (declared === undefined || declared === null) return headers;
  if (!isObject(declared)) return undefined;
  for (const [name, value] of Object.entries(declared)) {
    const lowerCase = name.toLowerCase();
    if (CONNECTION_HEADERS.has(lowerCase) || value === null) continue;
    if (typeof value === 'object') return undefined;
    headers[lowerCase] = String(value);
  }
  return headers;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTextList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string');
}
