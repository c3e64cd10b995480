/**
 * Evaluates the IAM policy that a Lambda authorizer returned against the route being called.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
 */

export interface AuthorizerPolicy {
  principalId: string;
  statements: Statement[];
  context: Record<string, unknown>;
}

interface Statement {
  allow: boolean;
  resources: RegExp[];
}

/** @throws Error naming what is wrong with the policy; callers answer 500 */
export function parsePolicy(answer: any): AuthorizerPolicy {
  const statements = answer?.policyDocument?.Statement;
  if (!Array.isArray(statements) || statements.length === 0)
    throw new Error('the authorizer returned no policyDocument.Statement');
  return {
    principalId: String(answer.principalId ?? ''),
    context: answer.context ?? {},
    statements: statements.filter(concernsInvoke).map(parseStatement),
  };
}

/** An explicit deny wins; no matching statement is a deny. */
export function allows(policy: AuthorizerPolicy, resourceArn: string): boolean {
  let allowed = false;
  for (const { allow, resources } of policy.statements) {
    if (!resources.some((pattern) => pattern.test(resourceArn))) continue;
    if (!allow) return false;
    allowed = true;
  }
  return allowed;
}

function concernsInvoke(statement: any): boolean {
  return asList(statement.Action).some((action) => wildcard(action, 'i').test('execute-api:Invoke'));
}

function parseStatement(statement: any): Statement {
  const { Effect: effect } = statement;
  if (effect !== 'Allow' && effect !== 'Deny') throw new Error(`the authorizer's policy has the Effect "${effect}"`);
  // Conditions could turn a deny into an allow, so a policy that has them is refused as a whole.
  for (const unsupported of ['Condition', 'NotAction', 'NotResource'])
    if (statement[unsupported] !== undefined)
      throw new Error(`the authorizer's policy uses ${unsupported}, which the local runtime does not evaluate`);
  return { allow: effect === 'Allow', resources: asList(statement.Resource).map((pattern) => wildcard(pattern, '')) };
}

function asList(value: unknown): string[] {
  return (Array.isArray(value) ? value : value === undefined ? [] : [value]).map(String);
}

/** `*` stands for any text and `?` for one character, across slashes. */
function wildcard(pattern: string, flags: string): RegExp {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, `${flags}s`);
}
