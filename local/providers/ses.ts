/** Amazon SES, API version 2, with a check of signature version 4 as its documentation describes it. */
import { createHash, createHmac, randomUUID } from 'node:crypto';
import type { CreateSimulator, SimAnswer, SimRequest } from './types.ts';

const accessKeyId = 'AKIASIMULATED0000001';
const secretAccessKey = 'simulatedSesSecretAccessKey000000000001';
const region = 'me-south-1';

const error = (status: number, type: string, message: string): SimAnswer => ({
  status,
  headers: { 'x-amzn-errortype': `${type}:http://internal.amazon.com/` },
  json: { message },
});
const sha256 = (data: Buffer | string): string => createHash('sha256').update(data).digest('hex');

/** The path was signed with the simulator's own prefix, which the server cut off. */
function isSigned({ method, path, headers, body }: SimRequest, prefix: string): boolean {
  const found =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/ses\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=(\w+)$/.exec(
      headers['authorization'] ?? '',
    );
  if (!found) return false;
  const [, keyId, date, place, signedHeaders = '', signature] = found;
  if (keyId !== accessKeyId || place !== region || !signedHeaders.split(';').includes('host')) return false;
  const canonicalHeaders = signedHeaders
    .split(';')
    .map((name) => `${name}:${headers[name]}\n`)
    .join('');
  const request = `${method}\n${prefix}${path}\n\n${canonicalHeaders}\n${signedHeaders}\n${sha256(body)}`;
  const content = `AWS4-HMAC-SHA256\n${headers['x-amz-date']}\n${date}/${place}/ses/aws4_request\n${sha256(request)}`;
  let key: Buffer = createHmac('sha256', `AWS4${secretAccessKey}`).update(date!).digest();
  for (const part of [place!, 'ses', 'aws4_request']) key = createHmac('sha256', key).update(part).digest();
  return createHmac('sha256', key).update(content).digest('hex') === signature;
}

export const ses: CreateSimulator = ({ url, record }) => ({
  provider: 'ses',
  settings: {
    api_url: url,
    region,
    access_key_id: accessKeyId,
    secret_access_key: secretAccessKey,
    from_email: 'noreply@example.com',
    from_name: 'ميزان',
  },
  answer(request) {
    if (!isSigned(request, '/ses'))
      return error(403, 'InvalidSignatureException', 'The request signature we calculated does not match');
    if (request.path === '/v2/email/account') return { json: { SendingEnabled: true, ProductionAccessEnabled: true } };
    if (request.method !== 'POST' || request.path !== '/v2/email/outbound-emails') return undefined;
    const { Destination, Content, FromEmailAddress } = request.json();
    const raw = Buffer.from(Content?.Raw?.Data ?? '', 'base64').toString('utf8');
    if (!raw.includes('\r\n\r\n')) return error(400, 'BadRequestException', 'No message');
    const id = randomUUID();
    record('message', { id, to: Destination?.ToAddresses, from: FromEmailAddress, raw });
    return { json: { MessageId: id } };
  },
  failure: (kind) =>
    ({
      reject: error(400, 'MessageRejected', 'Email address is not verified.'),
      unauthorized: error(403, 'UnrecognizedClientException', 'The security token included in the request is invalid.'),
      rate_limited: {
        ...error(429, 'TooManyRequestsException', 'Maximum sending rate exceeded.'),
        headers: { 'x-amzn-errortype': 'TooManyRequestsException', 'retry-after': '7' },
      },
      error: error(500, 'InternalFailure', 'An internal error occurred.'),
    })[kind],
});
