/** One call through the engine: candidates in turn, each try noted before it is made, the outcome kept by its reference. */
import { setTimeout as pause } from 'node:timers/promises';
import type { OperationEffect } from '../../../layers/integrations/engine/effects.ts';
import { withoutEchoes } from '../../../layers/integrations/engine/redact.ts';
import { type FailedAttempt, runWithFallback } from '../../../layers/integrations/engine/run-with-fallback.ts';
import { withoutSecrets } from '../../../layers/integrations/guard-provider.ts';
import { ProviderError, type ProviderKind } from '../../../layers/integrations/provider.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { countMetric, logger } from '../../../layers/kernel/observability/logger.ts';
import type { Environment } from '../integrations/integration-entity.ts';
import { forgetPayment, notePayment } from '../payment-outcomes/open-payment-entity.ts';
import { admitCall, reportCall } from './breaker.ts';
import { allProvidersFailed, outcomeUnknown } from './call-errors.ts';
import { type Chosen, chooseCandidates } from './choose-candidates.ts';
import { countCall, type IntegrationLog, writeLogs } from './exchange-log.ts';
import { type LoadedSettings, loadSettings } from './load-settings.ts';
import { providerContext } from './provider-context.ts';
import { encodeResult, moveReference, type Reference } from './reference.ts';

export interface CallOptions {
  /** @default the stage's */
  environment?: Environment;
  /** Only this integration, as where the payer chose the wallet or the answer belongs to one. */
  integrationId?: string;
  /** Only integrations of this provider. */
  provider?: string;
  /** For everything together. @default 20,000 */
  budgetMs?: number;
  /** For one try at one provider. @default 10,000 */
  attemptMs?: number;
  /** Only finds out what became of an earlier call, and begins nothing. @default false */
  isResumption?: boolean;
}

export interface ProviderResult<T> {
  value: T;
  integrationId: string;
  provider: string;
  /** Those that were tried before it. */
  failures: FailedAttempt[];
}

export interface Call {
  kind: ProviderKind;
  operation: string;
  args: readonly unknown[];
  effect: OperationEffect;
  environment: Environment;
  options: CallOptions;
}

export const isMoney = ({ kind, effect }: Call): boolean => kind === 'payment' && effect === 'act';

const defaultBudgetMs = 20_000;

/** @param mayBeDone an earlier call may have been taken: a failure now does not prove the opposite */
export async function performCall(
  session: TenantSession,
  call: Call,
  row?: Reference,
  mayBeDone = false,
): Promise<ProviderResult<any>> {
  const { kind, operation, args, effect, environment, options } = call;
  const logs: IntegrationLog[] = [];
  const requestId = session.context.correlationId || newId('req');
  const started = new Map<string, number>();
  let hasFailedForCertain = false;
  try {
    const candidates = await chooseCandidates(session, call);
    const outcome = await runWithFallback<Chosen, unknown>({
      candidates,
      effect,
      budgetMs: options.budgetMs ?? defaultBudgetMs,
      ...(options.attemptMs === undefined ? {} : { attemptMs: options.attemptMs }),
      admit: ({ id }) => admitCall(session, { integrationId: id, environment }, Date.now()),
      onChosen: async (candidate) => {
        started.set(candidate.id, performance.now());
        candidate.loaded = await loadSettings(session, candidate.integration, environment);
        if (row && isMoney(call))
          await notePayment(session, { ...call, reference: row.reference, integrationId: candidate.id });
        if (row)
          await moveReference(session, row, {
            integrationId: candidate.id,
            provider: candidate.provider,
            isSent: true,
          });
      },
      attempt: (candidate, number, timeoutMs) =>
        withRotation(candidate.loaded!, (settings) => {
          const logging = { integrationId: candidate.id, requestId, retryCount: number - 1, logs };
          const context = providerContext(settings, environment, candidate.loaded!.secrets, logging, timeoutMs);
          const operations = candidate.definition.operations(context) as Record<
            string,
            ((...a: any[]) => any) | undefined
          >;
          const perform = operations[operation];
          if (perform === undefined)
            throw new ProviderError('configuration', `${candidate.provider} cannot ${operation}.`);
          return perform(...args);
        }).catch((error: unknown) => {
          throw withoutSecrets(error, candidate.loaded!.secrets);
        }),
      report: async (candidate, failure) => {
        await reportCall(session, { integrationId: candidate.id, environment }, failure, Date.now()).catch(
          (error: unknown) => logger.warn('circuit not told', { integrationId: candidate.id, error: error as Error }),
        );
      },
      sleep: (ms) => pause(ms),
      now: () => performance.now(),
      random: Math.random,
    });
    const ms = (id: string): number => performance.now() - (started.get(id) ?? performance.now());
    const counted = outcome.failures.filter(({ integrationId }) => started.has(integrationId));
    for (const { integrationId } of counted) await countCall(session, integrationId, false, ms(integrationId));
    if (outcome.status === 'done') {
      const { candidate, failures } = outcome;
      const value = withoutEchoes(outcome.value, candidate.loaded?.secrets ?? []);
      if (row) await moveReference(session, row, { state: 'done', result: encodeResult(value) });
      if (row && isMoney(call)) await forgetPayment(session, { operation, reference: row.reference });
      await countCall(session, candidate.id, true, ms(candidate.id));
      return { value, integrationId: candidate.id, provider: candidate.provider, failures };
    }
    countMetric('ProviderCallsFailed');
    if (outcome.status === 'unknown' || mayBeDone) {
      if (row) await moveReference(session, row, { state: 'unknown' });
      throw outcomeUnknown(outcome.failures);
    }
    hasFailedForCertain = true;
    throw allProvidersFailed(kind, outcome.failures);
  } catch (error) {
    if (row && !mayBeDone && (hasFailedForCertain || started.size === 0)) {
      // Anything else may have been taken: the row stays as it is and is resolved by the next call.
      await moveReference(session, row, { state: 'failed', isSent: false })
        .then(() => (isMoney(call) ? forgetPayment(session, { operation, reference: row.reference }) : undefined))
        .catch(() => undefined);
    }
    throw error;
  } finally {
    if (logs.length > 0) await writeLogs(session, logs);
  }
}

/** Where a new secret is refused and the one before is still kept, that is used: nothing happened yet. */
async function withRotation<T>(
  { settings, previous }: LoadedSettings,
  attempt: (settings: Record<string, string>) => Promise<T>,
): Promise<T> {
  try {
    return await attempt(settings);
  } catch (error) {
    if (previous === undefined || (error as { code?: string }).code !== 'configuration') throw error;
    return attempt(previous);
  }
}
