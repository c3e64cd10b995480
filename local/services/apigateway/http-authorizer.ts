/**
 * Lambda REQUEST authorizers of HTTP APIs, payload format 2.0, with the result cache.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
 */
import type { LambdaInvoker, RuntimeContext } from '../../runtime/types.ts';
import type { HttpEvent } from './http-event.ts';
import { type AuthorizerPolicy, allows, parsePolicy } from './iam-policy.ts';
import { identityOf } from './identity-sources.ts';
import { authorizerArn, errorMessageOf, invoke } from './invocation.ts';
import type { Authorizer } from './model.ts';

export type Decision =
  | { kind: 'allowed'; context: unknown }
  | { kind: 'unauthorized' } // 401: identity sources are missing
  | { kind: 'forbidden' } // 403
  | { kind: 'failed'; error: string }; // 500: the authorizer could not be run or broke its format

/** Simple answers decide for every route; policies are evaluated anew for each. */
type Verdict = { kind: 'simple'; allowed: boolean; context: unknown } | { kind: 'policy'; policy: AuthorizerPolicy };

const AUTHORIZER_TIMEOUT_MS = 10_000;
/** Bounds the memory of a long run; the oldest entry makes room. */
const MAX_CACHED = 10_000;

export class HttpAuthorizers {
  readonly #ctx: RuntimeContext;
  readonly #lambda: LambdaInvoker;
  readonly #caches = new Map<Authorizer, Map<string, { verdict: Verdict; expiresAt: number }>>();

  constructor(ctx: RuntimeContext, lambda: LambdaInvoker) {
    this.#ctx = ctx;
    this.#lambda = lambda;
  }

  async decide(authorizer: Authorizer, event: HttpEvent): Promise<Decision> {
    const identity = identityOf(authorizer.identitySources, event);
    if (!identity) return { kind: 'unauthorized' };
    const routeArn = this.#routeArn(event);

    const key = authorizer.resultTtlMs > 0 && identity.length > 0 ? JSON.stringify(identity) : undefined;
    const verdict = this.#cached(authorizer, key) ?? (await this.#ask(authorizer, event, identity, routeArn, key));
    if (typeof verdict === 'string') {
      this.#ctx.log.error(`Authorizer ${authorizer.name}: ${verdict}`);
      return { kind: 'failed', error: verdict };
    }
    if (verdict.kind === 'simple')
      return verdict.allowed ? { kind: 'allowed', context: verdict.context } : { kind: 'forbidden' };
    return allows(verdict.policy, routeArn)
      ? { kind: 'allowed', context: verdict.policy.context }
      : { kind: 'forbidden' };
  }

  #cached(authorizer: Authorizer, key: string | undefined): Verdict | undefined {
    if (key === undefined) return undefined;
    const cache = this.#caches.get(authorizer);
    const entry = cache?.get(key);
    if (!entry) return undefined;
    if (entry.expiresAt > this.#ctx.clock.now()) return entry.verdict;
    cache!.delete(key);
    return undefined;
  }

  /** The verdict, or what went wrong. */
  async #ask(
    authorizer: Authorizer,
    event: HttpEvent,
    identity: string[],
    routeArn: string,
    key: string | undefined,
  ): Promise<Verdict | string> {
    const { version, ...request } = event;
    const identitySource = identity.length > 0 ? identity : null;
    const result = await invoke(this.#ctx, this.#lambda, {
      functionName: authorizer.functionName,
      payload: JSON.stringify({ version, type: 'REQUEST', routeArn, identitySource, ...request }),
      timeoutMs: AUTHORIZER_TIMEOUT_MS,
      sourceArn: authorizerArn(this.#ctx, event.requestContext.apiId, authorizer),
    });
    if (result.outcome !== 'answered') {
      const reason = result.outcome === 'failed' ? errorMessageOf(result.payload) : result.outcome;
      return `it did not answer: ${reason}`;
    }
    try {
      const verdict = readVerdict(authorizer, result.payload);
      if (key !== undefined) this.#remember(authorizer, key, verdict);
      return verdict;
    } catch (error) {
      return `it broke its response format: ${(error as Error).message}`;
    }
  }

  #remember(authorizer: Authorizer, key: string, verdict: Verdict): void {
    let cache = this.#caches.get(authorizer);
    if (!cache) {
      cache = new Map();
      this.#caches.set(authorizer, cache);
    }
    if (cache.size >= MAX_CACHED) cache.delete(cache.keys().next().value!);
    cache.set(key, { verdict, expiresAt: this.#ctx.clock.now() + authorizer.resultTtlMs });
  }

  /** `arn:aws:execute-api:{region}:{account}:{api}/{stage}/{method}/{path}` */
  #routeArn({ requestContext: { apiId, stage, http } }: HttpEvent): string {
    const { region, accountId } = this.#ctx;
    const path = stage === '$default' ? http.path : http.path.slice(stage.length + 1);
    return `arn:aws:execute-api:${region}:${accountId}:${apiId}/${stage}/${http.method}${path}`;
  }
}

function readVerdict(authorizer: Authorizer, payload: string): Verdict {
  const answer = JSON.parse(payload);
  if (!authorizer.simpleResponses) return { kind: 'policy', policy: parsePolicy(answer) };
  if (typeof answer?.isAuthorized !== 'boolean') throw new Error('isAuthorized is not a boolean');
  return { kind: 'simple', allowed: answer.isAuthorized, context: answer.context };
}
