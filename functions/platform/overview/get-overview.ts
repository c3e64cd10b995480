/** Adds up what the other resources keep; it holds nothing of its own. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { Operation } from '../../../layers/kernel/http/route.ts';
import { alertEntity, alertsOfStatus, type StoredAlert } from '../alerts/alert-entity.ts';
import { healthEntity, type IntegrationHealth } from '../integrations/health-entity.ts';
import {
  integrationEntity,
  integrationsPartition,
  maxIntegrationsPerTenant,
  type StoredIntegration,
} from '../integrations/integration-entity.ts';
import { type IntegrationDay, integrationDayEntity } from '../provider-calls/exchange-log.ts';
import {
  maxWebhooksPerTenant,
  type StoredWebhook,
  type WebhookHour,
  webhookEntity,
  webhookHealthEntity,
  webhookHourEntity,
  webhooksPartition,
} from '../webhooks/webhook-entity.ts';
import type { OverviewRoutes } from './routes.ts';

const dayMs = 86_400_000;
const maxAlerts = 200;

export const getDeveloperOverview: Operation<OverviewRoutes['getDeveloperOverview']> = async ({ session }) => {
  const nowMs = Date.parse(session.context.now());
  const [integrations, webhooks, alerts] = await Promise.all([
    viewIntegrations(session, nowMs),
    viewWebhooks(session, nowMs),
    viewAlerts(session),
  ]);
  return { data: { integrations, webhooks, alerts } };
};

async function viewIntegrations(session: TenantSession, nowMs: number) {
  const [{ items }, health] = await Promise.all([
    session.query<StoredIntegration>(integrationEntity, { pk: integrationsPartition, limit: maxIntegrationsPerTenant }),
    session.query<IntegrationHealth>(healthEntity, { pk: ['INTEGRATION-HEALTH'], limit: maxIntegrationsPerTenant * 2 }),
  ]);
  const statuses = new Map(health.items.map(({ id, healthStatus }) => [id, healthStatus]));
  const byHealth = { healthy: 0, degraded: 0, down: 0, unknown: 0 };
  for (const { id } of items) byHealth[statuses.get(id) ?? 'unknown']++;
  const from = new Date(nowMs - 6 * dayMs).toISOString().slice(0, 10);
  const days = await Promise.all(
    items.map(({ id }) =>
      session.query<IntegrationDay>(integrationDayEntity, { pk: ['INTEGRATION-DAYS', id], from: [from] }),
    ),
  );
  return {
    total: items.length,
    active: items.filter(({ isActive }) => isActive).length,
    byHealth,
    calls: total(days.flatMap((page) => page.items)),
  };
}

async function viewWebhooks(session: TenantSession, nowMs: number) {
  const { items } = await session.query<StoredWebhook>(webhookEntity, {
    pk: webhooksPartition,
    limit: maxWebhooksPerTenant,
  });
  const from = new Date(nowMs - dayMs).toISOString().slice(0, 13);
  const [health, hours] = await Promise.all([
    session.getMany(
      webhookHealthEntity,
      items.map(({ id }) => ({ id })),
    ),
    Promise.all(
      items.map(({ id }) => session.query<WebhookHour>(webhookHourEntity, { pk: ['WEBHOOK-HOURS', id], from: [from] })),
    ),
  ]);
  return {
    total: items.length,
    active: items.filter(({ isActive }) => isActive).length,
    failing: health.filter(({ failingSince }) => failingSince !== undefined).length,
    deliveries: total(hours.flatMap((page) => page.items)),
  };
}

async function viewAlerts(session: TenantSession) {
  const { items } = await session.query<StoredAlert>(alertEntity, {
    index: 'gsi2',
    pk: alertsOfStatus('active'),
    order: 'descending',
    limit: maxAlerts,
  });
  const bySeverity = { info: 0, warning: 0, error: 0, critical: 0 };
  for (const { severity } of items) bySeverity[severity]++;
  return { active: items.length, bySeverity };
}

function total(rows: readonly { successes?: number; failures?: number }[]) {
  const sum = (name: 'successes' | 'failures'): number => rows.reduce((result, row) => result + (row[name] ?? 0), 0);
  const [successes, failures] = [sum('successes'), sum('failures')];
  const all = successes + failures;
  return { successes, failures, successRate: all === 0 ? null : Math.round((successes / all) * 10_000) / 10_000 };
}
