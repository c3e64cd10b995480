/** Which integrations of a tenant may serve a call, in the order they are tried. */
import type { Candidate } from '../../../layers/integrations/engine/run-with-fallback.ts';
import type { ProviderDefinition, ProviderKind } from '../../../layers/integrations/provider.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import {
  integrationEntity,
  integrationsPartition,
  maxIntegrationsPerTenant,
  type StoredIntegration,
} from '../integrations/integration-entity.ts';
import type { LoadedSettings } from './load-settings.ts';
import { loadProvider, providersOfKind } from './registry.ts';

export interface Chosen extends Candidate {
  integration: StoredIntegration;
  definition: ProviderDefinition<any>;
  loaded?: LoadedSettings;
}

interface Wanted {
  kind: ProviderKind;
  operation: string;
  /** Only this integration, also when it was switched off; only integrations of this provider. */
  options: { integrationId?: string; provider?: string };
}

/** @throws AppError `unprocessable` when nothing is configured */
export async function chooseCandidates(
  session: TenantSession,
  { kind, operation, options }: Wanted,
): Promise<Chosen[]> {
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
