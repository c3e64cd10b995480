/**
 * AWS IoT Core policies: may this connection do this action on this resource?
 * Deny wins, nothing is allowed unless a statement allows it. `*` and `?` are the wildcards; `+` and
 * `#` are ordinary characters.
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/pub-sub-policy.html
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/iot-policy-variables.html
 */
import { type Condition, compileConditions } from './policy-conditions.ts';
import { type PolicyVariables, wildcardPattern } from './policy-wildcards.ts';

export type PolicyAction = 'iot:Connect' | 'iot:Publish' | 'iot:RetainPublish' | 'iot:Subscribe' | 'iot:Receive';

export interface CompiledPolicy {
  allows(action: PolicyAction, resource: string): boolean;
}

export class PolicyError extends Error {
  override readonly name = 'PolicyError';
}

interface Statement {
  effect: 'Allow' | 'Deny';
  action: (action: string) => boolean;
  resource: (resource: string) => boolean;
  condition: Condition;
}

export function compilePolicies(documents: readonly unknown[], variables: PolicyVariables): CompiledPolicy {
  const statements = documents.flatMap((document) => compileDocument(document, variables));
  return {
    allows(action, resource) {
      let allowed = false;
      for (const statement of statements) {
        if (!statement.action(action) || !statement.resource(resource) || !statement.condition()) continue;
        if (statement.effect === 'Deny') return false;
        allowed = true;
      }
      return allowed;
    },
  };
}

/** Documents come as objects or as JSON text. */
function compileDocument(document: unknown, variables: PolicyVariables): Statement[] {
  const parsed = typeof document === 'string' ? parseJson(document) : document;
  const statements = (parsed as { Statement?: unknown } | null)?.Statement;
  if (statements === undefined) throw new PolicyError('A policy document has no Statement');
  return [statements].flat().map((statement) => compileStatement(statement as Record<string, unknown>, variables));
}

function compileStatement(statement: Record<string, unknown>, variables: PolicyVariables): Statement {
  const { Effect: effect } = statement;
  if (effect !== 'Allow' && effect !== 'Deny')
    throw new PolicyError(`A policy statement has the Effect "${String(effect)}"`);
  return {
    effect,
    action: matcher(statement, 'Action', {}, 'i'),
    resource: matcher(statement, 'Resource', variables, ''),
    condition: compileConditions(statement['Condition'], variables, effect),
  };
}

function matcher(
  statement: Record<string, unknown>,
  element: 'Action' | 'Resource',
  variables: PolicyVariables,
  flags: string,
): (value: string) => boolean {
  const negative = statement[`Not${element}`] !== undefined;
  const patterns = [statement[negative ? `Not${element}` : element]].flat();
  if (patterns.length === 0 || !patterns.every((pattern) => typeof pattern === 'string'))
    throw new PolicyError(`A policy statement needs a text or a list of texts as its ${element}`);
  const expressions = patterns
    .map((pattern) => wildcardPattern(pattern, variables))
    .filter((source) => source !== undefined)
    .map((source) => new RegExp(`^${source}$`, `s${flags}`));
  return (value) => expressions.some((expression) => expression.test(value)) !== negative;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new PolicyError('A policy document is not JSON', { cause });
  }
}
