/**
 * The Invoke operation as the SDK calls it.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
import { AwsError, type AwsRequest, type AwsResponse } from '../../runtime/types.ts';
import type { LambdaService } from './index.ts';

const invokePath = /^\/2015-03-31\/functions\/(.+)\/invocations$/;

export async function handleInvokeApi(lambda: LambdaService, request: AwsRequest): Promise<AwsResponse> {
  const name = request.method === 'POST' && invokePath.exec(request.path)?.[1];
  if (!name)
    throw new AwsError('UnknownOperationException', `The local Lambda has no ${request.method} ${request.path}.`, 404);
  const qualifier = request.query.get('Qualifier');
  const reference = qualifier ? `${name}:${qualifier}` : name;
  const payload = checkedJson(request.body.toString('utf8'));
  const type = request.headers['x-amz-invocation-type'] ?? 'RequestResponse';
  switch (type) {
    case 'Event':
      await lambda.invokeAsync(reference, payload);
      return { status: 202 };
    case 'DryRun':
      lambda.function(reference);
      return { status: 204 };
    case 'RequestResponse': {
      const result = await lambda.invoke(reference, payload);
      return {
        status: 200,
        headers: {
          'content-type': 'application/json',
          'x-amz-executed-version': '$LATEST',
          ...(result.functionError && { 'x-amz-function-error': result.functionError }),
        },
        body: result.payload,
      };
    }
    default:
      throw new AwsError('InvalidParameterValueException', `The invocation type ${type} is not known.`);
  }
}

function checkedJson(payload: string): string {
  if (payload === '') return '{}';
  try {
    JSON.parse(payload);
    return payload;
  } catch (cause) {
    const message = `Could not parse request body into json: ${(cause as Error).message}`;
    throw new AwsError('InvalidRequestContentException', message, 400, { Type: 'User' });
  }
}
