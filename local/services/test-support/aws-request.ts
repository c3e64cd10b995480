/** A request as a service gets it from the endpoint, for tests that ask the service itself. */
import type { AwsRequest } from '../../runtime/types.ts';

/** @param fields what matters to the test; a body that is no buffer and no text is sent as JSON */
export function awsRequest({ body, ...fields }: Partial<Omit<AwsRequest, 'body'>> & { body?: unknown }): AwsRequest {
  return {
    method: 'POST',
    path: '/',
    query: new URLSearchParams(),
    headers: {},
    operation: undefined,
    region: 'us-east-1',
    ...fields,
    body: Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body ?? {})),
  };
}
