/**
 * Integrations of a tenant with external providers, and their settings per environment. A tenant has few of them and every
 * call reads them, so they share a partition, and all settings of one environment are read together.
 */
import { defineEntity, type Stored } from '../../../layers/kernel/data/entity.ts';

export const integrationTypes = ['payment', 'messaging', 'iot', 'external_system'] as const;
export const categories = ['local', 'international'] as const;
export const authTypes = ['api_key', 'oauth2', 'basic', 'hmac', 'none'] as const;
export const environments = ['production', 'staging', 'development'] as const;
export const valueTypes = ['string', 'number', 'boolean', 'json'] as const;

export type Environment = (typeof environments)[number];

export interface Integration {
  id: string;
  /** Unique in the tenant. */
  code: string;
  nameAr: string;
  nameEn?: string;
  description?: string;
  integrationType: (typeof integrationTypes)[number];
  category: (typeof categories)[number];
  /** Name in the catalogue, e.g. `twilio`. */
  provider: string;
  baseUrl?: string;
  apiVersion?: string;
  authType: (typeof authTypes)[number];
  isActive: boolean;
  isPrimary: boolean;
  /** Lower is tried earlier. */
  priority: number;
  /** Addresses the provider notifies from; empty: any. */
  allowedIps: string[];
  /** Digest of the token in the address the provider notifies. */
  callbackTokenHash?: string;
  createdBy: string;
  updatedBy: string;
}

export type StoredIntegration = Integration & Stored;

export const integrationsPartition = ['INTEGRATIONS'] as const;
export const maxIntegrationsPerTenant = 100;

export const integrationEntity = defineEntity<Integration>()({
  name: 'integration',
  table: 'platform',
  key: ({ id }) => ({ pk: integrationsPartition, sk: [id] }),
  idOf: ({ id }) => id,
  secretAttributes: ['callbackTokenHash'],
});

/** Keeps a code unique in its tenant. */
export const integrationCodeEntity = defineEntity<{ code: string; integrationId: string }, { code: string }>()({
  name: 'integration code',
  table: 'platform',
  key: ({ code }) => ({ pk: ['INTEGRATION-CODES'], sk: [code] }),
  idOf: ({ code }) => code,
});

export interface IntegrationConfig {
  id: string;
  integrationId: string;
  configKey: string;
  environment: Environment;
  valueType: (typeof valueTypes)[number];
  isEncrypted: boolean;
  /** In clear, or what people see of a secret. */
  configValue: string;
  sealedValue?: string;
  /** The value before the last change, used where the new one is refused, until a check with the new one passes. */
  previous?: { sealedValue: string; validUntil: string };
}

export type StoredConfig = IntegrationConfig & Stored;
export type ConfigKey = Pick<IntegrationConfig, 'integrationId' | 'configKey' | 'environment'>;

export const configsPartition = (integrationId: string) => ['INTEGRATION-CONFIGS', integrationId] as const;

export const configEntity = defineEntity<IntegrationConfig, ConfigKey>()({
  name: 'integration config',
  table: 'platform',
  key: ({ integrationId, environment, configKey }) => ({
    pk: configsPartition(integrationId),
    sk: [environment, configKey],
  }),
  idOf: ({ integrationId, environment, configKey }) => `${integrationId}/${environment}/${configKey}`,
  secretAttributes: ['configValue', 'sealedValue', 'previous'],
});
