/**
 * Calls a provider of a kind for a tenant: the active integrations of the environment by priority, with time-outs, jittered
 * retries, circuits and fallback from the engine; idempotent by reference; logged and counted.
 */
import { effectOf } from '../../../layers/integrations/engine/effects.ts';
import type { KindOperations, ProviderKind } from '../../../layers/integrations/provider.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { notTaken } from '../payment-outcomes/question-about.ts';
import { outcomeUnknown } from './call-errors.ts';
import { type CallOptions, type ProviderResult, performCall } from './perform-call.ts';
import { claimReference, decodeResult, hashRequest, moveReference } from './reference.ts';
import { resolveLost } from './resolve-lost.ts';
import { stageEnvironment } from './stage-environment.ts';

type Operation<K extends ProviderKind, O extends keyof KindOperations[K]> = Extract<
  NonNullable<KindOperations[K][O]>,
  (...args: any[]) => Promise<any>
>;

/**
 * @param reference what makes a repeated call the same one; undefined for reads
 * @throws AppError `all_providers_failed`, `outcome_unknown`, `unprocessable` when nothing is configured, `idempotency_*`
 */
export async function callProvider<K extends ProviderKind, O extends keyof KindOperations[K] & string>(
  session: TenantSession,
  kind: K,
  operation: O,
  args: Parameters<Operation<K, O>>,
  reference: string | undefined,
  options: CallOptions = {},
): Promise<ProviderResult<Awaited<ReturnType<Operation<K, O>>>>> {
  const effect = effectOf(kind, operation);
  const environment = options.environment ?? stageEnvironment();
  if (effect === 'read' || reference === undefined) {
    if (effect !== 'read') throw new TypeError(`${kind}.${operation} needs a reference.`);
    return performCall(session, { kind, operation, args, effect, environment, options });
  }
  const claimed = await claimReference(session, { kind, operation, reference }, hashRequest([args, environment]));
  const { row } = claimed;
  if (claimed.status === 'known')
    return {
      value: decodeResult(row.result!),
      integrationId: row.integrationId!,
      provider: row.provider!,
      failures: [],
    };
  if (claimed.status === 'fresh' && options.isResumption) {
    await moveReference(session, row, { state: 'failed', isSent: false });
    throw outcomeUnknown([], notTaken);
  }
  if (claimed.status === 'resumed') {
    const resolved = await resolveLost(session, { kind, operation, args, effect, environment, options }, row);
    if (resolved !== undefined) return resolved;
  }
  return performCall(session, { kind, operation, args, effect, environment, options }, row);
}
