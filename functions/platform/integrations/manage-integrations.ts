/** Creates, reads, changes and deletes integrations. */

import type { ProviderKind } from '../../../layers/integrations/provider.ts';
import { requirePermission } from '../../../layers/kernel/auth/require-permission.ts';
import { refuseStale } from '../../../layers/kernel/crud/crud-operations.ts';
import { equals } from '../../../layers/kernel/data/expressions.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { Operations } from '../../../layers/kernel/http/route.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { checkEndpointUrl } from '../../../layers/webhooks/endpoint-url.ts';
import { providerAddressPolicy } from '../config.ts';
import { readConfigs } from '../provider-calls/load-settings.ts';
import { findAbout, knownProviders } from '../provider-calls/registry.ts';
import { newCallbackToken } from './callback-token.ts';
import {
  configEntity,
  type Integration,
  integrationCodeEntity,
  integrationEntity,
  integrationsPartition,
  maxIntegrationsPerTenant,
  type StoredIntegration,
} from './integration-entity.ts';
import { viewIntegration, viewIntegrations } from './integration-view.ts';
import type { IntegrationRoutes } from './routes.ts';

const typeOfKind: Record<ProviderKind, Integration['integrationType']> = {
  payment: 'payment',
  sms: 'messaging',
  whatsapp: 'messaging',
  email: 'messaging',
  push: 'messaging',
  chat: 'messaging',
  calendar: 'external_system',
  health_platform: 'external_system',
  insurance: 'external_system',
  http: 'external_system',
  meter_platform: 'iot',
  vending: 'iot',
  mqtt: 'iot',
};

/** @throws AppError `validation_failed` */
function checkBaseUrl(baseUrl: string | null | undefined): void {
  if (baseUrl === null || baseUrl === undefined) return;
  const checked = checkEndpointUrl(baseUrl, providerAddressPolicy());
  if ('problem' in checked)
    throw new AppError('validation_failed', undefined, {
      details: [{ in: 'body', path: '/baseUrl', message: checked.problem }],
    });
}

export const integrationOperations: Pick<
  Operations<IntegrationRoutes>,
  | 'listProviders'
  | 'listIntegrations'
  | 'createIntegration'
  | 'getIntegration'
  | 'updateIntegration'
  | 'deleteIntegration'
  | 'rotateCallbackToken'
> = {
  listProviders: async ({ query }) => ({
    data: knownProviders()
      .filter(({ kind }) => query.kind === undefined || kind === query.kind)
      .map(({ provider, kind, name, category, authType, documentation, settings }) => ({
        provider,
        kind,
        name,
        category,
        authType,
        documentation: documentation ?? null,
        settings: settings.map(({ pattern, ...spec }) => ({
          ...spec,
          default: spec.default ?? null,
          pattern: pattern?.source ?? null,
        })),
      })),
  }),

  listIntegrations: async ({ session, query, page }) => {
    const filter = equals(query);
    const { items, nextCursor } = await session.query<StoredIntegration>(integrationEntity, {
      pk: integrationsPartition,
      limit: page.limit,
      cursor: page.cursor,
      filter,
      consistent: true,
    });
    return { data: await viewIntegrations(session, items), pagination: { limit: page.limit, nextCursor } };
  },

  createIntegration: async ({ session, body, principal }) => {
    const about = findAbout(body.provider);
    if (about === undefined)
      throw new AppError('unprocessable', undefined, {
        texts: { en: `There is no provider "${body.provider}".`, ar: `لا يوجد مزوّد باسم "${body.provider}".` },
      });
    checkBaseUrl(body.baseUrl);
    const { items } = await session.query(integrationEntity, {
      pk: integrationsPartition,
      limit: maxIntegrationsPerTenant,
      consistent: true,
    });
    if (items.length >= maxIntegrationsPerTenant)
      throw new AppError('unprocessable', `A tenant has at most ${maxIntegrationsPerTenant} integrations.`);
    const { nameEn, description, baseUrl, apiVersion, ...given } = body;
    const id = newId('int');
    const stored = await session.transact('platform', (unit) => {
      unit.create(integrationCodeEntity, { code: body.code, integrationId: id });
      return unit.create(integrationEntity, {
        ...given,
        id,
        integrationType: body.integrationType ?? typeOfKind[about.kind],
        category: body.category ?? about.category,
        authType: body.authType ?? about.authType,
        ...(nameEn ? { nameEn } : {}),
        ...(description ? { description } : {}),
        ...(baseUrl ? { baseUrl } : {}),
        ...(apiVersion ? { apiVersion } : {}),
        createdBy: principal.subject,
        updatedBy: principal.subject,
      });
    });
    return { data: await viewIntegration(session, stored) };
  },

  getIntegration: async ({ session, params }) => ({
    data: await viewIntegration(session, await session.require(integrationEntity, params)),
  }),

  updateIntegration: async ({ session, params, body, principal, expectedVersion }) => {
    const before = await session.require(integrationEntity, params);
    refuseStale(before, expectedVersion);
    checkBaseUrl(body.baseUrl);
    // Stored secrets follow the address.
    if (body.baseUrl !== undefined && (body.baseUrl ?? undefined) !== before.baseUrl)
      requirePermission(principal, 'platform:integrations:secret');
    const changes = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
    const after = await session.transact('platform', (unit) =>
      unit.update(integrationEntity, before, { ...changes, updatedBy: principal.subject }),
    );
    return { data: await viewIntegration(session, after) };
  },

  deleteIntegration: async ({ session, params, expectedVersion }) => {
    const before = await session.require(integrationEntity, params);
    refuseStale(before, expectedVersion);
    const code = await session.require(integrationCodeEntity, { code: before.code });
    await session.transact('platform', (unit) => {
      unit.delete(integrationEntity, before);
      unit.delete(integrationCodeEntity, code);
    });
    // Settings without their integration are never read; they go in steps, since a transaction holds a hundred.
    for (const config of await readConfigs(session, before.id))
      await session.transact('platform', (unit) => unit.delete(configEntity, config));
    return {};
  },

  rotateCallbackToken: async ({ session, params, principal }) => {
    const before = await session.require(integrationEntity, params);
    const { token, hash } = newCallbackToken(session.tenantId, before.id);
    await session.transact('platform', (unit) => {
      unit.update(integrationEntity, before, { callbackTokenHash: hash, updatedBy: principal.subject });
    });
    const callbackPath = `/api/v1/developer/callbacks/${before.provider}/${token}`;
    return { data: { callbackPath, token }, headers: { 'cache-control': 'no-store' } };
  },
};
