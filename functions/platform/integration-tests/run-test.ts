/**
 * Tests an integration with the provider's cheapest proof of address and credentials, records it, and keeps its health. A test
 * that passes with new secrets ends the rotation: the ones before are dropped.
 */

import { createRedactor } from '../../../layers/integrations/engine/redact.ts';
import { toProviderError } from '../../../layers/integrations/engine/run-with-fallback.ts';
import type { ProviderError } from '../../../layers/integrations/provider.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { putStep, writeMany } from '../../../layers/kernel/data/write-many.ts';
import { isAppError } from '../../../layers/kernel/errors/app-error.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { raiseAlert } from '../contract.ts';
import { integrationHealthChanged } from '../events.ts';
import { afterCheck, healthEntity, type IntegrationTest, testEntity } from '../integrations/health-entity.ts';
import {
  configEntity,
  type Environment,
  type StoredConfig,
  type StoredIntegration,
} from '../integrations/integration-entity.ts';
import { type IntegrationLog, writeLogs } from '../provider-calls/exchange-log.ts';
import { loadSettings } from '../provider-calls/load-settings.ts';
import { providerContext } from '../provider-calls/provider-context.ts';
import { loadProvider } from '../provider-calls/registry.ts';

export interface TestInput {
  /** Undefined: settings that are not stored are tried. */
  integration?: StoredIntegration;
  provider: string;
  integrationType: string;
  environment: Environment;
  /** Settings that stand in for the stored ones. */
  given?: Record<string, string>;
  testedBy: string | null;
}

const testTimeoutMs = 15_000;

export async function runTest(session: TenantSession, input: TestInput): Promise<IntegrationTest> {
  const { integration, environment, given = {} } = input;
  const definition = await loadProvider(input.provider);
  const loaded = integration
    ? await loadSettings(session, integration, environment, given)
    : { settings: given, secrets: [], configs: [] as StoredConfig[] };
  const secrets = [...loaded.secrets, ...secretsAmong(given, definition?.settings ?? [])];
  const logs: IntegrationLog[] = [];
  const logging = {
    integrationId: integration?.id ?? 'unsaved',
    requestId: session.context.correlationId,
    retryCount: 0,
    logs,
  };
  const started = performance.now();
  let failure: ProviderError | undefined;
  try {
    await definition?.check(providerContext(loaded.settings, environment, secrets, logging, testTimeoutMs));
  } catch (error) {
    failure = toProviderError(error);
  }
  const durationMs = Math.round(performance.now() - started);
  const test: IntegrationTest = {
    id: newId('itl'),
    integrationId: integration?.id ?? null,
    integrationType: input.integrationType,
    environment,
    status: failure ? 'failed' : 'success',
    message: failure ? describe(failure, createRedactor(secrets).text(failure.message)) : passed,
    errorCode: failure?.code ?? null,
    durationMs,
    testedBy: input.testedBy,
    createdAt: session.context.now(),
  };
  await writeMany([putStep(session, testEntity, test)]);
  if (integration) await writeLogs(session, logs);
  const isStored = integration !== undefined && Object.keys(given).length === 0;
  if (isStored && !failure) await endRotation(session, loaded.configs);
  if (isStored) await keepHealth(session, integration, { isSuccess: !failure, durationMs });
  return test;
}

const secretsAmong = (given: Record<string, string>, specs: readonly { key: string; isSecret: boolean }[]): string[] =>
  // What nobody knows may be a secret too.
  Object.entries(given).flatMap(([key, value]) =>
    specs.find((spec) => spec.key === key)?.isSecret === false ? [] : [value],
  );

const passed = { en: 'The connection works.', ar: 'الاتصال يعمل.' };

const meanings: Record<ProviderError['code'], { en: string; ar: string }> = {
  configuration: { en: 'The settings are wrong', ar: 'الإعدادات غير صحيحة' },
  rejected: { en: 'The provider refused', ar: 'رفض المزوّد الطلب' },
  rate_limited: { en: 'The provider asks for fewer requests', ar: 'يطلب المزوّد تقليل الطلبات' },
  unavailable: { en: 'The provider is not available', ar: 'المزوّد غير متاح' },
  unreachable: { en: 'The provider cannot be reached', ar: 'تعذّر الوصول إلى المزوّد' },
  no_answer: { en: 'The provider does not answer', ar: 'المزوّد لا يجيب' },
  unreadable_answer: { en: 'The answer of the provider cannot be read', ar: 'تعذّرت قراءة رد المزوّد' },
};

const describe = ({ code }: ProviderError, detail: string) => ({
  en: `${meanings[code].en}: ${detail}`,
  ar: `${meanings[code].ar}: ${detail}`,
});

async function endRotation(session: TenantSession, configs: readonly StoredConfig[]): Promise<void> {
  for (const config of configs)
    if (config.previous !== undefined)
      await session
        .transact('platform', (unit) => unit.update(configEntity, config, { previous: null }))
        .catch((error: unknown) => {
          // Changed since it was read: that change has its own rotation.
          if (!isAppError(error) || error.code !== 'version_conflict') throw error;
        });
}

/** Two checks at a time agree by the row's version; the one that comes too late is one of many and is left out. */
async function keepHealth(
  session: TenantSession,
  integration: StoredIntegration,
  check: { isSuccess: boolean; durationMs: number },
): Promise<void> {
  const before = await session.get(healthEntity, { id: integration.id }, { consistent: true });
  const after = await afterCheck(session, integration.id, before, check);
  const options = { isAudited: false };
  const hasChanged = (before?.healthStatus ?? 'unknown') !== after.healthStatus;
  const system = session.context.actor === undefined;
  await session
    .transact('platform', (unit) => {
      if (before) unit.update(healthEntity, before, after, options);
      else unit.put(healthEntity, after);
      if (!hasChanged) return;
      const { id, code, provider } = integration;
      unit.emit(integrationHealthChanged, {
        aggregateId: id,
        payload: {
          integrationId: id,
          code,
          provider,
          healthStatus: after.healthStatus,
          previousStatus: before?.healthStatus ?? 'unknown',
          healthScore: after.healthScore,
        },
      });
      // Whoever tests by hand sees the answer; an alert is for what nobody looks at.
      if (after.healthStatus === 'down' && system && integration.isActive)
        raiseAlert(unit, {
          alertType: 'system',
          severity: integration.isPrimary ? 'critical' : 'error',
          title: { en: `The integration ${code} is down`, ar: `التكامل ${code} متوقف` },
          sourceSystem: 'integrations',
          alertData: { integrationId: id, provider },
          dedupeKey: `integration-down/${id}`,
        });
    })
    .catch((error: unknown) => {
      if (!isAppError(error) || error.code !== 'version_conflict') throw error;
    });
}
