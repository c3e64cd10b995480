/**
 * Calls a function on behalf of a route or an authorizer and says, in API Gateway's terms, how that ended.
 */
import { AwsError, type LambdaInvoker, type RuntimeContext } from '../../runtime/types.ts';
import type { Authorizer } from './model.ts';

export type Invocation =
  | { outcome: 'answered'; payload: string }
  /** The function threw, ran out of its own time or crashed; the payload is its error object. */
  | { outcome: 'failed'; payload: string }
  /** Lambda refused: too many concurrent executions. */
  | { outcome: 'throttled' }
  /** The event is above Lambda's payload quota. */
  | { outcome: 'too-large' }
  /** No answer within the integration's time; the function may still be running. */
  | { outcome: 'timed-out' }
  /** Lambda could not run the function at all, e.g. because it does not exist. */
  | { outcome: 'unavailable'; error: Error };

const TOO_LARGE_CODES = new Set(['RequestTooLargeException', 'RequestEntityTooLargeException']);
const THROTTLE_CODES = new Set(['TooManyRequestsException', 'ThrottlingException']);

export interface InvocationRequest {
  functionName: string;
  payload: string;
  timeoutMs: number;
  /** On whose behalf API Gateway calls: a route or an authorizer. */
  sourceArn: string;
}

export function invoke(ctx: RuntimeContext, lambda: LambdaInvoker, request: InvocationRequest): Promise<Invocation> {
  return new Promise((resolve) => {
    const timer = ctx.clock.setTimer(request.timeoutMs, () => resolve({ outcome: 'timed-out' }));
    const caller = { service: 'apigateway.amazonaws.com', sourceArn: request.sourceArn };
    lambda.invoke(request.functionName, request.payload, caller).then(
      (result) => {
        timer.cancel();
        resolve({ outcome: result.functionError ? 'failed' : 'answered', payload: result.payload });
      },
      (error) => {
        timer.cancel();
        resolve(refusal(error));
      },
    );
  });
}

function refusal(error: unknown): Invocation {
  if (error instanceof AwsError) {
    if (THROTTLE_CODES.has(error.code)) return { outcome: 'throttled' };
    if (TOO_LARGE_CODES.has(error.code) || error.status === 413) return { outcome: 'too-large' };
  }
  return { outcome: 'unavailable', error: error instanceof Error ? error : new Error(String(error)) };
}

/** The `errorMessage` of a function's error object. */
export function errorMessageOf(payload: string): string {
  try {
    return String((JSON.parse(payload) as { errorMessage?: unknown }).errorMessage ?? payload);
  } catch {
    return payload;
  }
}

type Place = Pick<RuntimeContext, 'region' | 'accountId'>;

/**
 * Who calls, for the function's permission: `{api}/{stage}/{method}{path}`, or `{api}/{stage}/{route key}`.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function routeArn({ region, accountId }: Place, apiId: string, stage: string, resource: string): string {
  return `arn:aws:execute-api:${region}:${accountId}:${apiId}/${stage}/${resource}`;
}

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html#http-api-lambda-authorizer.lambda-permission */
export function authorizerArn({ region, accountId }: Place, apiId: string, { id }: Authorizer): string {
  return `arn:aws:execute-api:${region}:${accountId}:${apiId}/authorizers/${id}`;
}
