/** Adds up what the other resources keep; it holds nothing of its own. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { Operation } from '../../../layers/kernel/http/route.ts';
import { apiUsage } from '../../identity/contract.ts';
import { alertEntity, alertsOfStatus, type StoredAlert } from '../alerts/alert-entity.ts';
import { readSubscriptions } from '../event-subscriptions/subscription-directory.ts';
import { readEventDays } from '../events/event-counts.ts';
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
const daysShown = 7;
const maxAlerts = 200;

export const getDeveloperOverview: Operation<OverviewRoutes['getDeveloperOverview']> = async ({ session }) => {
  const nowMs = Date.parse(session.context.now());
  const [events, subscriptions, apiCalls, integrations, webhooks, alerts] = await Promise.all([
    viewEvents(session, nowMs),
    viewSubscriptions(session),
    apiUsage(session, daysShown),
    viewIntegrations(session, nowMs),
    viewWebhooks(session, nowMs),
    viewAlerts(session),
  ]);
  return { data: { events, subscriptions, apiCalls, integrations, webhooks, alerts } };
};

async function viewEvents(session: TenantSession, nowMs: number) {
  const from = new Date(nowMs - (daysShown - 1) * dayMs).toISOString().slice(0, 10);
  const today = new Date(nowMs).toISOString().slice(0, 10);
  // A device's clock may be ahead: its tomorrow is shown as it is.
  const days = await readEventDays(session, from, daysShown + 1);
  const byType: Record<string, number> = {};
  for (const day of days)
    for (const [type, count] of Object.entries(day.byType)) byType[type] = (byType[type] ?? 0) + count;
  return {
    today: days.find(({ day }) => day === today)?.total ?? 0,
    total: days.reduce((sum, day) => sum + day.total, 0),
    byType,
    days,
  };
}

async function viewSubscriptions(session: TenantSession) {
  const all = await readSubscriptions(session);
  const byHandler = { webhook: 0, queue: 0, function: 0 };
  for (const { handlerType } of all) byHandler[handlerType]++;
  return { total: all.length, active: all.filter(({ isActive }) => isActive).length, byHandler };
}

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
