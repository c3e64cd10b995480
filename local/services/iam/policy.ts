/**
 * Policy documents, compiled: which statements allow or deny an action on a resource, and to whom.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
import { ConfigurationError } from '../../runtime/types.ts';
import { type Condition, type ContextKeys, compileConditions } from './conditions.ts';
import { compileAction, compileArn, compileWildcard, type TextMatcher } from './wildcards.ts';

export interface Statement {
  effect: 'Allow' | 'Deny';
  coversAction: TextMatcher;
  coversResource: TextMatcher;
  condition: Condition;
  /** Of resource policies alone. */
  principals: Principals | undefined;
}

export interface Principals {
  /** `*`, of whatever kind. */
  everyone: boolean;
  /** ARNs and account ids under `AWS`. */
  accounts: readonly string[];
  /** Names under `Service`. */
  services: readonly TextMatcher[];
}

export type Verdict = 'allow' | 'deny' | 'none';

type Fields = Record<string, any>;

/** @throws ConfigurationError for what cannot be honoured here */
export function compilePolicy(document: unknown): Statement[] {
  const { Statement = [] } = (typeof document === 'string' ? JSON.parse(document) : document) as Fields;
  return listOf<Fields>(Statement).map(compileStatement);
}

/** "An explicit deny in any policy overrides any allows." */
export function judge(statements: Iterable<Statement>, action: string, resource: string, keys: ContextKeys): Verdict {
  let verdict: Verdict = 'none';
  for (const statement of statements) {
    if (!statement.coversAction(action) || !statement.coversResource(resource)) continue;
    if (!statement.condition.holds(keys)) continue;
    if (statement.effect === 'Deny') return 'deny';
    verdict = 'allow';
  }
  return verdict;
}

const KNOWN = [
  ...['Sid', 'Effect', 'Principal', 'NotPrincipal', 'Action', 'NotAction', 'Resource', 'NotResource', 'Condition'],
];

function compileStatement(fields: Fields): Statement {
  for (const name of Object.keys(fields))
    if (!KNOWN.includes(name)) throw new ConfigurationError(`a policy statement has no element ${name}.`);
  const { Effect, Principal, NotPrincipal, Condition } = fields;
  if (Effect !== 'Allow' && Effect !== 'Deny')
    throw new ConfigurationError(`Effect of a policy statement is "${Effect}"; it must be Allow or Deny.`);
  if (NotPrincipal !== undefined) throw new ConfigurationError('NotPrincipal is not played locally.');
  return {
    effect: Effect,
    coversAction: coverage(fields, 'Action', compileAction),
    // A trust policy names no resource: it is about the role it belongs to.
    coversResource:
      fields['Resource'] === undefined && fields['NotResource'] === undefined
        ? () => true
        : coverage(fields, 'Resource', compileArn),
    condition: compileConditions(Condition),
    principals: Principal === undefined ? undefined : compilePrincipals(Principal),
  };
}

function coverage(fields: Fields, element: string, compile: (pattern: string) => TextMatcher): TextMatcher {
  const [positive, negative] = [fields[element], fields[`Not${element}`]];
  if ((positive === undefined) === (negative === undefined))
    throw new ConfigurationError(`a policy statement needs either ${element} or Not${element}.`);
  const matchers = listOf<string>(positive ?? negative).map(compile);
  const isCovered = (text: string): boolean => matchers.some((matches) => matches(text));
  return positive === undefined ? (text) => !isCovered(text) : isCovered;
}

function compilePrincipals(declared: unknown): Principals {
  if (declared === '*') return { everyone: true, accounts: [], services: [] };
  const fields = declared as Fields;
  for (const kind of Object.keys(fields))
    if (kind !== 'AWS' && kind !== 'Service')
      throw new ConfigurationError(`principals of the kind ${kind} are not played locally.`);
  const accounts = listOf<string>(fields['AWS'] ?? []);
  return {
    everyone: accounts.includes('*'),
    accounts,
    services: listOf<string>(fields['Service'] ?? []).map(compileWildcard),
  };
}

export function listOf<T>(value: T | T[]): T[] {
  return Array.isArray(value) ? value : [value];
}
