/** What an operation gets of a request, read from the event of API Gateway. */
import type { Principal } from '../auth/principal.ts';
import { openSession } from '../data/session.ts';
import { AppError } from '../errors/app-error.ts';
import type { Call, GatewayEvent } from './call.ts';
import type { ReceivedRequest } from './route.ts';
import type { validate } from './validate.ts';

/** Larger bodies than this are refused before they are parsed; imports of files go through S3. */
const maxBodyBytes = 1024 * 1024;

export function toRequest(
  call: Call,
  input: ReturnType<typeof validate>,
  principal: Principal | undefined,
  workspaceId: string | undefined,
) {
  const { event, correlationId } = call;
  const clientIp = event.requestContext.http.sourceIp;
  const userAgent = event.headers['user-agent'] ?? '';
  return {
    ...input,
    principal,
    session:
      principal &&
      openSession(principal.tenantId, {
        actor: { id: principal.subject, kind: principal.kind, name: principal.name },
        correlationId,
        clientIp,
        userAgent,
        workspaceId,
        idempotency: call.idempotency,
      }),
    locale: call.locale,
    correlationId,
    clientIp,
    userAgent,
    headers: event.headers,
    expectedVersion: ifMatch(event.headers['if-match']),
    received: receivedRequest(event),
  };
}

function receivedRequest(event: GatewayEvent): ReceivedRequest {
  const { rawPath, rawQueryString, headers } = event;
  let bytes: Uint8Array | undefined;
  return {
    method: event.requestContext.http.method,
    url: `https://${headers['host'] ?? ''}${rawPath}${rawQueryString ? `?${rawQueryString}` : ''}`,
    query: (event.queryStringParameters as Record<string, string> | undefined) ?? {},
    get rawBody() {
      bytes ??= Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
      return bytes;
    },
  };
}

export function bodyText(event: GatewayEvent): string | undefined {
  if (event.body === undefined) return undefined;
  if (Buffer.byteLength(event.body, event.isBase64Encoded ? 'base64' : 'utf8') > maxBodyBytes)
    throw new AppError('payload_too_large');
  return event.isBase64Encoded ? Buffer.from(event.body, 'base64').toString('utf8') : event.body;
}

/** A tag that names no version of ours fits none (RFC 9110, section 13.1.1); to ignore it would lose an update. */
const noVersion = -1;

/** `If-Match: "3"`, `W/"3"` or `3`; `*` fits every version. */
function ifMatch(header: string | undefined): number | undefined {
  if (header === undefined || header.trim() === '*') return undefined;
  const digits = /^(?:(?:W\/)?"(\d{1,15})"|(\d{1,15}))$/.exec(header.trim())?.slice(1).find(Boolean);
  return digits === undefined ? noVersion : Number(digits);
}
