/** Settings of integrations: checked against the provider's catalogue, secrets sealed before they are stored, rotated without a gap. */
import { valueProblem } from '../../../layers/integrations/engine/check-value.ts';
import { maskSecret } from '../../../layers/integrations/engine/redact.ts';
import type { SettingSpec } from '../../../layers/integrations/provider.ts';
import { AppError, type ErrorDetail } from '../../../layers/kernel/errors/app-error.ts';
import type { Operations } from '../../../layers/kernel/http/route.ts';
import type { Locale } from '../../../layers/kernel/i18n/locale.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { readConfigs, sealValue } from '../provider-calls/load-settings.ts';
import { findAbout } from '../provider-calls/registry.ts';
import { configEntity, type IntegrationConfig, integrationEntity, type StoredConfig } from './integration-entity.ts';
import { viewConfig } from './integration-view.ts';
import type { IntegrationRoutes } from './routes.ts';

export const configOperations: Pick<
  Operations<IntegrationRoutes>,
  'listIntegrationConfigs' | 'setIntegrationConfigs' | 'deleteIntegrationConfig'
> = {
  listIntegrationConfigs: async ({ session, params, query }) => {
    await session.require(integrationEntity, params);
    const configs = await readConfigs(session, params.id, query.environment);
    return { data: configs.map((config) => viewConfig(config, session.context.now())) };
  },

  setIntegrationConfigs: async ({ session, params, body, locale }) => {
    const { provider } = await session.require(integrationEntity, params);
    const { environment, values, overlapSeconds } = body;
    const before = new Map((await readConfigs(session, params.id, environment)).map((c) => [c.configKey, c]));
    const specs = new Map(findAbout(provider)?.settings.map((spec) => [spec.key, spec]));
    const changed = checkValues(values, specs, before, locale);
    const validUntil = new Date(Date.parse(session.context.now()) + overlapSeconds * 1000).toISOString();
    const rows = await Promise.all(
      changed.map(async ([configKey, value]) => {
        const spec = specs.get(configKey)!;
        const key = { integrationId: params.id, environment, configKey };
        if (value === null) return { configKey, row: null };
        const content = spec.isSecret
          ? {
              isEncrypted: true,
              configValue: maskSecret(value),
              sealedValue: await sealValue(session.tenantId, key, value),
            }
          : { isEncrypted: false, configValue: value };
        return { configKey, row: { ...key, valueType: spec.valueType, ...content } };
      }),
    );
    if (rows.length > 0)
      await session.transact('platform', (unit) => {
        for (const { configKey, row } of rows) {
          const old = before.get(configKey);
          if (row === null) {
            if (old !== undefined) unit.delete(configEntity, old);
          } else if (old === undefined) unit.create(configEntity, { id: newId('icf'), ...row });
          else unit.update(configEntity, old, { ...row, previous: previousOf(old, overlapSeconds, validUntil) });
        }
      });
    const configs = await readConfigs(session, params.id, environment);
    return { data: configs.map((config) => viewConfig(config, session.context.now())) };
  },

  deleteIntegrationConfig: async ({ session, params, query }) => {
    const key = {
      integrationId: params.id,
      configKey: params.configKey,
      environment: query.environment ?? 'production',
    };
    const config = await session.require(configEntity, key);
    await session.transact('platform', (unit) => unit.delete(configEntity, config));
    return {};
  },
};

/** What was proven stays the fallback: rotating twice before a check must not make an unproven value the one to fall back on. */
function previousOf(
  old: StoredConfig,
  overlapSeconds: number,
  validUntil: string,
): NonNullable<IntegrationConfig['previous']> | null {
  if (overlapSeconds === 0 || old.sealedValue === undefined) return null;
  return { sealedValue: old.previous?.sealedValue ?? old.sealedValue, validUntil };
}

/** @throws AppError `validation_failed` naming every setting that is unknown or wrong; never its value */
function checkValues(
  values: Record<string, string | null>,
  specs: ReadonlyMap<string, SettingSpec>,
  before: ReadonlyMap<string, StoredConfig>,
  locale: Locale,
): [string, string | null][] {
  const details: ErrorDetail[] = [];
  const changed = Object.entries(values).filter(([key, value]) => {
    const spec = specs.get(key);
    const known = before.get(key);
    const wrong = (message: string): void => void details.push({ in: 'body', path: `/values/${key}`, message });
    if (spec === undefined)
      wrong(locale === 'ar' ? 'لا يعرف المزوّد هذا الإعداد.' : 'The provider has no such setting.');
    else if (value !== null) {
      // Sent back as it was shown: it stays what it is.
      if (known?.isEncrypted && value === known.configValue) return false;
      const problem = value.includes('••••')
        ? { en: 'There is no value behind the mask.', ar: 'لا قيمة خلف القناع.' }
        : valueProblem(spec, value);
      if (problem !== undefined) wrong(problem[locale === 'ar' ? 'ar' : 'en']);
    }
    return true;
  });
  if (details.length > 0) throw new AppError('validation_failed', undefined, { details });
  return changed;
}
