/** Integrations and settings as the API answers them: with their health, without their secrets. */
import type * as z from 'zod/mini';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { findAbout } from '../provider-calls/registry.ts';
import { healthEntity, type IntegrationHealth } from './health-entity.ts';
import type { StoredConfig, StoredIntegration } from './integration-entity.ts';
import type { configView, integrationView } from './schemas.ts';

export async function viewIntegrations(session: TenantSession, integrations: readonly StoredIntegration[]) {
  const rows = await session.getMany(
    healthEntity,
    integrations.map(({ id }) => ({ id })),
  );
  const health = new Map(rows.map((row) => [row.id, row]));
  return integrations.map((integration) => view(integration, health.get(integration.id)));
}

export async function viewIntegration(session: TenantSession, integration: StoredIntegration) {
  return (await viewIntegrations(session, [integration]))[0]!;
}

function view(item: StoredIntegration, health: IntegrationHealth | undefined): z.input<typeof integrationView> {
  const { callbackTokenHash, nameEn, description, baseUrl, apiVersion, ...shown } = item;
  return {
    ...shown,
    nameEn: nameEn ?? null,
    description: description ?? null,
    baseUrl: baseUrl ?? null,
    apiVersion: apiVersion ?? null,
    kind: findAbout(item.provider)?.kind ?? null,
    hasCallback: callbackTokenHash !== undefined,
    lastHealthCheck: health?.lastHealthCheck ?? null,
    healthStatus: health?.healthStatus ?? 'unknown',
    healthScore: health?.healthScore ?? null,
  };
}

export function viewConfig(
  { sealedValue: _, previous, version: __, ...shown }: StoredConfig,
  now: string,
): z.input<typeof configView> {
  return {
    ...shown,
    previousValidUntil: previous !== undefined && previous.validUntil > now ? previous.validUntil : null,
  };
}
