/**
 * What deliveries say about their endpoint: counts by hour, health, and disabling when failure lasts. One invocation
 * adds up what it saw first, so that a batch to one endpoint costs one write and not one each.
 */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { updateAtomically } from '../../../layers/kernel/data/update-atomically.ts';
import { countMetric } from '../../../layers/kernel/observability/logger.ts';
import { disablePolicy, disableReason } from '../../../layers/webhooks/endpoint-health.ts';
import { disableWebhook } from '../webhooks/disable-webhook.ts';
import {
  type StoredWebhook,
  type WebhookHealth,
  webhookHealthEntity,
  webhookHourEntity,
} from '../webhooks/webhook-entity.ts';

export interface Observation {
  webhook: StoredWebhook;
  isSuccess: boolean;
  isGone: boolean;
  isExhausted: boolean;
  durationMs: number;
}

interface OutcomeTally {
  successes: number;
  failures: number;
  exhausted: number;
  gone: boolean;
}

/** Success needs to be noted now and then only; failure always. */
const successNoteMs = 10_000;
const notedAt = new Map<string, number>();
const durationSteps = [100, 300, 1000, 3000, 10_000] as const;

export async function recordOutcomes(session: TenantSession, observations: readonly Observation[]): Promise<void> {
  countDeliveries(observations);
  const byWebhook = Map.groupBy(observations, ({ webhook }) => webhook.id);
  await Promise.all(
    [...byWebhook.values()].map(async (own) => {
      await Promise.all([addToHour(session, own), noteHealth(session, own)]);
    }),
  );
}

/** For the dashboard and the alarm of the whole installation; endpoints have counts of their own. */
function countDeliveries(observations: readonly Observation[]): void {
  const failures = observations.filter(({ isSuccess }) => !isSuccess).length;
  if (failures > 0) countMetric('WebhookDeliveriesFailed', failures);
  if (failures < observations.length) countMetric('WebhookDeliveriesSucceeded', observations.length - failures);
}

async function addToHour(session: TenantSession, own: readonly Observation[]): Promise<void> {
  const counts: Record<string, number> = {};
  const add = (name: string, value = 1): void => {
    counts[name] = (counts[name] ?? 0) + value;
  };
  for (const { isSuccess, isExhausted, durationMs } of own) {
    add(isSuccess ? 'successes' : 'failures');
    if (isExhausted) add('exhausted');
    add('durationMs', durationMs);
    add(`d${durationSteps.find((step) => durationMs <= step) ?? 'Inf'}`);
  }
  const hour = session.context.now().slice(0, 13);
  const names = Object.keys(counts);
  await updateAtomically(
    session,
    webhookHourEntity,
    { webhookId: own[0]!.webhook.id, hour },
    {
      update: `SET #hour = :hour, webhookId = :id, expiresAt = :expires ADD ${names.map((name) => `${name} :${name}`).join(', ')}`,
      names: { '#hour': 'hour' },
      values: {
        ':hour': hour,
        ':id': own[0]!.webhook.id,
        ':expires': Math.floor(Date.now() / 1000) + 90 * 86_400,
        ...Object.fromEntries(names.map((name) => [`:${name}`, counts[name]])),
      },
    },
  );
}

async function noteHealth(session: TenantSession, own: readonly Observation[]): Promise<void> {
  const { webhook } = own[0]!;
  const tally: OutcomeTally = {
    successes: own.filter(({ isSuccess }) => isSuccess).length,
    failures: own.filter(({ isSuccess }) => !isSuccess).length,
    exhausted: own.filter(({ isExhausted }) => isExhausted).length,
    gone: own.some(({ isGone }) => isGone),
  };
  const nowMs = Date.now();
  if (tally.failures === 0 && nowMs - (notedAt.get(webhook.id) ?? 0) < successNoteMs) return;
  const health = await (tally.successes > 0 ? noteSuccess : noteFailure)(session, webhook.id, tally);
  // After a failure the next success must be noted at once: it ends the series.
  if (tally.failures === 0) notedAt.set(webhook.id, nowMs);
  else notedAt.delete(webhook.id);
  const reason = disableReason(
    {
      consecutiveFailures: health?.consecutiveFailures ?? 0,
      exhaustedInARow: health?.exhaustedInARow ?? 0,
      failingSinceMs: health?.failingSince === undefined ? undefined : Date.parse(health.failingSince),
    },
    tally.gone,
    nowMs,
  );
  if (reason) await disableWebhook(session, webhook.id, reason, health);
}

function noteSuccess(session: TenantSession, id: string): Promise<WebhookHealth | undefined> {
  return updateAtomically(
    session,
    webhookHealthEntity,
    { id },
    {
      update:
        'SET id = :id, lastTriggeredAt = :now, lastStatus = :status, consecutiveFailures = :zero, exhaustedInARow = :zero REMOVE failingSince',
      values: { ':id': id, ':now': session.context.now(), ':status': 'success', ':zero': 0 },
    },
  );
}

/** Adds to the series of failures, or begins a new one when the last is long ago. */
async function noteFailure(
  session: TenantSession,
  id: string,
  tally: OutcomeTally,
): Promise<WebhookHealth | undefined> {
  const values = {
    ':id': id,
    ':now': session.context.now(),
    ':status': 'failed',
    ':failures': tally.failures,
    ':exhausted': tally.exhausted,
  };
  const recent = new Date(Date.parse(values[':now']) - disablePolicy.seriesGapMs).toISOString();
  return (
    (await updateAtomically(
      session,
      webhookHealthEntity,
      { id },
      {
        update:
          'SET id = :id, lastTriggeredAt = :now, lastStatus = :status, failingSince = if_not_exists(failingSince, :now) ADD consecutiveFailures :failures, exhaustedInARow :exhausted',
        condition: 'attribute_not_exists(lastTriggeredAt) OR lastTriggeredAt >= :recent',
        values: { ...values, ':recent': recent },
      },
    )) ??
    updateAtomically(
      session,
      webhookHealthEntity,
      { id },
      {
        update:
          'SET id = :id, lastTriggeredAt = :now, lastStatus = :status, failingSince = :now, consecutiveFailures = :failures, exhaustedInARow = :exhausted',
        values,
      },
    )
  );
}
