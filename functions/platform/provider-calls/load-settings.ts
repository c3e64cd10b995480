/** Opens the settings of an integration for one call. Opened secrets stay in this process, and nothing here logs. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { openEnvelope, sealEnvelope } from '../../../layers/kernel/secrets/sealed-envelope.ts';
import {
  type ConfigKey,
  configEntity,
  configsPartition,
  type Environment,
  type Integration,
  type StoredConfig,
} from '../integrations/integration-entity.ts';

const key = 'secrets';

const contextOf = (tenantId: string, { integrationId, environment, configKey }: ConfigKey) => ({
  tenantId,
  integrationId,
  field: `${environment}/${configKey}`,
});

export const sealValue = (tenantId: string, config: ConfigKey, value: string): Promise<string> =>
  sealEnvelope(key, contextOf(tenantId, config), value);

const openValue = (tenantId: string, config: ConfigKey, sealed: string): Promise<string> =>
  openEnvelope(key, contextOf(tenantId, config), sealed);

export interface LoadedSettings {
  settings: Record<string, string>;
  /** The same with the values before an unconfirmed rotation; undefined when there is none. */
  previous: Record<string, string> | undefined;
  /** Every secret in clear, old ones too: what no log may show. */
  secrets: string[];
  configs: StoredConfig[];
}

export async function readConfigs(
  session: TenantSession,
  integrationId: string,
  environment?: Environment,
): Promise<StoredConfig[]> {
  const { items } = await session.query<StoredConfig>(configEntity, {
    pk: configsPartition(integrationId),
    ...(environment === undefined ? {} : { beginsWith: [environment, ''] }),
    limit: 500,
    consistent: true,
  });
  return items;
}

export async function loadSettings(
  session: TenantSession,
  integration: Pick<Integration, 'id' | 'baseUrl' | 'apiVersion'>,
  environment: Environment,
  given: Record<string, string> = {},
): Promise<LoadedSettings> {
  const configs = await readConfigs(session, integration.id, environment);
  // The integration's own address stands for the setting where that is not given.
  const settings: Record<string, string> = integration.baseUrl ? { api_url: integration.baseUrl } : {};
  const secrets: string[] = [];
  const before: Record<string, string> = {};
  const now = session.context.now();
  await Promise.all(
    configs.map(async (config) => {
      if (config.sealedValue === undefined) {
        settings[config.configKey] = config.configValue;
        return;
      }
      const value = await openValue(session.tenantId, config, config.sealedValue);
      settings[config.configKey] = value;
      secrets.push(value);
      if (config.previous !== undefined && config.previous.validUntil > now) {
        const old = await openValue(session.tenantId, config, config.previous.sealedValue);
        before[config.configKey] = old;
        secrets.push(old);
      }
    }),
  );
  Object.assign(settings, given);
  const hasPrevious = Object.keys(before).length > 0 && Object.keys(given).length === 0;
  return { settings, previous: hasPrevious ? { ...settings, ...before } : undefined, secrets, configs };
}
