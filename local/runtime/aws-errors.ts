/** Writes an AwsError in the form each AWS protocol gives it, because SDK clients build their exception classes from it. */
import type { AwsError } from './types.ts';

export interface RenderedError {
  contentType: string;
  headers: Record<string, string>;
  body: string;
}

/** The wire protocol of a request, as far as its error format goes. */
export type ErrorProtocol = 'json' | 'rest-json' | 'query' | 's3';

export function errorProtocol(signingName: string, contentType: string): ErrorProtocol {
  if (signingName === 's3') return 's3';
  if (contentType.startsWith('application/x-amz-json-')) return 'json';
  if (contentType.startsWith('application/x-www-form-urlencoded')) return 'query';
  return 'rest-json';
}

export function renderError(
  error: AwsError,
  protocol: ErrorProtocol,
  contentType: string,
  requestId: string,
): RenderedError {
  const { code, message, status, extra } = error;
  switch (protocol) {
    // https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html#operation-error-serialization
    // DynamoDB writes `message` or `Message` by operation; clients read both.
    case 'json':
      return { contentType, headers: {}, body: JSON.stringify({ __type: code, message, ...extra }) };
    // https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html#operation-error-serialization
    case 'rest-json':
      return {
        contentType: 'application/json',
        headers: { 'x-amzn-errortype': code },
        body: JSON.stringify({ message, ...extra }),
      };
    // https://smithy.io/2.0/aws/protocols/aws-query-protocol.html#operation-error-serialization
    case 'query': {
      const fault = `<Error><Type>${status < 500 ? 'Sender' : 'Receiver'}</Type>${element('Code', code)}${element('Message', message)}</Error>`;
      const body = `<ErrorResponse>${fault}${element('RequestId', requestId)}</ErrorResponse>`;
      return { contentType: 'text/xml', headers: {}, body };
    }
    // https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#RESTErrorResponses
    case 's3': {
      const fields = Object.entries({ Code: code, Message: message, ...extra, RequestId: requestId });
      const body = fields.map(([name, value]) => element(name, String(value))).join('');
      return {
        contentType: 'application/xml',
        headers: {},
        body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${body}</Error>`,
      };
    }
  }
}

function element(name: string, text: string): string {
  return `<${name}>${text.replace(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`)}</${name}>`;
}
