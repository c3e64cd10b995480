/** Answers the JSON protocols: finds the operation that `x-amz-target` names and gives it the parsed body. */
import { AwsError, type AwsRequest, type AwsResponse } from '../../runtime/types.ts';

/** Input and output are the members of the API reference, blobs as base64 text. */
export type Operation = (input: Record<string, any>, request: AwsRequest) => object | Promise<object>;

export function jsonOperations(
  service: string,
  operations: Readonly<Record<string, Operation>>,
): (request: AwsRequest) => Promise<AwsResponse> {
  return async (request) => {
    const name = request.operation ?? '';
    const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
    if (operation === undefined)
      throw new AwsError('UnknownOperationException', `${service} ${name || '(no operation)'} is not played locally.`);
    return { status: 200, body: await operation(request.input ?? parseInput(request.body), request) };
  };
}

function parseInput(body: Buffer): Record<string, any> {
  if (body.length === 0) return {};
  try {
    return JSON.parse(body.toString('utf8')) as Record<string, any>;
  } catch {
    throw new AwsError('SerializationException', 'The request body is not JSON.');
  }
}
