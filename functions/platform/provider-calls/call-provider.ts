/**
 * Calls a provider of a kind for a tenant: the active integrations of the environment by priority, with time-outs, jittered
 * retries, circuits and fallback from the engine; idempotent by reference; logged and counted.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { effectOf, type OperationEffect } from '../../../layers/integrations/engine/effects.ts';
import { withoutEchoes } from '../../../layers/integrations/engine/redact.ts';
import {
  type Candidate,
  type FailedAttempt,
  runWithFallback,
} from '../../../layers/integrations/engine/run-with-fallback.ts';
import { withoutSecrets } from '../../../layers/integrations/guard-provider.ts';
import {
  type KindOperations,
  type ProviderDefinition,
  ProviderError,
  type ProviderKind,
} from '../../../layers/integrations/provider.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError, isAppError } from '../../../layers/kernel/errors/app-error.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { countMetric, logger } from '../../../layers/kernel/observability/logger.ts';
import {
  type Environment,
  integrationEntity,
  integrationsPartition,
  maxIntegrationsPerTenant,
  type StoredIntegration,
} from '../integrations/integration-entity.ts';
import { forgetPayment, notePayment } from '../payment-outcomes/open-payment-entity.ts';
import { notTaken, questionAbout } from '../payment-outcomes/question-about.ts';
import { admitCall, reportCall } from './breaker.ts';
import { allProvidersFailed, outcomeUnknown } from './call-errors.ts';
import { countCall, type IntegrationLog, writeLogs } from './exchange-log.ts';
import { type LoadedSettings, loadSettings } from './load-settings.ts';
import { providerContext } from './provider-context.ts';
import { claimReference, decodeResult, encodeResult, hashRequest, moveReference, type Reference } from './reference.ts';
import { loadProvider, providersOfKind } from './registry.ts';
import { stageEnvironment } from './stage-environment.ts';

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

type Operation<K extends ProviderKind, O extends keyof KindOperations[K]> = Extract<
  NonNullable<KindOperations[K][O]>,
  (...args: any[]) => Promise<any>
>;

interface Chosen extends Candidate {
  integration: StoredIntegration;
  definition: ProviderDefinition<any>;
  loaded?: LoadedSettings;
}

const defaultBudgetMs = 20_000;

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
    return perform(session, { kind, operation, args, effect, environment, options });
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
  return perform(session, { kind, operation, args, effect, environment, options }, row);
}

interface Call {
  kind: ProviderKind;
  operation: string;
  args: readonly unknown[];
  effect: OperationEffect;
  environment: Environment;
  options: CallOptions;
}

/** @param mayBeDone an earlier call may have been taken: a failure now does not prove the opposite */
async function perform(
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

async function chooseCandidates(session: TenantSession, { kind, operation, options }: Call): Promise<Chosen[]> {
  const ofKind = providersOfKind(kind);
  const { items } = await session.query<StoredIntegration>(integrationEntity, {
    pk: integrationsPartition,
    limit: maxIntegrationsPerTenant,
    consistent: true,
  });
  const usable = items
    .filter(({ id, isActive, provider }) => {
      if (!ofKind.has(provider) || (options.provider ?? provider) !== provider) return false;
      // What was begun at an integration is finished there, even if it was switched off since.
      return options.integrationId === undefined ? isActive : id === options.integrationId;
    })
    .sort((a, b) => Number(b.isPrimary) - Number(a.isPrimary) || a.priority - b.priority || (a.code < b.code ? -1 : 1));
  if (usable.length === 0)
    throw new AppError('unprocessable', undefined, {
      texts: {
        en: `No active integration of the kind ${kind} is configured.`,
        ar: `لا يوجد تكامل مفعّل من النوع ${kind}.`,
      },
    });
  return Promise.all(
    usable.map(async (integration) => {
      const definition = (await loadProvider(integration.provider))!;
      return {
        id: integration.id,
        code: integration.code,
        provider: integration.provider,
        isRetrySafe: definition.retrySafe?.includes(operation) ?? false,
        integration,
        definition,
      };
    }),
  );
}

/** How the question what became of an order fails. */
const uncertain: readonly string[] = ['all_providers_failed', 'unprocessable'];

/**
 * An earlier call may have been taken by the provider the row names. It is asked there again where it knows the reference,
 * or where it can say what became of it; for messages being lost is worse than coming twice; otherwise it stays unknown.
 */
async function resolveLost(
  session: TenantSession,
  call: Call,
  row: Reference,
): Promise<ProviderResult<any> | undefined> {
  const integrationId = row.integrationId!;
  const definition = await loadProvider(row.provider!);
  const pinned = { ...call, options: { ...call.options, integrationId } };
  if (definition?.retrySafe?.includes(call.operation)) return perform(session, pinned, row, call.effect === 'act');
  if (call.effect === 'message') return undefined;
  if (call.kind === 'vending') {
    const found = await perform(session, { ...pinned, operation: 'find', args: [row.reference], effect: 'read' }).catch(
      async (error: unknown) => {
        await moveReference(session, row, { state: 'unknown' });
        // That it cannot be asked does not say that nothing was made.
        throw isAppError(error) && uncertain.includes(error.code)
          ? new AppError('outcome_unknown', undefined, { details: error.details ?? [], cause: error })
          : error;
      },
    );
    if (found.value === undefined || found.value === null) return perform(session, pinned, row);
    await moveReference(session, row, { state: 'done', result: encodeResult(found.value) });
    return found;
  }
  if (!isMoney(call)) {
    await moveReference(session, row, { state: 'unknown' });
    throw outcomeUnknown([]);
  }
  return lookUp(session, pinned, row);
}

/** A payment is looked for, never made again: whoever is not sure waits until the provider's word is old enough. */
async function lookUp(session: TenantSession, call: Call, row: Reference): Promise<ProviderResult<any>> {
  const question = questionAbout(call.operation, call.args);
  try {
    const found = await perform(session, { ...call, ...question, effect: 'read' });
    const verdict = question.judge(found.value);
    if (verdict !== 'done') throw outcomeUnknown([], verdict === 'not_taken' ? notTaken : undefined);
    await moveReference(session, row, { state: 'done', result: encodeResult(found.value) });
    await forgetPayment(session, { operation: call.operation, reference: row.reference });
    return found;
  } catch (error) {
    if (row.state !== 'done') await moveReference(session, row, { state: 'unknown' });
    // That it cannot be asked now says nothing of what it did then.
    if (isAppError(error) && error.code === 'all_providers_failed')
      throw new AppError('outcome_unknown', undefined, { details: error.details ?? [] });
    throw error;
  }
}

const isMoney = ({ kind, effect }: Call): boolean => kind === 'payment' && effect === 'act';
