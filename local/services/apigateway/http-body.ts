/**
 * Request bodies: reads them up to the payload quota and encodes them the way a payload 2.0 event carries them.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
 */
import type { IncomingMessage } from 'node:http';

/** "Payload size: 10 MB". */
export const PAYLOAD_LIMIT_BYTES = 10 * 1024 * 1024;

/** The client sent more than the quota allows; nothing past the limit was kept. */
export class PayloadTooLarge extends Error {
  override readonly name = 'PayloadTooLarge';
}

/** The client went away before its body was complete. */
export class RequestAborted extends Error {
  override readonly name = 'RequestAborted';
}

export function hasBody(request: IncomingMessage): boolean {
  const length = request.headers['content-length'];
  return length === undefined ? request.headers['transfer-encoding'] !== undefined : length !== '0';
}

/** @throws PayloadTooLarge, RequestAborted */
export function readBody(request: IncomingMessage): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > PAYLOAD_LIMIT_BYTES)
    return Promise.reject(new PayloadTooLarge());
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= PAYLOAD_LIMIT_BYTES) {
        chunks.push(chunk);
        return;
      }
      request.removeAllListeners('data');
      request.pause();
      reject(new PayloadTooLarge());
    });
    request.once('end', () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, bytes)));
    request.once('error', () => reject(new RequestAborted()));
    request.once('close', () => reject(new RequestAborted()));
  });
}

/**
 * The documents say that a binary body is base64-encoded and do not list the types. Observed on AWS:
 * text is `text/*`, JSON, XML and JavaScript; all else is binary, form data and a missing type included.
 */
const TEXT_TYPE = /^\s*(?:text\/[^;\s]+|application\/(?:json|xml|javascript))\s*(?:;|$)/i;

export function encodeBody(body: Buffer, contentType: string | undefined): { body: string; isBase64Encoded: boolean } {
  return contentType !== undefined && TEXT_TYPE.test(contentType)
    ? { body: body.toString('utf8'), isBase64Encoded: false }
    : { body: body.toString('base64'), isBase64Encoded: true };
}
