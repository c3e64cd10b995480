/**
 * The decision about one call: identity policies of the caller's role together with the policy of the resource, within
 * one account. Decisions that hang on action and resource alone are remembered, because the same few are asked with
 * every request.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics-same-account.html
 */
import type { Clock } from '../../runtime/types.ts';
import type { NeededPermission } from './actions/needed-permission.ts';
import type { ContextKeys } from './conditions.ts';
import { judge, type Statement } from './policy.ts';
import type { Reason } from './refusals.ts';
import type { ResourcePolicies } from './resource-policies.ts';
import type { Role, RoleSession } from './roles.ts';

/** Keys whose values are the same for every request of a session. */
const CONSTANT_KEYS = new Set([
  'aws:principalaccount',
  'aws:principalarn',
  'aws:principaltype',
  'aws:requestedregion',
  'aws:securetransport',
]);
/** Bounds the memory of a role that touches ever new resources, such as objects. */
const MAX_REMEMBERED = 10_000;

export interface AuthorizationParts {
  clock: Clock;
  region: string;
  accountId: string;
  policies: ResourcePolicies;
}

export class Authorization {
  readonly #parts: AuthorizationParts;
  readonly #remembered = new Map<string, Map<string, Reason | undefined>>();

  constructor(parts: AuthorizationParts) {
    this.#parts = parts;
  }

  /** Why a session may not, or undefined when it may. */
  refuses(session: RoleSession, { action, resource, keys }: NeededPermission): Reason | undefined {
    const known = this.#rememberedOf(session.arn);
    const question = `${action} ${resource}`;
    const answer = known.get(question);
    if (answer !== undefined || known.has(question)) return answer;
    const policies = this.#parts.policies.of(policyHolder(resource));
    const decided = this.#decide(session, policies, action, resource, keys);
    const isLasting = ![...session.role.statements, ...policies].some((each) => hangsOnRequest(each, action, resource));
    if (isLasting) {
      if (known.size >= MAX_REMEMBERED) known.clear();
      known.set(question, decided);
    }
    return decided;
  }

  /** The same for a role that a service uses, without anything of a request. */
  allowsRole(role: Role, action: string, resource: string): boolean {
    return this.refuses({ role, arn: role.arn }, { action, resource }) === undefined;
  }

  /** Whether the policy of the resource lets an AWS service act for `sourceArn`. */
  allowsService(service: string, sourceArn: string, action: string, resource: string): boolean {
    const keys: Record<string, string[]> = {
      'aws:sourcearn': [sourceArn],
      'aws:sourceaccount': [this.#parts.accountId],
      'aws:securetransport': ['true'],
      'aws:requestedregion': [this.#parts.region],
    };
    const about = this.#parts.policies
      .of(policyHolder(resource))
      .filter(({ principals }) => principals?.everyone || principals?.services.some((matches) => matches(service)));
    return judge(about, action, resource, (key) => keys[key]) === 'allow';
  }

  #rememberedOf(sessionArn: string): Map<string, Reason | undefined> {
    const known = this.#remembered.get(sessionArn);
    if (known !== undefined) return known;
    const empty = new Map<string, Reason | undefined>();
    this.#remembered.set(sessionArn, empty);
    return empty;
  }

  #decide(
    session: RoleSession,
    policies: readonly Statement[],
    action: string,
    resource: string,
    requestKeys: ContextKeys | undefined,
  ): Reason | undefined {
    const keys = this.#context(session, requestKeys);
    const identity = judge(session.role.statements, action, resource, keys);
    if (identity === 'deny') return 'an explicit deny in an identity-based policy';
    // A Deny reaches the session by any of its names, an Allow by any but the account, which only lets IAM decide.
    const naming = (statement: Statement): boolean => names(statement, session, this.#parts.accountId);
    if (judge(policies.filter(naming), action, resource, keys) === 'deny')
      return 'an explicit deny in a resource-based policy';
    const direct = policies.filter((each) => each.effect === 'Allow' && grantsDirectly(each, session));
    if (judge(direct, action, resource, keys) === 'allow') return undefined;
    // "Unlike other resource policies, a KMS key policy must explicitly let IAM policies give access to the key."
    if (
      action.startsWith('kms:') &&
      resource.includes(':key/') &&
      judge(policies.filter(naming), action, resource, keys) !== 'allow'
    )
      return 'no resource-based policy allows';
    return identity === 'allow' ? undefined : 'no identity-based policy allows';
  }

  #context(session: RoleSession, requestKeys: ContextKeys | undefined): ContextKeys {
    const { clock, accountId, region } = this.#parts;
    return (key) => {
      switch (key) {
        case 'aws:principalarn':
          return [session.role.arn];
        case 'aws:principalaccount':
          return [accountId];
        case 'aws:principaltype':
          return ['AssumedRole'];
        case 'aws:requestedregion':
          return [region];
        // The local endpoint has no TLS and stands in for one that has.
        case 'aws:securetransport':
          return ['true'];
        case 'aws:currenttime':
          return [new Date(clock.now()).toISOString()];
        case 'aws:epochtime':
          return [String(Math.floor(clock.now() / 1000))];
        default:
          return requestKeys?.(key);
      }
    };
  }
}

function hangsOnRequest(
  { condition, coversAction, coversResource }: Statement,
  action: string,
  resource: string,
): boolean {
  if (condition.keys.every((key) => CONSTANT_KEYS.has(key))) return false;
  return coversAction(action) && coversResource(resource);
}

function names({ principals }: Statement, { role, arn }: RoleSession, accountId: string): boolean {
  if (principals === undefined || principals.everyone) return principals !== undefined;
  const known = [accountId, `arn:aws:iam::${accountId}:root`, role.arn, arn];
  return principals.accounts.some((account) => known.includes(account));
}

function grantsDirectly({ principals }: Statement, { role, arn }: RoleSession): boolean {
  return (
    principals !== undefined &&
    (principals.everyone || principals.accounts.some((each) => each === role.arn || each === arn))
  );
}

/** Objects are under the policy of their bucket, functions with a qualifier under that of the function. */
function policyHolder(resource: string): string {
  if (resource.startsWith('arn:aws:s3:::')) return resource.split('/', 1)[0]!;
  return resource.startsWith('arn:aws:lambda:') ? resource.split(':').slice(0, 7).join(':') : resource;
}
