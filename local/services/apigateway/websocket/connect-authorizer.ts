/**
 * The Lambda REQUEST authorizer of a `$connect` route. Its answers are IAM policies and are never cached.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-auth.html
 */
import type { LambdaInvoker, RuntimeContext } from '../../../runtime/types.ts';
import { allows, parsePolicy } from '../iam-policy.ts';
import { type IdentityBearer, identityOf } from '../identity-sources.ts';
import { authorizerArn, errorMessageOf, invoke } from '../invocation.ts';
import type { Authorizer } from '../model.ts';
import type { ConnectionFacts } from './connection.ts';

export type ConnectDecision =
  | { status: 200; authorizer: Record<string, string> }
  | { status: 401 | 403 | 500; authorizer?: undefined };

const AUTHORIZER_TIMEOUT_MS = 10_000;

export async function authorizeConnect(
  ctx: RuntimeContext,
  lambda: LambdaInvoker,
  authorizer: Authorizer,
  facts: ConnectionFacts,
  event: object & Pick<IdentityBearer, 'queryStringParameters' | 'requestContext' | 'stageVariables'>,
  lowerCaseHeaders: Record<string, string>,
): Promise<ConnectDecision> {
  const bearer = { ...event, headers: lowerCaseHeaders };
  if (!identityOf(authorizer.identitySources, bearer)) return { status: 401 };

  const { api, stage } = facts;
  const methodArn = `arn:aws:execute-api:${ctx.region}:${ctx.accountId}:${api.id}/${stage.name}/$connect`;
  const result = await invoke(ctx, lambda, {
    functionName: authorizer.functionName,
    payload: JSON.stringify({ type: 'REQUEST', methodArn, ...event }),
    timeoutMs: AUTHORIZER_TIMEOUT_MS,
    sourceArn: authorizerArn(ctx, api.id, authorizer),
  });
  if (result.outcome !== 'answered') {
    const reason = result.outcome === 'failed' ? errorMessageOf(result.payload) : result.outcome;
    // A function that fails with exactly this text means the client, not itself.
    if (reason === 'Unauthorized') return { status: 401 };
    ctx.log.error(`Authorizer ${authorizer.name} did not answer: ${reason}`);
    return { status: 500 };
  }
  try {
    const policy = parsePolicy(JSON.parse(result.payload));
    if (!allows(policy, methodArn)) return { status: 403 };
    return { status: 200, authorizer: { ...stringified(policy.context), principalId: policy.principalId } };
  } catch (error) {
    ctx.log.error(`Authorizer ${authorizer.name} broke its response format: ${(error as Error).message}`);
    return { status: 500 };
  }
}

/** Context values are strings, numbers or booleans, and integrations see all of them as text. */
function stringified(context: Record<string, unknown>): Record<string, string> {
  const text: Record<string, string> = {};
  for (const [name, value] of Object.entries(context)) {
    if (value === null || value === undefined) continue;
    if (typeof value === 'object') throw new Error(`context.${name} is an object or array`);
    text[name] = String(value);
  }
  return text;
}
